/** A POST with an Idempotency-Key has one effect and one answer. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, newKey, newUser, person, refusal, type World, world } from "../support/client.ts";

let here: World;
let api: Api;
let made = 0;
beforeAll(async () => {
  here = await world();
  api = here.api;
});
afterAll(() => here.sandbox.close());

const fresh = () => `key-${++made}`;
const events = async () => (await api.get("/events?limit=1")).body.data.items[0]?.id;

describe("a replay", () => {
  it("has the first answer, byte for byte, and no second effect", async () => {
    const user = await newUser(api);
    const body = { user_id: user.id, amount: "2", metadata: { b: "1", a: "2" } };
    const key = fresh();
    const first = await api.post("/tokens/mint", body).set("Idempotency-Key", key).expect(201);
    const last = await events();
    const again = await api.post("/tokens/mint", body).set("Idempotency-Key", key).expect(201);
    expect(again.text).toBe(first.text);
    expect([first.headers["idempotent-replayed"], again.headers["idempotent-replayed"]]).toEqual([undefined, "true"]);
    for (const name of ["location", "etag", "content-type", "cache-control"])
      expect([name, again.headers[name]]).toEqual([name, first.headers[name]]);
    expect(again.headers["request-id"]).not.toBe(first.headers["request-id"]);
    expect(await events()).toBe(last);
    expect((await api.get(`/users/${user.id}/balance`)).body.data.balance).toBe("2");
  });

  it("compares what JSON means, not how it is written", async () => {
    const key = fresh();
    const { email, display_name } = person();
    const send = (text: string) => api.post("/users").type("json").set("Idempotency-Key", key).send(text);
    await send(`{"email":"${email}","display_name":"${display_name}","metadata":{"a":"1","b":"2"}}`).expect(201);
    const again = await send(`{ "metadata": {"b":"2", "a":"\\u0031"},\n "display_name":"${display_name}", "email":"${email}" }`).expect(
      201,
    );
    expect(again.headers["idempotent-replayed"]).toBe("true");
  });

  it("gives the answer of then, not the state of now", async () => {
    const key = fresh();
    const body = person();
    const first = await api.post("/users", body).set("Idempotency-Key", key).expect(201);
    await api.patch(`/users/${first.body.data.id}`, { display_name: "Someone else" }).expect(200);
    const again = await api.post("/users", body).set("Idempotency-Key", key).expect(201);
    expect(again.body.data.display_name).toBe(body.display_name);
  });

  it("shows no secret", async () => {
    const key = fresh();
    const body = { name: "once", scopes: ["users:read"] };
    const first = await api.post("/api-keys", body).set("Idempotency-Key", key).expect(201);
    const again = await api.post("/api-keys", body).set("Idempotency-Key", key).expect(201);
    expect(first.body.data.secret).toMatch(/^gets_test_/);
    expect(again.body).toEqual({ ...first.body, data: { ...first.body.data, secret: null } });
    expect([again.headers.etag, again.headers["cache-control"]]).toEqual([first.headers.etag, "no-store"]);
    const rolled = await api.post(`/api-keys/${first.body.data.id}/roll`).set("Idempotency-Key", key).expect(200);
    const twice = await api.post(`/api-keys/${first.body.data.id}/roll`).set("Idempotency-Key", key).expect(200);
    expect(twice.body).toEqual({ ...rolled.body, data: { ...rolled.body.data, secret: null } });
    await api.as(rolled.body.data.secret).get("/users").expect(200);
  });
});

describe("IDEMPOTENCY_KEY_REUSED", () => {
  it.each<[string, Record<string, unknown>]>([
    ["another value", { amount: "2" }],
    ["the same amount, written otherwise", { amount: "1.0" }],
    ["a member more", { reason: "more" }],
    ["null where nothing was", { reason: null }],
  ])("for %s", async (_what, change) => {
    const user = await newUser(api);
    const key = fresh();
    const body = { user_id: user.id, amount: "1" };
    await api.post("/tokens/mint", body).set("Idempotency-Key", key).expect(201);
    await api
      .post("/tokens/mint", { ...body, ...change })
      .set("Idempotency-Key", key)
      .expect(refusal("IDEMPOTENCY_KEY_REUSED"));
    await api.post("/tokens/mint", body).set("Idempotency-Key", key).expect(201);
    expect((await api.get(`/users/${user.id}/balance`)).body.data.balance).toBe("1");
  });
});

describe("refusals", () => {
  it.each<[string, () => Promise<[string, unknown]>]>([
    ["USER_NOT_FOUND", async () => ["/tokens/mint", { user_id: "nobody", amount: "1" }]],
    ["API_KEY_NOT_FOUND", async () => ["/api-keys/nothing/roll", undefined]],
    ["EMAIL_ALREADY_EXISTS", async () => ["/users", { ...person(), email: (await newUser(api)).email }]],
    ["INSUFFICIENT_BALANCE", async () => ["/tokens/burn", { user_id: (await newUser(api)).id, amount: "1" }]],
    ["INVALID_AMOUNT", async () => ["/tokens/mint", { user_id: (await newUser(api)).id, amount: "0" }]],
  ])("%s is kept, with the first request_id", async (code, made) => {
    const [path, body] = await made();
    const key = fresh();
    const first = await api.post(path, body).set("Idempotency-Key", key).expect(refusal(code));
    const again = await api.post(path, body).set("Idempotency-Key", key).expect(refusal(code));
    expect(again.text).toBe(first.text);
    expect(again.headers["idempotent-replayed"]).toBe("true");
    expect(again.body.error.request_id).toBe(first.headers["request-id"]);
    expect(again.headers["request-id"]).not.toBe(first.headers["request-id"]);
  });

  it("stay refused when the reason is gone", async () => {
    const user = await newUser(api);
    const body = { user_id: user.id, amount: "1" };
    const key = fresh();
    await api.post("/tokens/burn", body).set("Idempotency-Key", key).expect(refusal("INSUFFICIENT_BALANCE"));
    await api.post("/tokens/mint", body).expect(201);
    await api.post("/tokens/burn", body).set("Idempotency-Key", key).expect(refusal("INSUFFICIENT_BALANCE"));
    await api.post("/tokens/burn", body).expect(201);
  });

  it("of the request itself are not kept: 400, 401, 403, 406, 413, 415, 429", async () => {
    const key = fresh();
    const body = person();
    const narrow = await newKey(api, ["users:read", "users:write"]);
    const mine = api.as(narrow.secret);
    const refuse: [number, () => ReturnType<Api["post"]>][] = [
      [400, () => mine.post("/users", { ...body, colour: "red" })],
      [400, () => mine.post("/users").type("json").send("{")],
      [400, () => mine.post("/users?colour=red", body)],
      [406, () => mine.post("/users", body).set("Accept", "image/png")],
      [
        413,
        () =>
          mine
            .post("/users")
            .type("json")
            .send(JSON.stringify({ ...body, locale: "x".repeat(1_048_576) })),
      ],
      [415, () => mine.post("/users").type("text/plain").send("hello")],
      [401, () => api.as(null).post("/users", body)],
    ];
    for (const [status, call] of refuse) await call().set("Idempotency-Key", key).expect(status);
    here.sandbox.limits.set(narrow.secret, { hour: { remaining: 0 } });
    await mine.post("/users", body).set("Idempotency-Key", key).expect(429);
    here.sandbox.limits.set(narrow.secret, { hour: { remaining: 5 } });
    const done = await mine.post("/users", body).set("Idempotency-Key", key).expect(201);
    expect(done.headers["idempotent-replayed"]).toBeUndefined();
    const late = { name: "late", scopes: ["users:read"], expires_at: "2001-01-01T00:00:00Z" };
    for (let i = 0; i < 2; i++) {
      const refused = await api.post("/api-keys", late).set("Idempotency-Key", key).expect(refusal("VALIDATION_FAILED"));
      expect(refused.headers["idempotent-replayed"]).toBeUndefined();
    }
    const unable = { name: "more", scopes: ["tokens:mint"] };
    const granting = await newKey(api, ["keys:write"]);
    await api.as(granting.secret).post("/api-keys", unable).set("Idempotency-Key", key).expect(refusal("SCOPE_NOT_GRANTABLE"));
    const still = await api
      .as(granting.secret)
      .post("/api-keys", unable)
      .set("Idempotency-Key", key)
      .expect(refusal("SCOPE_NOT_GRANTABLE"));
    expect(still.headers["idempotent-replayed"]).toBeUndefined();
  });
});

it("a hundred at once make one effect; who comes too early is told to wait", async () => {
  const origin = await here.sandbox.listen();
  const user = await newUser(api);
  const [key, text] = [fresh(), JSON.stringify({ user_id: user.id, amount: "1" })];
  const answers = await Promise.all(
    Array.from({ length: 100 }, async () => {
      const answer = await fetch(`${origin}/v1/tokens/mint`, {
        method: "POST",
        headers: { Authorization: `Bearer ${here.sandbox.apiKey}`, "Content-Type": "application/json", "Idempotency-Key": key },
        body: text,
      });
      return {
        status: answer.status,
        replayed: answer.headers.get("idempotent-replayed"),
        wait: answer.headers.get("retry-after"),
        body: (await answer.json()) as { error: { code: string } },
      };
    }),
  );
  const firsts = answers.filter(({ status, replayed }) => status === 201 && replayed === null);
  const waiting = answers.filter(({ status }) => status === 409);
  expect(firsts).toHaveLength(1);
  expect(waiting.length).toBeGreaterThan(0);
  for (const { body, wait } of waiting) expect([body.error.code, wait]).toEqual(["IDEMPOTENCY_IN_PROGRESS", "1"]);
  for (const { status, body } of answers) if (status === 201) expect(body).toEqual(firsts[0]?.body);
  expect((await api.get(`/users/${user.id}/balance`)).body.data.balance).toBe("1");
});

it("another payload, while the first runs, is reused and not in progress", async () => {
  const user = await newUser(api);
  const key = fresh();
  const statuses = await Promise.all(
    ["1", "2"].map(async (amount) => {
      const answer = await api.post("/tokens/mint", { user_id: user.id, amount }).set("Idempotency-Key", key);
      return answer.body.error?.code ?? answer.status;
    }),
  );
  expect(statuses.sort()).toEqual([201, "IDEMPOTENCY_KEY_REUSED"]);
});

it("an answer is kept for 24 hours of sandbox time", async () => {
  const user = await newUser(api);
  const body = { user_id: user.id, amount: "1" };
  const key = fresh();
  await here.sandbox.clock.freeze();
  await api.post("/tokens/mint", body).set("Idempotency-Key", key).expect(201);
  await here.sandbox.clock.advance(24 * 3_600_000 - 1);
  const late = await api.post("/tokens/mint", body).set("Idempotency-Key", key).expect(201);
  expect(late.headers["idempotent-replayed"]).toBe("true");
  await here.sandbox.clock.advance(1);
  const anew = await api.post("/tokens/mint", body).set("Idempotency-Key", key).expect(201);
  expect(anew.headers["idempotent-replayed"]).toBeUndefined();
  expect((await api.get(`/users/${user.id}/balance`)).body.data.balance).toBe("2");
});

it("a reset forgets the answers given after it", async () => {
  const key = fresh();
  const body = person();
  await api.post("/users", body).set("Idempotency-Key", key).expect(201);
  await here.sandbox.reset();
  const anew = await api.post("/users", body).set("Idempotency-Key", key).expect(201);
  expect(anew.headers["idempotent-replayed"]).toBeUndefined();
});
