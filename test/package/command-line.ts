import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { plainEnvironment, run } from "./command.ts";
import { seclude } from "./offline.ts";
import { Stranger } from "./stranger.ts";
import type { Sight, Visit } from "./visit.ts";

const VISIT = fileURLToPath(new URL("visit.ts", import.meta.url));
/** The oldest Node that package.json allows. */
const OLDEST = "22.18";
const INSTALLING_MS = 300_000;
const PATIENCE_MS = 90_000;

/** `npx <tarball> start`, as someone runs it who has just heard of it: in a folder with files of its own, and then without a network. */
export function describeCommandLine(packed: () => { readonly tarball: string; readonly folder: string }): void {
  describe("npx <tarball> start", () => {
    let npx: Npx;
    let ada: string;
    beforeAll(async () => {
      npx = await installed(packed());
    }, INSTALLING_MS);

    it("serves offline and reads no file of the folder it stands in", { timeout: PATIENCE_MS }, async () => {
      const user = { email: "ada@example.com", display_name: "Ada Lovelace" };
      const { answers, reference, ended } = await npx.visit({ requests: [{ method: "POST", path: "/users", body: user }], end: "SIGTERM" });
      expect(answers).toMatchObject([{ status: 201, body: { data: { object: "user", email: "ada@example.com" } } }]);
      expect(reference.status).toBe(200);
      expect(reference.bytes).toBeGreaterThan(1_000_000);
      expect(ended).toBe(0);
      expect(npx.stranger.sprung()).toEqual([]);
      ada = answers[0]?.body.data.id as string;
    });

    it(`goes on from an empty folder under Node ${OLDEST} with what another Node wrote, also after a kill`, {
      timeout: INSTALLING_MS,
    }, async () => {
      const oldest = await run(["npx", "-y", "-p", `node@${OLDEST}`, "-c", "node -p process.execPath"], packed().folder);
      const mint = { user_id: ada, amount: "25" };
      const empty = mkdtempSync(join(packed().folder, "empty-"));
      const there = { node: oldest, folder: empty, flags: ["--data-dir", join(npx.stranger.folder, ".getsmart-sandbox")] };
      const first = await npx.visit({ ...there, requests: [{ method: "POST", path: "/tokens/mint", body: mint }], end: "SIGKILL" });
      expect(first.node).toMatch(`v${OLDEST}.`);
      expect(first.answers).toMatchObject([{ status: 201 }]);
      const second = await npx.visit({ ...there, requests: [{ method: "GET", path: `/users/${ada}/balance` }], end: "SIGTERM" });
      expect(second.answers).toMatchObject([{ status: 200, body: { data: { balance: "25" } } }]);
      expect(second.banner).not.toContain("other hashes");
      expect(second.ended).toBe(0);
      expect(readdirSync(empty)).toEqual([]);
    });
  });
}

interface Npx {
  readonly stranger: Stranger;
  /** Starts it in a folder (the stranger's) with a Node (this one), flags and its default data folder. */
  visit(visit: Pick<Visit, "requests" | "end"> & { node?: string; folder?: string; flags?: readonly string[] }): Promise<Sight>;
}

/** Runs the tarball once, so that npx installs it: into a cache of its own, above what npm has downloaded before. */
async function installed({ tarball, folder }: { tarball: string; folder: string }): Promise<Npx> {
  const downloads = join(await run(["npm", "config", "get", "cache"], folder), "_cacache");
  const cache = join(folder, "npm-cache");
  mkdirSync(downloads, { recursive: true });
  mkdirSync(cache);
  symlinkSync(downloads, join(cache, "_cacache"), "junction");
  const stranger = new Stranger(folder);
  // npx would run an absolute path as a program.
  const spec = `../${basename(tarball)}`;
  await run(["npx", "-y", "--prefer-offline", spec, "--version"], stranger.folder, { npm_config_cache: cache });

  const { prefix, env } = seclude();
  return {
    stranger,
    async visit({ node = process.execPath, folder: where = stranger.folder, flags = [], ...visit }) {
      const configOut = join(folder, "config.json");
      rmSync(configOut, { force: true });
      // npm 10 looks for Hardhat's builds of other platforms again, a minute long, unless it is told.
      const command = ["npx", "-y", "--offline", spec, "start", "--port", "0", "--rpc-port", "0", "--config-out", configOut, ...flags];
      const path = [dirname(node), plainEnvironment().PATH].join(delimiter);
      const task = JSON.stringify({ ...visit, command, configOut } satisfies Visit);
      return JSON.parse(await run([...prefix, node, VISIT, task], where, { ...env, PATH: path, npm_config_cache: cache }));
    },
  };
}
