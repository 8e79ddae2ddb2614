/** A request that breaks several rules at once gets the answer of the first of them. */
import request from "supertest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox } from "../../emulator/sandbox.ts";
import { api, documented, newKey, newUser, refusal, rich, type World } from "../support/client.ts";

let here: World;
beforeAll(async () => {
  const sandbox = await createSandbox({ limits: { perSecond: 100_000, perHour: 100_000 } });
  here = { sandbox, api: api(sandbox.app, sandbox.apiKey) };
});
afterAll(() => here.sandbox.close());

interface Broken {
  readonly host?: string;
  readonly path?: string;
  readonly method?: "post" | "put";
  readonly key?: string | null;
  readonly accept?: string;
  readonly type?: string;
  readonly body?: string;
  readonly idempotencyKey?: string;
}

/** POST /tokens/mint with these things wrong. */
function send(broken: Broken) {
  const url = broken.path ?? "/v1/tokens/mint";
  const method = broken.method ?? "post";
  const call = request(here.sandbox.app)[method](url);
  if (broken.host) call.set("Host", broken.host);
  if (broken.key !== null) call.set("Authorization", `Bearer ${broken.key ?? here.sandbox.apiKey}`);
  if (broken.accept) call.set("Accept", broken.accept);
  if (broken.idempotencyKey) call.set("Idempotency-Key", broken.idempotencyKey);
  call.set("Content-Type", broken.type ?? "application/json");
  return call.send(broken.body ?? '{"user_id":"nobody","amount":"1"}').expect(documented(method.toUpperCase(), url));
}

describe("everything is wrong at once; then the first of it is mended, and so on", () => {
  let throttled: string;
  let narrow: string;
  let suspended: string;
  const last = () => JSON.stringify({ user_id: suspended, amount: "0" });

  beforeAll(async () => {
    const dry = await newKey(here.api, ["users:read"]);
    here.sandbox.limits.set(dry.secret, { hour: { remaining: 0 } });
    throttled = dry.secret;
    narrow = (await newKey(here.api, ["users:read"])).secret;
    suspended = (await newUser(here.api)).id;
    await here.api.patch(`/users/${suspended}`, { status: "suspended" }).expect(200);
    await send({ idempotencyKey: "used", body: '{"user_id":"nobody","amount":"2"}' }).expect(refusal("USER_NOT_FOUND"));
  });

  const huge = " ".repeat(1_048_577);
  const all = {
    host: "evil.example",
    path: "/v1/nothing",
    method: "put",
    key: null,
    accept: "image/png",
    type: "text/plain",
    body: huge,
  } as const;
  const { host: _host, ...hosted } = all;
  const { path: _path, ...routed } = hosted;
  const { method: _method, ...posted } = routed;
  const { accept: _accept, ...acceptable } = posted;
  const { type: _type, ...typed } = acceptable;

  it.each<[string, () => Broken]>([
    ["HOST_NOT_ALLOWED", () => all],
    ["ROUTE_NOT_FOUND", () => hosted],
    ["METHOD_NOT_ALLOWED", () => routed],
    ["AUTHENTICATION_REQUIRED", () => posted],
    ["INVALID_API_KEY", () => ({ ...posted, key: "nonsense" })],
    ["RATE_LIMIT_EXCEEDED", () => ({ ...posted, key: throttled })],
    ["INSUFFICIENT_SCOPE", () => ({ ...posted, key: narrow })],
    ["NOT_ACCEPTABLE", () => ({ ...posted, key: here.sandbox.apiKey })],
    ["UNSUPPORTED_MEDIA_TYPE", () => ({ ...acceptable, key: here.sandbox.apiKey })],
    ["PAYLOAD_TOO_LARGE", () => ({ ...typed, key: here.sandbox.apiKey })],
    ["MALFORMED_JSON", () => ({ idempotencyKey: "", body: "{" })],
    ["UNKNOWN_PARAMETER", () => ({ idempotencyKey: "é", body: '{"user_id":7,"colour":"red"}' })],
    ["UNKNOWN_PARAMETER", () => ({ path: "/v1/tokens/mint?colour=red", body: '{"user_id":7}' })],
    ["VALIDATION_FAILED", () => ({ idempotencyKey: "é", body: '{"user_id":7}' })],
    ["INVALID_REQUEST", () => ({ idempotencyKey: "a".repeat(256) })],
    ["IDEMPOTENCY_KEY_REUSED", () => ({ idempotencyKey: "used" })],
    ["USER_NOT_FOUND", () => ({ body: '{"user_id":"nobody","amount":"0"}' })],
    ["USER_SUSPENDED", () => ({ body: last() })],
  ])("%s", async (code, broken) => {
    await send(broken()).expect(refusal(code));
  });
});

describe("validation before existence", () => {
  it("of a path's id", async () => {
    await here.api.patch("/users/nobody", { colour: "red" }).expect(refusal("UNKNOWN_PARAMETER"));
    await here.api.get("/users/nobody?colour=red").expect(refusal("UNKNOWN_PARAMETER"));
  });

  it("an expiry that is past, before scopes that cannot be granted", async () => {
    const key = await newKey(here.api, ["keys:write"]);
    const body = { name: "x", scopes: ["users:read"], expires_at: "2001-01-01T00:00:00Z" };
    await here.api.as(key.secret).post("/api-keys", body).expect(refusal("VALIDATION_FAILED"));
  });

  it("what depends on the object, still before its rules", async () => {
    const [ada, bob] = [await newUser(here.api), await newUser(here.api)];
    await here.api.patch(`/users/${ada.id}`, { email: bob.email, organization: { name: "Half" } }).expect(refusal("VALIDATION_FAILED"));
  });
});

describe("existence before preconditions before rules", () => {
  const stale = '"stale"';

  it("of a user", async () => {
    const user = await newUser(here.api);
    await here.api.patch("/users/nobody", {}).set("If-Match", stale).expect(refusal("USER_NOT_FOUND"));
    await here.api.delete("/users/nobody").set("If-Match", stale).expect(refusal("USER_NOT_FOUND"));
    await here.api.delete(`/users/${user.id}`).expect(204);
    await here.api.delete(`/users/${user.id}`).set("If-Match", stale).expect(refusal("PRECONDITION_FAILED"));
    await here.api.delete(`/users/${user.id}`).expect(refusal("USER_DELETED"));
  });

  it("of a key: a revoked one is not there to be deleted", async () => {
    const key = await newKey(here.api, ["users:read"]);
    await here.api.delete(`/api-keys/${key.id}`).set("If-Match", stale).expect(refusal("PRECONDITION_FAILED"));
    await here.api.delete(`/api-keys/${key.id}`).expect(204);
    await here.api.delete(`/api-keys/${key.id}`).set("If-Match", stale).expect(refusal("API_KEY_NOT_FOUND"));
  });

  it("of both ends of a transfer, before what is wrong with one of them", async () => {
    const from = await rich(here.api, "5");
    await here.api.patch(`/users/${from.id}`, { status: "suspended" }).expect(200);
    const body = { from_user_id: from.id, to_user_id: "nobody", amount: "0" };
    await here.api.post("/tokens/transfer", body).expect(refusal("USER_NOT_FOUND", { param: "to_user_id" }));
    await here.api.post("/tokens/transfer", { ...body, to_user_id: from.id }).expect(refusal("USER_SUSPENDED", { param: "from_user_id" }));
  });
});

it("none of it changed anything", async () => {
  const { body } = await here.api.get("/tokens/transactions");
  expect(body.data.items).toHaveLength(1); // the five GETS above
  await here.sandbox.doctor();
});
