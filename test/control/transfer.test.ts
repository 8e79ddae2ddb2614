/** Export and import. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createSandbox, type Sandbox } from "../../emulator/sandbox.ts";
import { type Api, api, newUser, refusal, rich, world } from "../support/client.ts";
import { clientCommand } from "../support/command-here.ts";
import { newFolder } from "../support/folder.ts";
import { exportOver, importOver } from "../support/transfer.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let from: Sandbox;
let exported: string;
beforeAll(async () => {
  from = await createSandbox({ fixture: "academy", seed: 3 });
  await api(from.app, from.apiKey).post("/webhook-endpoints", { url: "http://127.0.0.1:9/hook" }).expect(201);
  exported = await from.export();
});
afterAll(() => from.close());

const LISTS = ["/users", "/badges", "/awards", "/achievements", "/tokens/transactions", "/api-keys", "/webhook-endpoints", "/events"];

/** Everything that the API shows, but for where transactions are on the chain. */
async function seen(client: Api): Promise<unknown> {
  const lists = await Promise.all(LISTS.map(async (path) => [path, (await client.get(`${path}?limit=100`).expect(200)).body.data]));
  const shown = Object.fromEntries(lists);
  const balances = await Promise.all(
    shown["/users"].items.map(async ({ id }: { id: string }) => (await client.get(`/users/${id}/balance`)).body.data.balance),
  );
  const OF_THE_CHAIN = new Set(["tx_hash", "block_number", "block_timestamp", "log_index", "next_cursor", "last_used_at", "succeeded_at"]);
  const same = (name: string, value: unknown) => (OF_THE_CHAIN.has(name) ? undefined : value);
  return JSON.parse(JSON.stringify({ ...shown, balances }, same));
}

describe("an import", () => {
  it("makes the same ids, times, balances, statuses and keys", async () => {
    const { sandbox, api: client } = await world({ seed: 9 });
    const { transactions } = await sandbox.import(exported);
    expect(transactions).toBeGreaterThan(5);
    expect(await seen(client)).toEqual(await seen(api(from.app, from.apiKey)));
    expect(sandbox.clock.show()).toEqual(from.clock.show());
    await sandbox.doctor();
    await sandbox.close();
  });

  it("can be written to, and reset goes back to it", async () => {
    const { sandbox, api: client } = await world();
    await newUser(client);
    await sandbox.import(exported);
    expect(sandbox.requests.list()).toEqual([]);
    const before = await seen(client);
    await rich(client, "7");
    await sandbox.doctor();
    await sandbox.reset();
    expect(await seen(client)).toEqual(before);
    await sandbox.doctor();
    expect(await sandbox.export()).toContain("awards:");
    await sandbox.close();
  });

  it("survives a restart", async () => {
    const dataDir = newFolder();
    const first = await createSandbox({ dataDir });
    await newUser(api(first.app, first.apiKey));
    await first.import(exported);
    const user = await newUser(api(first.app, first.apiKey));
    const before = await seen(api(first.app, first.apiKey));
    await first.close();
    const second = await createSandbox({ dataDir });
    expect(await seen(api(second.app, second.apiKey))).toEqual(before);
    await second.reset();
    await api(second.app, second.apiKey).get(`/users/${user.id}`).expect(refusal("USER_NOT_FOUND"));
    await second.doctor();
    await second.close();
  });

  it.each<[string, (yaml: string) => string, RegExp]>([
    ["no YAML", () => "a: [", /cannot be imported/],
    ["steps", () => "fixture: x\nsteps: []\n", /seed/],
    ["a later format", (yaml) => yaml.replace("format: 1", "format: 2"), /format 2/],
    ["a table that is none", (yaml) => yaml.replace("    users:", "    people: []\n    users:"), /people is not known/],
    [
      "a state that was cut off between two records",
      (yaml) => yaml.slice(0, yaml.lastIndexOf("      - id:")),
      /count says \d+ records.*cut off/,
    ],
    ["a record twice", (yaml) => yaml.replace(/( {4}users:\n)( {6}- [\s\S]*?\n)( {6}- )/, "$1$2$2$3"), /twice/],
    ["a record without an id", (yaml) => yaml.replace(/- id: usr_\w+/, "- nid: x"), /users\[0\] has no id/],
    ["a record that is none", (yaml) => yaml.replace("    users:\n", "    users:\n      - 7\n"), /users\[0\] has no id/],
    ["a record that is not YAML", (yaml) => yaml.replace("    users:\n", "    users:\n      - a: [\n"), /line 1\d/],
    ["a code that is too long", (yaml) => yaml.replace(/gets_id: (\w+)/g, 'gets_id: "$1x"'), /another form than in an export/],
    ["a number where a text is", (yaml) => yaml.replace(/recipient_id: usr_\w+/, "recipient_id: 7"), /cannot be imported/],
    ["a count that is wrong", (yaml) => yaml.replace(/awards_count: \d+/, "awards_count: 77"), /awards_count is 77/],
  ])("of %s is refused, and nothing is changed", async (_, spoil, sentence) => {
    const { sandbox, api: client } = await world();
    const user = await newUser(client);
    const { body } = await importOver(sandbox.app, spoil(exported)).expect(refusal("INVALID_REQUEST"));
    expect(body.error.message).toMatch(sentence);
    await client.get(`/users/${user.id}`).expect(200);
    await sandbox.doctor();
    await sandbox.close();
  });
});

