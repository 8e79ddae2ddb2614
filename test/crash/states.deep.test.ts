/**
 * SIGKILL inside reset, snapshot, restore, seed, import and export: afterwards the state is the one before or the one after, whole.
 * The moment is drawn from the time that the act takes; `STATE_KILLS=20` tries more of them.
 */
import { randomInt } from "node:crypto";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newFolder } from "../support/folder.ts";
import { Random } from "../support/random.ts";
import { Client } from "./client.ts";
import { Killer } from "./killer.ts";
import { SandboxProcess } from "./sandbox-process.ts";

const KILLS = Number(process.env.STATE_KILLS ?? 1);
const SEED = Number(process.env.CRASH_SEED ?? randomInt(2 ** 31));
const random = new Random(SEED);
const killer = new Killer();
const home = newFolder();
afterAll(async () => {
  await killer.close();
  rmSync(home, { recursive: true });
});

const ACTS: Readonly<Record<string, (client: Client, exported: string) => Promise<unknown>>> = {
  reset: (client) => client.control("reset"),
  "a snapshot": (client) => client.control("snapshots", { name: "new" }),
  "a restore": (client) => client.control("snapshots/early/restore"),
  "a deletion of a snapshot": (client) => client.send({ method: "DELETE", path: "/_sandbox/snapshots/early" }),
  "a seed": (client) => client.control("seed", { fixture: "course" }),
  "an import": (client, yaml) => client.importState(yaml),
  "an export": (client) => client.exportState(),
};

/** What can be told apart: records, balances' sum, events, names of snapshots. */
async function stateOf(client: Client): Promise<string> {
  const paths = ["/v1/users", "/v1/badges", "/v1/achievements", "/v1/tokens/transactions", "/v1/events"];
  const lists = await Promise.all(paths.map((path) => client.all(path)));
  const { total_supply } = await client.get("/v1/tokens");
  const snapshots = (await client.get("/_sandbox/snapshots")).items.map(({ name }: { name: string }) => name);
  return JSON.stringify([...lists, total_supply, snapshots]);
}

async function mint(client: Client, email: string): Promise<void> {
  const user = await client.send({ method: "POST", path: "/v1/users", body: { email, display_name: email } });
  await client.send({ method: "POST", path: "/v1/tokens/mint", body: { user_id: user?.data.id, amount: "5" } });
}

async function boot(dir: string) {
  const process = new SandboxProcess(dir, ["--seed", "1"]);
  return { process, client: new Client(await process.ready()) };
}

/** A folder of a killed sandbox, with a snapshot and something since. */
const origin = join(home, "origin");
let exported: string;
let before: string;
beforeAll(async () => {
  const { process, client } = await boot(origin);
  await mint(client, "early@example.com");
  await client.control("snapshots", { name: "early" });
  exported = await client.exportState();
  await mint(client, "late@example.com");
  before = await stateOf(client);
  await process.kill();
}, 120_000);

function copyOf(name: string): string {
  const dir = join(home, name.replaceAll(" ", "-"));
  cpSync(origin, dir, { recursive: true });
  rmSync(join(dir, "lock"), { force: true });
  return dir;
}

describe.each(Object.entries(ACTS))(`killed inside %s (CRASH_SEED=${SEED})`, (name, act) => {
  it("it was done, or it was not", { timeout: 120_000 + KILLS * 120_000 }, async () => {
    // Once undisturbed: what it leads to, and how long it takes.
    const rehearsal = await boot(copyOf(`${name} rehearsal`));
    const began = performance.now();
    await act(rehearsal.client, exported);
    const took = performance.now() - began;
    const done = await stateOf(rehearsal.client);
    await rehearsal.process.kill();

    for (let kills = 0; kills < KILLS; kills++) {
      const dir = copyOf(`${name} ${kills}`);
      const victim = await boot(dir);
      const { sent } = await killer.aim({ pid: victim.process.pid, delay: random.next() * took });
      await act(victim.client, exported).catch(() => {});
      await sent;
      expect(await victim.process.exited).toBe("SIGKILL");
      const { process, client } = await boot(dir);
      expect([before, done]).toContain(await stateOf(client));
      expect(await client.get("/_sandbox/doctor")).toMatchObject({ healthy: true });
      await process.kill();
    }
  });
});
