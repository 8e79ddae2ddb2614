/** Every request to the API, whoever answered it, in a ring of bounded size. */
import request from "supertest";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { BODY_KEPT, type Exchange, keptBody } from "../../emulator/control/exchange.ts";
import { RequestLog } from "../../emulator/control/requests.ts";
import { newUser, person, refusal, type World, world } from "../support/client.ts";
import { lines, sendRaw } from "../support/wire.ts";

let here: World;
let origin: string;
beforeAll(async () => {
  here = await world();
  origin = await here.sandbox.listen();
});
beforeEach(() => here.sandbox.requests.clear());
afterAll(() => here.sandbox.close());

const newest = () => here.sandbox.requests.list()[0];

describe("a request", () => {
  it("has what was asked and what was answered", async () => {
    const asked = person();
    const { headers, body } = await here.api.post("/users?", asked).set("Idempotency-Key", "once").expect(201);
    expect(newest()).toMatchObject({
      request_id: headers["request-id"],
      operation_id: "createUser",
      method: "POST",
      path: "/v1/users",
      api_key_id: expect.stringMatching(/^key_/),
      idempotency_key: true,
      idempotent_replayed: false,
      status: 201,
      code: null,
      request: { truncated: false, body: asked },
      response: { bytes: JSON.stringify(body).length, truncated: false, body },
    });
  });

  it("is there as soon as it is answered", async () => {
    for (let count = 1; count <= 20; count++) {
      const { headers } = await fetch(`${origin}/v1/health`);
      expect(newest()?.request_id).toBe(headers.get("request-id"));
    }
  });

  it("has its query apart", async () => {
    await here.api.get("/users?limit=1").expect(200);
    expect(newest()).toMatchObject({ path: "/v1/users", query: "limit=1", request: null });
  });

  it("a replay says so, and keeps its code", async () => {
    const refused = () => here.api.post("/tokens/mint", { user_id: "usr_1", amount: "1" }).set("Idempotency-Key", "refused").expect(404);
    await refused();
    await refused();
    expect(newest()).toMatchObject({ idempotent_replayed: true, status: 404, code: "USER_NOT_FOUND" });
  });

  it("HEAD and 304 have no body", async () => {
    const user = await newUser(here.api);
    const { headers } = await here.api.head(`/users/${user.id}`).expect(200);
    expect(newest()).toMatchObject({ method: "HEAD", operation_id: "getUser", status: 200, response: null });
    await here.api
      .get(`/users/${user.id}`)
      .set("If-None-Match", headers.etag as string)
      .expect(304);
    expect(newest()).toMatchObject({ method: "GET", status: 304, response: null });
  });

  it("a long body is cut, whole characters or not, and says how long it was", async () => {
    const narrative = "é".repeat(20_000);
    await here.api.post("/users", { ...person(), metadata: { narrative } }).expect(400);
    const { request: sent } = newest() as { request: { bytes: number; truncated: boolean; body: string } };
    expect(sent).toMatchObject({ truncated: true, body: expect.stringMatching(/^\{"email"/) });
    expect(sent.bytes).toBeGreaterThan(40_000);
    expect(sent.body.length).toBeLessThanOrEqual(BODY_KEPT);
    await here.api.get("/openapi.json").expect(200);
    expect(newest()).toMatchObject({ response: { truncated: true } });
  });
});

describe("who never came to an operation", () => {
  it.each<[string, () => Promise<unknown>, object]>([
    [
      "no key",
      () => here.api.as(null).get("/users"),
      { status: 401, code: "AUTHENTICATION_REQUIRED", operation_id: "listUsers", api_key_id: null },
    ],
    ["an unknown route", () => here.api.get("/nothing"), { status: 404, code: "ROUTE_NOT_FOUND", operation_id: null, path: "/v1/nothing" }],
    ["no version", () => request(here.sandbox.app).get("/users"), { status: 404, path: "/users" }],
    ["a method that is not there", () => here.api.put("/users", {}), { status: 405, code: "METHOD_NOT_ALLOWED", method: "PUT" }],
    ["OPTIONS", () => here.api.options("/users"), { status: 204, method: "OPTIONS", code: null }],
    [
      "a foreign Host",
      () => request(here.sandbox.app).get("/v1/users").set("Host", "evil.example"),
      { status: 403, code: "HOST_NOT_ALLOWED" },
    ],
    [
      "malformed JSON",
      () => here.api.post("/users").set("Content-Type", "application/json").send('{"email":'),
      { status: 400, code: "MALFORMED_JSON", request: { bytes: 9, truncated: false, body: '{"email":' } },
    ],
    [
      "a target that is no URL",
      () => sendRaw(origin, lines("GET http://[ HTTP/1.1")),
      { status: 400, code: "INVALID_REQUEST", method: "GET", path: "http://[" },
    ],
    [
      "a method that HTTP does not know",
      () => sendRaw(origin, lines("FETCH /v1/users HTTP/1.1")),
      { status: 405, method: "FETCH", path: "/v1/users" },
    ],
    ["no HTTP at all", () => sendRaw(origin, "hello there\r\n\r\n"), { status: 405, method: null, path: null }],
    [
      "a header too large",
      () => sendRaw(origin, lines("GET /v1/users HTTP/1.1", `X: ${"a".repeat(20_000)}`)),
      { status: 400, path: "/v1/users" },
    ],
    [
      "a chunk without a length",
      () =>
        sendRaw(
          origin,
          `${lines("POST /v1/users HTTP/1.1", `Authorization: Bearer ${here.sandbox.apiKey}`, "Content-Type: application/json", "Transfer-Encoding: chunked")}zz\r\n`,
        ),
      { status: 400, code: "INVALID_REQUEST" },
    ],
  ])("%s", async (_what, send, entry) => {
    await send();
    // Once, and not again when a connection that was refused raw is given up.
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(here.sandbox.requests.list()).toMatchObject([entry]);
  });
});

it("plain HTTP to a sandbox of HTTPS", async () => {
  const { newFolder } = await import("../support/folder.ts");
  const { sandbox } = await world({ https: { caDir: newFolder() } });
  await fetch(`${(await sandbox.listen()).replace("https", "http")}/v1/users?limit=1`);
  expect(sandbox.requests.list()).toMatchObject([{ code: "HTTPS_REQUIRED", path: "/v1/users", query: "limit=1", api_key_id: null }]);
  await sandbox.close();
});

it("the control plane is not in it, and a session key is hidden and not metered", async () => {
  const { sandbox, api } = await world({ limits: { perSecond: 1, perHour: 1 } });
  await request(sandbox.app).get("/_sandbox/requests").expect(200);
  const { body } = await request(sandbox.app).post("/_sandbox/keys").send({ name: "dashboard", session: true }).expect(201);
  const session = api.as(body.data.secret);
  for (let i = 0; i < 3; i++) await session.get("/users").expect(200);
  await api.get("/users").expect(200);
  expect(sandbox.requests.count()).toBe(1);
  expect(sandbox.requests.count({ session: true })).toBe(4);
  expect(sandbox.coverage().by_operation.find(({ operation_id }) => operation_id === "listUsers")).toMatchObject({ calls: 1 });
  await sandbox.close();
});

it("a filter that is none is refused, with those that are", async () => {
  const { body } = await request(here.sandbox.app).get("/_sandbox/requests?colour=red").expect(refusal("UNKNOWN_PARAMETER"));
  expect(body.error.message).toContain("operationId");
});

it.each([`${"*".repeat(100)}x`, `${"*a".repeat(100)}`])("a pattern with many stars is answered at once: %s", async (path) => {
  await here.api.get(`/${"a".repeat(1000)}`).expect(404);
  await request(here.sandbox.app)
    .get(`/_sandbox/requests/count?path=${encodeURIComponent(path)}`)
    .expect(200);
  const { body } = await request(here.sandbox.app)
    .get(`/_sandbox/requests?path=${"a".repeat(257)}`)
    .expect(refusal("INVALID_REQUEST", { param: "path" }));
  expect(body.error.message).toContain("256");
});

it("a restore leaves it as it is", async () => {
  const snapshot = await here.sandbox.snapshot();
  await newUser(here.api);
  await snapshot.restore();
  expect(newest()).toMatchObject({ operation_id: "createUser", status: 201 });
});

describe("the ring", () => {
  const exchange = (id: number, text = ""): Exchange => ({
    requestId: `req_${id}`,
    receivedAt: id,
    at: id,
    began: id,
    duration: 1,
    method: "GET",
    url: "/v1/health",
    course: null,
    keyId: null,
    session: false,
    counted: true,
    idempotencyKey: false,
    replayed: false,
    fault: null,
    status: 200,
    code: null,
    quota: null,
    request: null,
    response: keptBody(text),
  });
  const ids = (log: RequestLog) => [...log.select(() => true)].map(({ exchange: { requestId } }) => requestId);

  it("keeps the latest so many", () => {
    const log = new RequestLog({ requests: 3, characters: 1000 });
    for (let id = 1; id <= 8; id++) log.record(exchange(id));
    expect(ids(log)).toEqual(["req_8", "req_7", "req_6"]);
    log.clear();
    expect(ids(log)).toEqual([]);
    for (let id = 9; id <= 13; id++) log.record(exchange(id));
    expect(ids(log)).toEqual(["req_13", "req_12", "req_11"]);
  });

  it("and no more than so much of their bodies", () => {
    const log = new RequestLog({ requests: 100, characters: 1000 });
    for (let id = 1; id <= 8; id++) log.record(exchange(id, "x".repeat(300)));
    expect(ids(log)).toEqual(["req_8", "req_7", "req_6"]);
  });
});
