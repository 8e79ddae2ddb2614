/** How an Idempotency-Key is written, and what it belongs to. */
import request from "supertest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, documented, newKey, newUser, person, refusal, rich, type World, world } from "../support/client.ts";

let here: World;
let api: Api;
let made = 0;
beforeAll(async () => {
  here = await world();
  api = here.api;
});
afterAll(() => here.sandbox.close());

const fresh = () => `key-${++made}`;
const total = async () => (await api.get("/tokens")).body.data.total_supply;

describe("the header", () => {
  const mint = async (key: string, body: unknown) => api.post("/tokens/mint", body).set("Idempotency-Key", key);

  it.each([
    ["abc-%", '"abc-%"'],
    ['a"b-%', '"a\\"b-%"'],
    ["back\\slash-%", '"back\\\\slash-%"'],
    ["with spaces and ~!@#-%", '"with spaces and ~!@#-%"'],
  ])("%s and %s are the same key", async (bare, quoted) => {
    const body = { user_id: (await newUser(api)).id, amount: "1" };
    const unique = fresh();
    const first = await mint(bare.replace("%", unique), body);
    const again = await mint(quoted.replace("%", unique), body);
    expect([first.status, again.status, again.headers["idempotent-replayed"]]).toEqual([201, 201, "true"]);
  });

  it.each([
    ["empty", ""],
    ["quoted and empty", '""'],
    ["256 characters", "a".repeat(256)],
    ["half a quote", '"abc'],
    ["something after the quote", '"abc" d'],
    ["a letter beyond ASCII", "clé"],
    ["a tab", "a\tb"],
    ["an escape that is none", '"a\\b"'],
  ])("%s is INVALID_REQUEST", async (_what, key) => {
    const before = await total();
    const body = { user_id: (await newUser(api)).id, amount: "1" };
    const answer = await mint(key, body);
    refusal("INVALID_REQUEST", { param: "Idempotency-Key" })(answer);
    expect(await total()).toBe(before);
  });

  it("twice is INVALID_REQUEST", async () => {
    const answer = await request(here.sandbox.app)
      .post("/v1/users")
      .set("Authorization", `Bearer ${here.sandbox.apiKey}`)
      .set("Idempotency-Key", ["a", "b"] as unknown as string)
      .send(person())
      .expect(documented("POST", "/v1/users"));
    refusal("INVALID_REQUEST")(answer);
  });

  it("may have 1 and 255 characters", async () => {
    const body = { user_id: (await newUser(api)).id, amount: "1" };
    expect((await mint("~", body)).status).toBe(201);
    expect((await mint("a".repeat(255), body)).status).toBe(201);
  });

  it("is ignored where it is not taken", async () => {
    const user = await newUser(api);
    for (let i = 0; i < 2; i++) {
      const answer = await api.patch(`/users/${user.id}`, { locale: i === 0 ? "en" : "de" }).set("Idempotency-Key", '"');
      expect([answer.status, answer.headers["idempotent-replayed"]]).toEqual([200, undefined]);
    }
  });
});

describe("the scope of a key", () => {
  it("is the API key, the method and the path", async () => {
    const user = await rich(api, "5");
    const key = fresh();
    const body = { user_id: user.id, amount: "1" };
    const other = api.as((await newKey(api, ["tokens:mint"])).secret);
    for (const call of [api.post("/tokens/mint", body), other.post("/tokens/mint", body), api.post("/tokens/burn", body)]) {
      const answer = await call.set("Idempotency-Key", key).expect(201);
      expect(answer.headers["idempotent-replayed"]).toBeUndefined();
    }
    const [one, two] = [await newKey(api, ["users:read"]), await newKey(api, ["users:read"])];
    for (const { id } of [one, two]) {
      const answer = await api.post(`/api-keys/${id}/roll`).set("Idempotency-Key", key).expect(200);
      expect(answer.headers["idempotent-replayed"]).toBeUndefined();
    }
  });

  it("stays when the API key is rolled", async () => {
    const own = await newKey(api, ["users:write"]);
    const [key, body] = [fresh(), person()];
    await api.as(own.secret).post("/users", body).set("Idempotency-Key", key).expect(201);
    const { body: rolled } = await api.post(`/api-keys/${own.id}/roll`).expect(200);
    const again = await api.as(rolled.data.secret).post("/users", body).set("Idempotency-Key", key).expect(201);
    expect(again.headers["idempotent-replayed"]).toBe("true");
  });
});
