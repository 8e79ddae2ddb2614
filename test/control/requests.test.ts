/** Every request to the API, whoever answered it, in a ring of bounded size. */
import { hash } from "node:crypto";
import { once } from "node:events";
import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { gzipSync } from "node:zlib";
import request from "supertest";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { BODY_KEPT, keptAnswer } from "../../emulator/control/body.ts";
import type { Exchange } from "../../emulator/control/exchange.ts";
import { Observation, type ObservationParts } from "../../emulator/control/observation.ts";
import { RequestLog } from "../../emulator/control/requests.ts";
import type { Committed } from "../../emulator/control/work.ts";
import { encodeCursor } from "../../emulator/model/cursor.ts";
import { newKey, newUser, person, refusal, type World, world } from "../support/client.ts";
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
    const narrative = "é".repeat(40_000);
    await here.api.post("/users", { ...person(), metadata: { narrative } }).expect(400);
    const { request: sent } = newest() as { request: { bytes: number; truncated: boolean; body: string } };
    expect(sent).toMatchObject({ truncated: true, body: expect.stringMatching(/^\{"email"/) });
    expect(sent.bytes).toBeGreaterThan(80_000);
    expect(sent.body.length).toBeLessThanOrEqual(BODY_KEPT);
    await here.api.get("/openapi.json").expect(200);
    expect(newest()).toMatchObject({ response: { truncated: true } });
  });
});

