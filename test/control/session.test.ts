/** Sessions: keys for tools that inspect a sandbox. Inspecting changes nothing. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeLine, encodeLine, type UnitLine } from "../../emulator/engine/journal-line.ts";
import { createSandbox, type Sandbox, type SandboxOptions } from "../../emulator/sandbox.ts";
import { api, newUser, refusal, type World, world } from "../support/client.ts";
import { filesWith, newFolder } from "../support/folder.ts";
import { memoryLog } from "../support/memory-log.ts";
import { served } from "../support/served.ts";

const open = async ({ sandbox }: World, body: object = {}) => {
  const answer = await request(served(sandbox.app)).post("/_sandbox/session").send(body).expect(201);
  return { ...answer.body.data, headers: answer.headers } as { secret: string; scopes: string[]; headers: Record<string, string> };
};

describe("a session", () => {
  let here: World;
  beforeAll(async () => void (here = await world({ seed: 7, limits: { perSecond: 2, perHour: 2 } })));
  afterAll(() => here.sandbox.close());

  it("has every scope, or those that were asked for, and an answer that no cache keeps", async () => {
    const { body } = await here.api.get("/api-keys/current").expect(200);
    const all = await open(here);
    expect([all.scopes, all.headers["cache-control"]]).toEqual([body.data.scopes, "no-store"]);
    const some = await open(here, { scopes: ["users:read"] });
    expect(some.scopes).toEqual(["users:read"]);
    await here.api.as(some.secret).get("/users").expect(200);
    await here.api.as(some.secret).get("/tokens").expect(refusal("INSUFFICIENT_SCOPE"));
    const again = here.sandbox.keys.session(["users:read"]);
    expect(again.secret).not.toBe(some.secret);
  });

  it.each([[{ scopes: [] }], [{ scopes: ["nope"] }], [{ scopes: "users:read" }]])("%j is refused", async (body) => {
    await request(served(here.sandbox.app)).post("/_sandbox/session").send(body).expect(refusal("VALIDATION_FAILED"));
  });

  it("is not metered, meets no fault and uses none up", async () => {
    const session = here.api.as((await open(here)).secret);
    const fault = here.sandbox.faults.add({ path: "*", times: 1, error: { code: "INTERNAL_ERROR" } });
    for (let i = 0; i < 5; i++) {
      const { headers } = await session.get("/users").expect(200);
      expect(headers).not.toHaveProperty("ratelimit");
    }
    expect(here.sandbox.faults.list()).toEqual([fault]);
    here.sandbox.faults.clear();
  });

  it("no fault can be for it", async () => {
    const { secret } = await open(here);
    const fault = { path: "*", api_key: secret, error: { code: "INTERNAL_ERROR" } } as const;
    expect(() => here.sandbox.faults.add(fault)).toThrow(expect.objectContaining({ code: "API_KEY_NOT_FOUND" }));
  });

  it("is a key by the API, though in no list and under no id", async () => {
    const { secret } = await open(here);
    const session = here.api.as(secret);
    const { body } = await session.get("/api-keys/current").expect(200);
    expect(body.data).toMatchObject({ name: "Session", last4: secret.slice(-4), secret: null });
    const { body: list } = await session.get("/api-keys").expect(200);
    expect(list.data.items.map(({ name }: { name: string }) => name)).toEqual(["Default key"]);
    await session.get(`/api-keys/${body.data.id}`).expect(refusal("API_KEY_NOT_FOUND"));
    await session.delete(`/api-keys/${body.data.id}`).expect(refusal("API_KEY_NOT_FOUND"));
    await session.post(`/api-keys/${body.data.id}/roll`).expect(refusal("API_KEY_NOT_FOUND"));
  });

  it("what it writes is written like anything else", async () => {
    const session = here.api.as((await open(here)).secret);
    const { id } = await newUser(session);
    const body = { user_id: id, amount: "5" };
    const first = await session.post("/tokens/mint", body).set("Idempotency-Key", "once").expect(201);
    const { body: again } = await session.post("/tokens/mint", body).set("Idempotency-Key", "once").expect(201);
    expect(again).toEqual(first.body);
    expect(await here.sandbox.export()).toContain(id);
  });

  it("survives a reset, a restore and an import", async () => {
    const session = here.api.as((await open(here)).secret);
    const snapshot = await here.sandbox.snapshot();
    for (const move of [
      () => here.sandbox.reset(),
      () => snapshot.restore(),
      async () => here.sandbox.import(await here.sandbox.export()),
    ]) {
      await move();
      await session.get("/users").expect(200);
    }
  });

  it("of the hundred and first on, the oldest ends", async () => {
    const secrets = Array.from({ length: 101 }, () => here.sandbox.keys.session().secret);
    await here.api
      .as(secrets[0] as string)
      .get("/users")
      .expect(refusal("INVALID_API_KEY"));
    for (const kept of [secrets[1], secrets[100]])
      await here.api
        .as(kept as string)
        .get("/users")
        .expect(200);
  });
});

it("is no line of the program's log, but for who debugs", async () => {
  const { log, text } = memoryLog("info");
  const { sandbox } = await world({ log });
  const { secret } = sandbox.keys.session();
  await api(sandbox.app, secret).get("/users").expect(200);
  await api(sandbox.app, secret).get("/meta").expect(200);
  expect(text()).toBe("");
  await sandbox.close();
});

it("ends with the process, and is nowhere on disk", async () => {
  const dataDir = newFolder();
  const before = await createSandbox({ dataDir });
  const { secret } = before.keys.session();
  await newUser(api(before.app, secret));
  await before.close();
  expect(filesWith(dataDir, secret)).toEqual([]);
  expect(filesWith(dataDir, "Session")).toEqual([]);
  const after = await createSandbox({ dataDir });
  await api(after.app, secret).get("/users").expect(refusal("INVALID_API_KEY"));
  await after.close();
});

describe("two runs with the same seed, one with a session open, are byte-identical", () => {
  /** A life with a sandbox, `look` taking place between its steps. */
  async function run(options: SandboxOptions, look: (sandbox: Sandbox, step: number) => Promise<unknown>) {
    const sandbox = await createSandbox({ seed: "same", limits: { perSecond: 100, perHour: 100 }, ...options });
    const client = api(sandbox.app, sandbox.apiKey);
    const answers: unknown[] = [];
    const note = ({
      status,
      headers: { date: _date, ...headers },
      text,
    }: {
      status: number;
      headers: Record<string, string>;
      text: string;
    }) => void answers.push({ status, headers, text });
    const user = { email: "ada@example.com", display_name: "Ada" };
    await look(sandbox, 0);
    const { body, ...made } = await client.post("/users", user).expect(201);
    note({ ...made, text: JSON.stringify(body) });
    await look(sandbox, 1);
    note(await client.post("/tokens/mint", { user_id: body.data.id, amount: "5" }).set("Idempotency-Key", "once"));
    note(await client.post("/api-keys", { name: "CI", scopes: ["users:read"] }));
    await look(sandbox, 2);
    note(await client.get("/nowhere"));
    note(await client.get("/users?limit=1"));
    const coverage = sandbox.coverage();
    // Headers name the port of the connection, and real time.
    const shown = sandbox.requests.list();
    const log = shown.map(({ received_at: _at, duration_ms: _ms, request_headers: _sent, response_headers: _got, ...each }) => each);
    const exported = await sandbox.export();
    const journal = options.dataDir === undefined ? "" : readFileSync(join(options.dataDir, "journal.ndjson"), "utf8");
    await sandbox.close();
    const files = options.dataDir === undefined ? [] : ["journal.ndjson", "db.json"].map((file) => join(options.dataDir as string, file));
    return { answers, coverage, log, exported, journal, files: files.map((file) => readFileSync(file, "utf8")) };
  }

  it.each([
    ["in memory", () => ({})],
    ["in a folder", () => ({ dataDir: newFolder() })],
  ])("%s: answers, ids, export, journal, log and coverage", async (_, optionsOf) => {
    const secrets: string[] = [];
    const alone = await run(optionsOf(), async () => {});
    const watched = await run(optionsOf(), async (sandbox) => {
      const { secret } = (await request(served(sandbox.app)).post("/_sandbox/session").send({}).expect(201)).body.data;
      secrets.push(secret);
      const session = api(sandbox.app, secret);
      for (const path of ["/users", "/tokens", "/badges", "/events", "/api-keys/current", "/meta"]) await session.get(path).expect(200);
      for (const path of ["/info", "/ready", "/keys", "/requests", "/clock", "/doctor", "/coverage"]) {
        await request(served(sandbox.app)).get(`/_sandbox${path}`).expect(200);
      }
    });
    expect(watched).toEqual(alone);
    expect(new Set(secrets).size).toBe(3);
    const other = await run(optionsOf(), async (sandbox) => void secrets.push(sandbox.keys.session().secret));
    expect(other).toEqual(alone);
    // Though the seed is the same.
    expect(new Set(secrets).size).toBe(6);
  });
});

