/** What of the API a client's whole run has met. */
import request from "supertest";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { newKey, newUser, person } from "../support/client.ts";
import { operations } from "../support/contract.ts";
import { type Hooked, hooked } from "../support/webhook-world.ts";

let here: Hooked;
beforeAll(async () => {
  here = await hooked();
  // A small client: it makes users, is refused twice, and hears of it.
  const user = await newUser(here.api);
  await here.api.post("/users", { ...person(), email: user.email }).expect(409);
  await here.api.post("/users", {}).expect(400);
  const mint = () => here.api.post("/tokens/mint", { user_id: user.id, amount: "1" }).set("Idempotency-Key", "one");
  await mint().expect(201);
  await mint().expect(201);
  await here.api.get("/users/usr_1").expect(404);
  await here.api.put("/users", {}).expect(405);
  await here.receiver.count(3);
  await vi.waitFor(() => expect(here.sandbox.coverage().by_event_type.filter(({ delivered }) => delivered)).toHaveLength(3));
});
afterAll(() => here.close());

const of = (operationId: string) => here.sandbox.coverage().by_operation.find(({ operation_id }) => operation_id === operationId);

describe("a small client", () => {
  it("operations: those that succeeded, of all in the document", () => {
    const { met, of: all, percent } = here.sandbox.coverage().operations;
    expect([met, all]).toEqual([3, operations.length]);
    expect(percent).toBe(Math.floor((1000 * 3) / operations.length) / 10);
    expect(of("getUser")).toMatchObject({ calls: 1, succeeded: 0 });
  });

  it("error codes of each operation, and keys and replays where they are possible", () => {
    expect(of("createUser")).toMatchObject({
      method: "POST",
      path: "/users",
      calls: 3,
      succeeded: 1,
      codes_met: ["EMAIL_ALREADY_EXISTS", "VALIDATION_FAILED"],
      idempotency_keys: 0,
      replays: 0,
    });
    expect(of("createUser")?.codes_missed).toContain("EXTERNAL_ID_ALREADY_EXISTS");
    expect(of("mintTokens")).toMatchObject({ calls: 2, codes_met: [], idempotency_keys: 2, replays: 1 });
    expect(of("listUsers")).toMatchObject({ calls: 0, idempotency_keys: null, replays: null });
  });

  it("what no client can bring about, and refusals of the connection, are not missed", () => {
    const missed = here.sandbox.coverage().by_operation.flatMap(({ codes_missed }) => codes_missed);
    for (const code of ["INTERNAL_ERROR", "CHAIN_UNAVAILABLE", "STORAGE_UNAVAILABLE", "HOST_NOT_ALLOWED", "HTTPS_REQUIRED"]) {
      expect(missed).not.toContain(code);
    }
    const { met, of: all } = here.sandbox.coverage().error_codes;
    expect([met, all]).toEqual([3, missed.length + 3]);
  });

  it("event types: emitted, and delivered", () => {
    const { event_types, by_event_type } = here.sandbox.coverage();
    const met = by_event_type.filter(({ emitted }) => emitted);
    expect(met.map(({ type, delivered }) => [type, delivered])).toEqual([
      ["user.created", true],
      ["token.transaction.created", true],
      ["token.transaction.confirmed", true],
    ]);
    expect([event_types.met, event_types.of]).toEqual([3, by_event_type.length]);
  });

  it("as a whole: the mean of the three", () => {
    const { percent, operations: a, error_codes: b, event_types: c } = here.sandbox.coverage();
    expect(percent).toBeCloseTo((a.percent + b.percent + c.percent) / 3, 0);
  });
});

describe("it does not change", () => {
  it.each<[string, () => Promise<unknown>]>([
    [
      "by a session key",
      async () => {
        const { body } = await request(here.sandbox.app).post("/_sandbox/session").send({}).expect(201);
        await here.api.as(body.data.secret).get("/tokens").expect(200);
      },
    ],
    [
      "by a request with Sandbox-Uncounted",
      () => here.api.delete(`/webhook-endpoints/${here.endpoint.id}`).set("Sandbox-Uncounted", "true").expect(204),
    ],
    ["by the control plane", () => here.sandbox.keys.create({ name: "x", scopes: ["users:read"] })],
    ["by a reset: it is of the whole run", () => here.sandbox.reset()],
  ])("%s", async (_what, act) => {
    const before = here.sandbox.coverage();
    await act();
    expect(here.sandbox.coverage()).toEqual(before);
  });

  it("a key that a client has rolled counts as before", async () => {
    const { id, secret } = await newKey(here.api, ["tokens:read"]);
    await here.api.as(secret).get("/tokens").expect(200);
    expect(of("getToken")).toMatchObject({ calls: 1, succeeded: 1 });
    await here.api.post(`/api-keys/${id}/roll`).expect(200);
  });
});

it("time counts: what is due on the way is emitted", async () => {
  const { badgeWorld } = await import("../support/client.ts");
  const badges = await badgeWorld();
  await badges.award("approved", { claim_window_days: 30 });
  await badges.sandbox.clock.advance("31d");
  const emitted = badges.sandbox.coverage().by_event_type.filter((each) => each.emitted);
  expect(emitted.map(({ type }) => type)).toEqual(expect.arrayContaining(["award.claim_expiring", "award.expired"]));
  await badges.sandbox.close();
});
