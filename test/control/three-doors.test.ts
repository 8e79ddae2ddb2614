/** Three ways in, one engine. The same table through each door: in process, over HTTP, and by the command line. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { RequestQuery } from "../../emulator/sandbox.ts";
import { type Api, newKey, newUser, person, refusal, type World, world } from "../support/client.ts";
import { clientCommand } from "../support/command-here.ts";
import { newFolder } from "../support/folder.ts";
import { DOORS, type Door } from "./doors.ts";

vi.setConfig({ testTimeout: 120_000 });

let here: World;

describe.each(Object.entries(DOORS))("%s", (_, open) => {
  let door: Door;
  beforeAll(async () => {
    here = await world({ seed: 1 });
    await here.sandbox.listen();
    door = open(here);
  });
  afterAll(() => here.sandbox.close());

  const users = async () => (await here.api.get("/users?limit=100").expect(200)).body.data.items.length;

  it("reset: what was made is gone, and quotas and faults with it", async () => {
    await newUser(here.api);
    await door.leave(50);
    await door.addFault({ operationId: "getUser", times: 1, error: { code: "INTERNAL_ERROR" } });
    await door.reset();
    expect([await users(), await door.left(), await door.fired()]).toEqual([0, null, []]);
  });

  it("snapshots: saved, listed, restored more than once, deleted", async () => {
    await door.save("empty");
    await newUser(here.api);
    await door.save("one");
    for (const [name, count] of [
      ["empty", 0],
      ["one", 1],
      ["empty", 0],
    ] as const) {
      await door.restore(name);
      expect([name, await users()]).toEqual([name, count]);
    }
    expect(await door.snapshots()).toEqual(["empty", "one"]);
    await door.drop("one");
    expect(await door.snapshots()).toEqual(["empty"]);
    await expect(door.restore("one")).rejects.toThrow(/no snapshot named "one"/);
    await door.drop("empty");
  });

  it("the clock: frozen, skipped, set, run; never back", async () => {
    await door.freeze();
    await door.set("2027-01-01T00:00:00Z");
    await door.advance("1d12h");
    expect(await door.clock()).toBe("2027-01-02T12:00:00.000Z frozen");
    await expect(door.set("2026-06-01T00:00:00Z")).rejects.toThrow(/only goes forward/);
    await door.run();
    expect(await door.clock()).toMatch(/^2027-01-02T12:0\S+ running$/);
    await door.reset();
    expect(await door.clock()).toBe("2026-01-01T00:00:00.000Z frozen");
  });

  it("quotas", async () => {
    expect(await door.left()).toBeNull();
    await door.leave(1);
    await here.api.get("/users").expect(200);
    await here.api.get("/users").expect(refusal("RATE_LIMIT_EXCEEDED"));
    expect(await door.left()).toBe(0);
    await door.reset();
  });

  it("blocks", async () => {
    const before = here.sandbox.info().chain.block_number;
    await door.mine(3);
    expect(here.sandbox.info().chain.block_number).toBe(before + 3);
  });

  it("faults", async () => {
    await door.addFault({ operationId: "listUsers", times: 2, error: { code: "INTERNAL_ERROR" } });
    await here.api.get("/users").expect(refusal("INTERNAL_ERROR"));
    expect(await door.fired()).toEqual([1]);
    await door.clearFaults();
    expect(await door.fired()).toEqual([]);
    await here.api.get("/users").expect(200);
    const wrong = { operationId: "listUser", times: 1, error: { code: "INTERNAL_ERROR" } };
    await expect(door.addFault(wrong)).rejects.toThrow(/did you mean listUsers\?/);
  });

  it("doctor", async () => {
    expect(await door.healthy()).toBe(true);
  });

  it("keys: made, used, listed, revoked", async () => {
    const secret = await door.createKey("visitor");
    await here.api.as(secret).get("/users").expect(200);
    const [made] = await door.keys();
    expect(made).toMatchObject({ name: "visitor", revoked: false });
    await door.revokeKey(made?.id as string);
    expect((await door.keys())[0]).toEqual({ ...made, revoked: true });
    await here.api.as(secret).get("/users").expect(refusal("INVALID_API_KEY"));
    await expect(door.revokeKey("key_gone")).rejects.toThrow(/no usable API key/);
    await door.reset();
  });

  it("a session: used, and in no list", async () => {
    const before = await door.keys();
    const session = here.api.as(await door.openSession());
    await session.get("/users").expect(200);
    await session.get("/tokens").expect(refusal("INSUFFICIENT_SCOPE"));
    expect(await door.keys()).toEqual(before);
  });

  it("seed, export and import", async () => {
    await door.seed("course");
    const badges = async () => (await here.api.get("/badges?limit=100").expect(200)).body.data.items;
    const before = await badges();
    const exported = await door.export();
    await door.reset();
    expect(await badges()).toEqual([]);
    await door.import(exported);
    expect([before.length, await badges()]).toEqual([10, before]);
    expect(await door.export()).toBe(exported);
    await expect(door.import("steps: []")).rejects.toThrow(/cannot be imported/);
    expect(await badges()).toEqual(before);
    expect(await door.healthy()).toBe(true);
  });

  describe("what is seen", () => {
    let reader: { id: string; secret: string };
    let mint: string;
    beforeAll(async () => {
      await here.sandbox.requests.clear();
      reader = await newKey(here.api, ["users:read"]);
      mint = await history(here.api, here.api.as(reader.secret));
    });

    it.each<[string, () => RequestQuery, number]>([
      ["all", () => ({}), 10],
      ["an operation", () => ({ operationId: "mintTokens" }), 3],
      ["a method", () => ({ method: "put" }), 1],
      ["a path", () => ({ path: "/v1/users" }), 4],
      ["a path of the document", () => ({ path: "/users/{user_id}" }), 1],
      ["a path with a star", () => ({ path: "/v1/tokens/*" }), 3],
      ["a status", () => ({ status: 422 }), 1],
      ["a class of statuses", () => ({ status: "4XX" }), 5],
      ["a code", () => ({ code: "INSUFFICIENT_SCOPE" }), 1],
      ["the id of a key", () => ({ api_key: reader.id }), 2],
      ["the secret of a key", () => ({ api_key: reader.secret }), 2],
      ["since a request", () => ({ since: here.sandbox.requests.list({ limit: 3 }).at(-1)?.request_id as string }), 2],
      ["since a duration", () => ({ since: "10h" }), 10],
      ["since an instant to come", () => ({ since: "9999-01-01T00:00:00Z" }), 0],
      ["a limit", () => ({ limit: 2 }), 2],
      ["several at once", () => ({ operationId: "createUser", status: 403 }), 1],
    ])("requests by %s", async (_what, query, count) => {
      const { limit, ...filter } = query();
      expect(await door.list(query())).toEqual(here.sandbox.requests.list(query()));
      expect([here.sandbox.requests.list(query()).length, await door.count(filter)]).toEqual([count, limit ? 10 : count]);
    });

    it("a trace, and coverage", async () => {
      expect(await door.trace(mint)).toEqual(here.sandbox.trace(mint));
      expect((await door.trace(mint)).transactions).toMatchObject([{ method: "mint", events: [{ event: "Transfer" }] }]);
      expect(await door.coverage()).toEqual(here.sandbox.coverage());
      await expect(door.trace("req_gone")).rejects.toThrow(/no request with the id req_gone/);
    });

    it("cleared, also by a reset; coverage stays", async () => {
      const { operations } = here.sandbox.coverage();
      for (const clear of [door.clear, door.reset]) {
        await here.api.get("/users").expect(200);
        await clear();
        expect(await door.list({})).toEqual([]);
      }
      expect(here.sandbox.coverage().operations.met).toBeGreaterThanOrEqual(operations.met);
    });
  });
});

/** Some requests of every kind; returns the id of the mint. */
async function history(owner: Api, reader: Api): Promise<string> {
  const user = await newUser(owner);
  const mint = () => owner.post("/tokens/mint", { user_id: user.id, amount: "5" }).set("Idempotency-Key", user.id);
  const { headers } = await mint().expect(201);
  await mint().expect(201);
  await owner.post("/tokens/mint", { user_id: user.id, amount: "0" }).expect(422);
  await reader.get(`/users/${user.id}`).expect(200);
  await reader.post("/users", person()).expect(403);
  await owner.as(null).get("/users").expect(401);
  await owner.get("/nothing").expect(404);
  await owner.put("/users", {}).expect(405);
  return headers["request-id"] as string;
}

it("coverage below what was asked for fails the command", async () => {
  const { sandbox, api } = await world();
  await api.get("/users").expect(200);
  const coverage = async (least: number) =>
    await clientCommand(["coverage", "--fail-under", `${least}`, "--url", `${await sandbox.listen()}/_sandbox`], { cwd: newFolder() });
  const { percent } = sandbox.coverage();
  expect(await coverage(99)).toMatchObject({ code: 1, stderr: expect.stringContaining(`has met ${percent} % of the API, less than 99 %`) });
  expect(await coverage(percent)).toMatchObject({ code: 0, stdout: expect.stringContaining("Operations that never succeeded:\n") });
  await sandbox.close();
});