it("a folder of a release that kept sessions as records opens, and such a key is still left out", async () => {
  const made = newFolder();
  const before = await createSandbox({ dataDir: made });
  const { secret } = await before.keys.create({ name: "dashboard", scopes: ["users:read"] });
  const lines = readFileSync(join(made, "journal.ndjson"), "utf8").trimEnd().split("\n").map(asSession);
  await before.close();
  const dataDir = newFolder();
  writeFileSync(join(dataDir, "journal.ndjson"), `${lines.join("\n")}\n`);

  const sandbox = await createSandbox({ dataDir, limits: { perSecond: 1, perHour: 1 } });
  const client = api(sandbox.app, secret as string);
  sandbox.faults.add({ path: "*", error: { code: "INTERNAL_ERROR" } });
  for (let i = 0; i < 3; i++) await client.get("/users").expect(200);
  expect([sandbox.requests.count(), sandbox.requests.count({ session: true })]).toEqual([0, 3]);
  expect(sandbox.keys.list().items.map(({ name }) => name)).toEqual(["dashboard", "Default key"]);
  await sandbox.close();
});

/** The line of the key "dashboard" as that release wrote it. */
function asSession(text: string): string {
  const line = decodeLine(text) as UnitLine;
  const keys = line.records?.api_keys;
  if (!keys?.some(({ name }) => name === "dashboard")) return text;
  return encodeLine({ ...line, records: { ...line.records, api_keys: keys.map((key) => ({ ...key, session: true as const })) } });
}