describe("headers", () => {
  const fields = (named: readonly { name: string; value: string }[] = []) =>
    Object.fromEntries(named.map(({ name, value }) => [name.toLowerCase(), value]));

  it("of both sides are there, but those with credentials", async () => {
    const sent = { authorization: `Bearer ${here.sandbox.apiKey}`, "x-trace": "abc", cookie: "a=b", "proxy-authorization": "Basic YTpi" };
    const answer = await fetch(`${origin}/v1/users?limit=1`, { headers: sent });
    const { request_headers, response_headers, api_key_id } = newest() ?? {};
    const asked = fields(request_headers);
    expect(asked).toMatchObject({ "x-trace": "abc", host: new URL(origin).host });
    expect(Object.keys(asked)).not.toEqual(expect.arrayContaining(["authorization"]));
    expect(Object.keys(asked).filter((name) => name in sent)).toEqual(["x-trace"]);
    expect(fields(response_headers)).toEqual(Object.fromEntries(answer.headers));
    expect(api_key_id).toMatch(/^key_/);
  });

  it("keep their order, and each of several with one name", async () => {
    const key = `Authorization: Bearer ${here.sandbox.apiKey}`;
    await sendRaw(origin, lines("GET /v1/users HTTP/1.1", "X-B: 1", "X-A: 2", "X-B: 3", key));
    expect(newest()?.request_headers.filter(({ name }) => name.startsWith("X-"))).toEqual([
      { name: "X-B", value: "1" },
      { name: "X-A", value: "2" },
      { name: "X-B", value: "3" },
    ]);
  });

  it("of a 304, of an error, and of who never came to an operation", async () => {
    const { id } = await newUser(here.api);
    const { headers } = await here.api.get(`/users/${id}`).expect(200);
    await here.api
      .get(`/users/${id}`)
      .set("If-None-Match", headers.etag as string)
      .expect(304);
    expect(fields(newest()?.response_headers)).toMatchObject({ etag: headers.etag });
    await here.api.get("/nothing").set("X-Trace", "abc").expect(404);
    expect(fields(newest()?.request_headers)).toMatchObject({ "x-trace": "abc" });
    expect(fields(newest()?.response_headers)).toMatchObject({ "content-type": expect.stringContaining("application/json") });
    await sendRaw(origin, lines("GET http://[ HTTP/1.1", "X-Trace: abc"));
    expect(fields(newest()?.request_headers)).toMatchObject({ "x-trace": "abc" });
    expect(fields(newest()?.response_headers)).toMatchObject({ connection: "close" });
    await sendRaw(origin, lines("FETCH /v1/users HTTP/1.1"));
    expect(newest()).toMatchObject({ request_headers: [] });
  });

  it("of a trace and of the live stream, too", async () => {
    const watched: unknown[] = [];
    const stream = await fetch(`${origin}/_sandbox/events?kinds=request`);
    const reader = (stream.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
    await here.api.get("/users").set("X-Trace", "abc").expect(200);
    expect(fields(here.sandbox.trace(newest()?.request_id as string).request.request_headers)).toMatchObject({ "x-trace": "abc" });
    while (watched.length === 0) watched.push(...(/"X-Trace","value":"abc"/.exec((await reader.read()).value ?? "") ?? []));
    await reader.cancel();
  });
});

describe("hashes of a request", () => {
  const sha256 = (text: string | Buffer) => hash("sha256", text);
  const post = (body: string | Buffer, headers: Record<string, string> = {}) =>
    fetch(`${origin}/v1/users`, {
      method: "POST",
      headers: { authorization: `Bearer ${here.sandbox.apiKey}`, "content-type": "application/json", ...headers },
      body,
    });

  it.each<[string, string | Buffer, number]>([
    ["that succeeds", JSON.stringify(person()), 201],
    ["whose body is not UTF-8", Buffer.from([0x22, 0xff, 0xfe, 0x22]), 400],
    ["that is refused", JSON.stringify({ ...person(), unknown: "é" }), 400],
    ["whose body is malformed", "{", 400],
    ["whose body is longer than what is kept", JSON.stringify({ metadata: { note: "x".repeat(BODY_KEPT) } }), 400],
  ])("%s", async (_, body, status) => {
    expect((await post(body, { "idempotency-key": `key-${status}-${body.length}` })).status).toBe(status);
    expect(newest()).toMatchObject({
      body_sha256: sha256(body),
      idempotency_key_sha256: sha256(`key-${status}-${body.length}`),
    });
  });

  it("that a fault answers, or leaves without an answer", async () => {
    const body = JSON.stringify(person());
    for (const fault of [{ error: { code: "INTERNAL_ERROR" } }, { connection: "reset" as const }]) {
      here.sandbox.faults.add({ operationId: "createUser", times: 1, ...fault });
      await post(body, { "idempotency-key": "struck" }).catch(() => {});
      expect(newest()).toMatchObject({ body_sha256: sha256(body), idempotency_key_sha256: sha256("struck"), fault_id: expect.any(String) });
    }
    here.sandbox.faults.clear();
  });

  it("in chunks, and of a read that is a POST", async () => {
    const chunks = ['{"credential": ', '"e30.e30.e30"}'];
    const body = new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
        controller.close();
      },
    });
    const headers = { "content-type": "application/json", authorization: `Bearer ${here.sandbox.apiKey}` };
    await fetch(`${origin}/v1/badges/verify`, { method: "POST", headers, body, duplex: "half" } as RequestInit);
    expect(newest()).toMatchObject({ operation_id: expect.stringMatching(/verify/i), body_sha256: sha256(chunks.join("")) });
  });

  it("without a key or a body there is none", async () => {
    await here.api.get("/users").expect(200);
    expect(newest()).toMatchObject({ body_sha256: null, idempotency_key_sha256: null });
  });

  const body = JSON.stringify(person());
  it.each<[string, number, Record<string, string>, string?]>([
    ["no key", 401, { authorization: "" }],
    ["a foreign Host", 403, { host: "evil.example" }],
    ["no such route", 404, {}, "/v1/nothing"],
    ["a method that it does not have", 405, {}, "/v1/users/usr_1"],
    ["another sandbox", 409, { "sandbox-id": "another" }],
    ["another media type", 415, { "content-type": "text/plain" }],
    ["an unknown encoding", 415, { "content-encoding": "zip" }],
    ["two keys", 400, { authorization: "Bearer a, Bearer b" }],
  ])("refused before its body was read: %s", async (_, __, headers, path = "/v1/users") => {
    const half = JSON.stringify({ padding: "x".repeat(200_000) });
    for (const sent of [body, half]) {
      const answer = await raw(path, sent, headers);
      expect(answer.statusCode).toBeGreaterThanOrEqual(400);
      await expect.poll(() => newest()?.body_sha256).toBe(sha256(sent));
      expect(newest()).toMatchObject({ status: answer.statusCode, request: null });
    }
  });

  it("of a key without the scope, and without quota; inflated, and on the same connection as the next", async () => {
    const { secret } = await newKey(here.api, ["users:read"]);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const sent = gzipSync(body);
    const call = (key: string) => raw("/v1/users", sent, { authorization: `Bearer ${key}`, "content-encoding": "gzip" }, agent);
    const sockets = new Set([(await call(secret)).socket, (await call(secret)).socket]);
    expect(sockets.size).toBe(1);
    await expect.poll(() => newest()).toMatchObject({ status: 403, body_sha256: sha256(body) });
    agent.destroy();
  });

  it("none of what is longer than the operation takes, or never ends", async () => {
    const long = Buffer.alloc(2 ** 20 + 1, " ");
    await raw("/v1/users", long, { authorization: "" });
    await raw("/v1/users", gzipSync(long), { authorization: "", "content-encoding": "gzip" });
    expect(here.sandbox.requests.list({ limit: 2 })).toMatchObject([
      { status: 401, body_sha256: null },
      { status: 401, body_sha256: null },
    ]);
    const open = httpRequest(`${origin}/v1/users`, { method: "POST", headers: { "content-length": 10 } });
    open.on("error", () => {});
    open.write("12345");
    const [{ statusCode }] = (await once(open, "response")) as [IncomingMessage];
    expect(statusCode).toBe(401);
    open.socket?.resetAndDestroy();
    expect(newest()).toMatchObject({ status: 401, body_sha256: null });
  });

  /** As fetch does, which sets some header fields by itself. */
  async function raw(path: string, body: string | Buffer, headers: Record<string, string>, agent?: Agent) {
    const all = { authorization: `Bearer ${here.sandbox.apiKey}`, "content-type": "application/json", ...headers };
    const call = httpRequest(origin + path, { method: "POST", headers: all, ...(agent ? { agent } : {}) });
    const answered = once(call, "response") as Promise<[IncomingMessage]>;
    call.end(body);
    const [response] = await answered;
    const { socket, statusCode } = response;
    await response.resume().toArray();
    return { socket, statusCode };
  }
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
      { status: 431, path: "/v1/users" },
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
  const { body } = await request(sandbox.app).post("/_sandbox/session").send({}).expect(201);
  const session = api.as(body.data.secret);
  for (let i = 0; i < 3; i++) await session.get("/users").expect(200);
  await api.get("/users").expect(200);
  expect(sandbox.requests.count()).toBe(1);
  expect(sandbox.requests.count({ session: true })).toBe(4);
  expect(sandbox.coverage().by_operation.find(({ operation_id }) => operation_id === "listUsers")).toMatchObject({ calls: 1 });
  await sandbox.close();
});