describe("an export", () => {
  it("is streamed as YAML, and what is streamed is what a string holds", async () => {
    expect(await exportOver(from.app)).toBe(exported);
    await request(from.app).head("/_sandbox/export").expect(200).expect("Content-Type", "application/yaml");
  });

  it.each([
    ["JSON", "application/json", JSON.stringify({ yaml: "" })],
    ["nothing", undefined, undefined],
  ])("is imported as YAML only, not as %s", async (_, type, body) => {
    const call = request(from.app).post("/_sandbox/import");
    if (type) call.set("Content-Type", type);
    await call.send(body).expect(refusal("UNSUPPORTED_MEDIA_TYPE"));
  });

  it("holds no secret and no key", () => {
    expect(exported).not.toMatch(/whsec_|gets_test_|private_jwk/);
  });

  it("is refused while something waits for a block", async () => {
    const { sandbox, api: client } = await world({ mining: { kind: "manual" } });
    const { id } = await newUser(client);
    await client.post("/tokens/mint", { user_id: id, amount: "1" }).expect(202);
    await expect(sandbox.export()).rejects.toThrow(/waits for a block; mine first/);
    await sandbox.chain.mine();
    expect(await sandbox.export()).toContain(id);
    await sandbox.close();
  });
});

describe("by the command line", () => {
  it("to a file and back; never in the place of a folder", async () => {
    const cwd = newFolder();
    const { sandbox, api: client } = await world({ fixture: "course" });
    const url = `${await sandbox.listen()}/_sandbox`;
    const run = (...args: string[]) => clientCommand([...args, "--url", url], { cwd });
    expect(await run("export", "state.yaml")).toMatchObject({ code: 0, stdout: expect.stringContaining("wrote state.yaml") });
    const user = await newUser(client);
    expect(await run("import", "state.yaml")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("secrets and the issuer key are new"),
    });
    await client.get(`/users/${user.id}`).expect(refusal("USER_NOT_FOUND"));
    const withoutInstant = (yaml: string) => yaml.replace(/^ {2}(at|ids): .*$/gm, "");
    expect(withoutInstant((await run("export")).stdout)).toBe(withoutInstant(readFileSync(join(cwd, "state.yaml"), "utf8")));
    for (const target of [".", "..", "/"]) expect(await run("export", target)).toMatchObject({ code: 2 });
    expect((await run("import", "nothing.yaml")).code).toBe(2);
    expect((await run("export", "no/such/folder/state.yaml")).code).not.toBe(0);
    expect(existsSync(join(cwd, "no"))).toBe(false);
    writeFileSync(join(cwd, "broken.yaml"), `${readFileSync(join(cwd, "state.yaml"), "utf8")}\n  : [`);
    expect(await run("import", "broken.yaml")).toMatchObject({ code: 1, stderr: expect.stringContaining("cannot be imported") });
    await sandbox.close();
  });
});