it("a filter that is none is refused by its name", async () => {
  const { body } = await request(here.sandbox.app).get("/_sandbox/requests?colour=red").expect(refusal("UNKNOWN_PARAMETER"));
  expect([body.error.code, body.error.param]).toEqual(["UNKNOWN_PARAMETER", "colour"]);
});

it.each([`${"*".repeat(100)}x`, `${"*a".repeat(100)}`])("a pattern with many stars is answered at once: %s", async (path) => {
  await here.api.get(`/${"a".repeat(1000)}`).expect(404);
  await request(here.sandbox.app)
    .get(`/_sandbox/requests/count?path=${encodeURIComponent(path)}`)
    .expect(200);
  const { body } = await request(here.sandbox.app)
    .get(`/_sandbox/requests?path=${"a".repeat(257)}`)
    .expect(refusal("VALIDATION_FAILED", { param: "path" }));
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
    delivered: true,
    requestHeaders: [],
    unread: null,
    request: null,
    responseHead: null,
    response: keptAnswer(text),
  });
  const ids = (log: RequestLog) => [...log.select(() => true)].map(({ exchange: { requestId } }) => requestId);

  it("keeps the latest so many", () => {
    const log = new RequestLog({ requests: 3, bytes: 1000 });
    for (let id = 1; id <= 8; id++) log.record(exchange(id));
    expect(ids(log)).toEqual(["req_8", "req_7", "req_6"]);
    log.clear();
    expect(ids(log)).toEqual([]);
    for (let id = 9; id <= 13; id++) log.record(exchange(id));
    expect(ids(log)).toEqual(["req_13", "req_12", "req_11"]);
  });

  it("a deletion looks at none of them at once, and at all of them soon", async () => {
    const log = new RequestLog({ requests: 1000, bytes: 1_000_000 });
    let looks = 0;
    const watched = (id: number) => ({
      ...exchange(id),
      began: 0,
      get url() {
        looks += 1;
        return `/v1/users/usr_${String(id).padStart(3, "0")}`;
      },
    });
    for (let id = 1; id <= 500; id++) log.record(watched(id));
    looks = 0;
    const user = { id: "usr_007", email: "a@b.example", display_name: "Ada", status: "deleted" };
    const changes = [{ table: "users", id: user.id, record: user }];
    log.committed({ line: { request_id: null }, changes, undo: [], events: [], sent: [], blocks: [] } as unknown as Committed);
    expect(looks).toBe(0);
    expect([...log.select(() => true)].filter(({ scrubbed }) => scrubbed).map(({ exchange: { requestId } }) => requestId)).toEqual([
      "req_7",
    ]);
    looks = 0;
    log.committed({ line: { request_id: null }, changes, undo: [], events: [], sent: [], blocks: [] } as unknown as Committed);
    expect(looks).toBe(0);
    await expect.poll(() => looks).toBeGreaterThanOrEqual(499);
  });

  it.each<[string, object]>([
    ["bodies", { response: keptAnswer("x".repeat(290)) }],
    ["bodies in bytes", { response: keptAnswer("é".repeat(145)) }],
    ["headers", { requestHeaders: ["X", "x".repeat(289)] }],
    ["headers of answers", { responseHead: `HTTP/1.1 200\r\n${"x".repeat(276)}` }],
    ["targets", { url: "x".repeat(300) }],
  ])("and no more than so many bytes of their %s", (_, members) => {
    const log = new RequestLog({ requests: 100, bytes: 1000 });
    for (let id = 1; id <= 8; id++) log.record({ ...exchange(id), ...members });
    expect(ids(log)).toEqual(["req_8", "req_7", "req_6"]);
  });

  describe("is paged while requests come", () => {
    const filled = (...log: number[]) => {
      const made = new RequestLog({ requests: 4, bytes: 100_000 });
      for (const id of log) made.record(exchange(id));
      return made;
    };
    const page = async (log: RequestLog, query: object) => {
      const parts = { log, keys: { idOf: () => null }, operations: [], wall: () => 0 };
      const { items, next_cursor } = await new Observation(parts as unknown as ObservationParts).page(query);
      return { ids: items.map(({ request_id }) => request_id), cursor: next_cursor as string };
    };
    const refusedCursor = expect.objectContaining({ code: "INVALID_CURSOR" });

    it("the next page goes on where the last one ended", async () => {
      const log = filled(1, 2, 3, 4);
      const { ids: first, cursor } = await page(log, { limit: 2 });
      log.record(exchange(5));
      expect([first, (await page(log, { cursor })).ids]).toEqual([["req_4", "req_3"], ["req_2"]]);
    });

    it("also when all that was shown, and all before, has been dropped", async () => {
      const log = filled(1, 2, 3, 4);
      const { cursor } = await page(log, { limit: 2 });
      for (let id = 5; id <= 9; id++) log.record(exchange(id));
      expect(await page(log, { cursor })).toEqual({ ids: [], cursor: null });
    });

    it("also since a request that has been dropped meanwhile, or that is newer than the page before", async () => {
      const log = filled(1, 2, 3, 4);
      const { cursor } = await page(log, { limit: 1, since: "req_1" });
      log.record(exchange(5));
      expect((await page(log, { cursor, since: "req_1" })).ids).toEqual(["req_3", "req_2"]);
      expect((await page(log, { cursor, since: "req_5" })).ids).toEqual([]);
      await expect(page(log, { since: "req_1" })).rejects.toThrow(expect.objectContaining({ code: "REQUEST_NOT_FOUND" }));
    });

    it("with another filter it is about the same place", async () => {
      const log = filled(1, 2);
      log.record({ ...exchange(3), method: "POST" });
      log.record(exchange(4));
      const { cursor } = await page(log, { limit: 1, method: "GET" });
      expect((await page(log, { cursor, method: "POST" })).ids).toEqual(["req_3"]);
      expect((await page(log, { cursor, status: 404 })).ids).toEqual([]);
    });

    it("a cursor from before a clear, of another list, or with a number that never was, is refused", async () => {
      const log = filled(1, 2, 3, 4);
      const { cursor } = await page(log, { limit: 2 });
      const others = [
        encodeCursor("users", "3"),
        ...["4", "-1", "1.5", "1e0", "", "req_3", "9".repeat(30)].map((id) => encodeCursor("requests", id)),
      ];
      for (const other of others) await expect(page(log, { cursor: other })).rejects.toThrow(refusedCursor);
      log.clear();
      for (let id = 5; id <= 9; id++) log.record(exchange(id));
      await expect(page(log, { cursor })).rejects.toThrow(refusedCursor);
    });
  });
});

it("a key is named by its id or its secret; one that is none, or a session, is refused", async () => {
  const { secret } = here.sandbox.keys.session();
  const { id } = here.sandbox.keys.list().items[0] as { id: string };
  for (const api_key of [id, here.sandbox.apiKey]) expect(here.sandbox.requests.list({ api_key })).toEqual([]);
  for (const api_key of ["key_gone", secret, "gone"]) {
    expect(() => here.sandbox.requests.list({ api_key })).toThrow(expect.objectContaining({ code: "API_KEY_NOT_FOUND" }));
  }
  expect(() => here.sandbox.limits.show(secret)).toThrow(expect.objectContaining({ code: "API_KEY_NOT_FOUND" }));
});
