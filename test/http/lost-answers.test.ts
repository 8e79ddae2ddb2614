/** Faults with `when: after`: the work takes effect, its answer is kept, and what is sent is broken. */
import { EventEmitter } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Response } from "express";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { HangingRequests } from "../../emulator/http/faults/hanging.ts";
import { sendSlowly } from "../../emulator/http/faults/slow-answer.ts";
import type { Fault } from "../../emulator/model/fault.ts";
import { newKey, newUser, person, refusal, type World, world } from "../support/client.ts";
import { newFolder } from "../support/folder.ts";
import { lines } from "../support/wire.ts";

let here: World;
let origin: string;
let user: { id: string };
beforeAll(async () => {
  here = await world({ seed: 7 });
  origin = await here.sandbox.listen();
  user = await newUser(here.api);
});
afterEach(() => here.sandbox.faults.clear());
afterAll(() => here.sandbox.close());

const RESET: Omit<Fault, "path"> = { when: "after", connection: "reset" };
const add = (fault: Omit<Fault, "path">) => here.sandbox.faults.add({ path: "*", times: 1, ...fault });
const mint = (key?: string) => {
  const call = here.api.post("/tokens/mint", { user_id: user.id, amount: "5" });
  return key === undefined ? call : call.set("Idempotency-Key", key);
};
const balance = async () => Number((await here.api.get(`/users/${user.id}/balance`).expect(200)).body.data.balance);
const newest = () => here.sandbox.requests.list({ limit: 1 })[0];

describe("a connection that breaks after the work", () => {
  it.each(["reset", "empty", "garbage"] as const)("%s: the work has taken effect, and its answer is kept", async (connection) => {
    const before = await balance();
    add({ when: "after", connection });
    await expect(mint(`lost-${connection}`)).rejects.toThrow();
    expect(await balance()).toBe(before + 5);
    const { body } = await mint(`lost-${connection}`).expect(201).expect("Idempotent-Replayed", "true");
    expect(body.data.status).toBe("confirmed");
    expect(await balance()).toBe(before + 5);
    await here.sandbox.doctor();
  });

  it("without an Idempotency-Key the work is done all the same", async () => {
    const before = await balance();
    add(RESET);
    await expect(mint()).rejects.toThrow();
    expect(await balance()).toBe(before + 5);
  });

  it("hang: until the client leaves", async () => {
    const before = await balance();
    add({ when: "after", connection: "hang" });
    const headers = { authorization: `Bearer ${here.sandbox.apiKey}`, "content-type": "application/json" };
    const body = JSON.stringify({ user_id: user.id, amount: "5" });
    await expect(fetch(`${origin}/v1/tokens/mint`, { method: "POST", headers, body, signal: AbortSignal.timeout(500) })).rejects.toThrow();
    expect(await balance()).toBe(before + 5);
  });

  it("a replay can be struck again", async () => {
    add({ ...RESET, times: 3 });
    for (let i = 0; i < 3; i++) await expect(mint("thrice")).rejects.toThrow();
    await mint("thrice").expect(201).expect("Idempotent-Replayed", "true");
    expect(here.sandbox.faults.list()).toMatchObject([{ fired: 3, left: 0 }]);
  });

  it("refusals by a rule are lost too, and kept", async () => {
    add(RESET);
    const refused = () => here.api.post("/tokens/mint", { user_id: user.id, amount: "0" }).set("Idempotency-Key", "refused");
    await expect(refused()).rejects.toThrow();
    expect(newest()).toMatchObject({ status: 422, code: "INVALID_AMOUNT", delivered: false, response: { body: { status: "error" } } });
    await refused().expect(refusal("INVALID_AMOUNT")).expect("Idempotent-Replayed", "true");
  });

  it("is not used up by a request that is refused before it comes to the work", async () => {
    add(RESET);
    await here.api.post("/tokens/mint", {}).expect(refusal("VALIDATION_FAILED"));
    await here.api.as(null).get("/users").expect(refusal("AUTHENTICATION_REQUIRED"));
    await expect(here.api.get("/users")).rejects.toThrow();
  });
});

describe("every way in which an answer leaves", () => {
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${origin}/v1${path}`, { headers: { authorization: `Bearer ${here.sandbox.apiKey}`, ...headers } });

  it.each<[string, () => Promise<unknown>, object]>([
    ["JSON", () => get(`/users/${user.id}`), { status: 200, response: { body: { status: "success" } } }],
    ["a document", () => get("/openapi.yaml"), { status: 200 }],
    ["a public operation", () => get("/health", { authorization: "" }), { status: 200 }],
    ["HEAD", () => fetch(`${origin}/v1/health`, { method: "HEAD" }), { status: 200, response: null }],
    ["404", () => get("/users/usr_nobody"), { status: 404, code: "USER_NOT_FOUND" }],
  ])("%s", async (_, send, made) => {
    add(RESET);
    await expect(send()).rejects.toThrow();
    expect(newest()).toMatchObject({ ...made, delivered: false, fault_id: expect.any(String) });
  });

  it("204", async () => {
    const { id } = await newKey(here.api, ["users:read"]);
    add(RESET);
    await expect(here.api.delete(`/api-keys/${id}`)).rejects.toThrow();
    expect(newest()).toMatchObject({ status: 204, delivered: false });
    await here.api.delete(`/api-keys/${id}`).expect(refusal("API_KEY_NOT_FOUND"));
  });

  it("304", async () => {
    const etag = (await get(`/users/${user.id}`)).headers.get("etag") as string;
    add(RESET);
    await expect(get(`/users/${user.id}`, { "if-none-match": etag })).rejects.toThrow();
    expect(newest()).toMatchObject({ status: 304, delivered: false });
  });

  it("202", async () => {
    const { sandbox, api } = await world({ mining: { kind: "manual" } });
    const { id } = await newUser(api);
    sandbox.faults.add({ operationId: "mintTokens", times: 1, ...RESET });
    await expect(api.post("/tokens/mint", { user_id: id, amount: "1" })).rejects.toThrow();
    expect(sandbox.requests.list({ limit: 1 })).toMatchObject([{ status: 202, delivered: false }]);
    await sandbox.chain.mine();
    expect((await api.get(`/users/${id}/balance`)).body.data.balance).toBe("1");
    await sandbox.close();
  });

  it("over TLS", async () => {
    const { sandbox, api } = await world({ https: { caDir: newFolder() } });
    const { hostname, port } = new URL(await sandbox.listen());
    const made = person();
    const body = JSON.stringify(made);
    for (const connection of ["reset", "empty"] as const) {
      sandbox.faults.add({ operationId: "createUser", times: 1, when: "after", connection });
      const socket = connectTls({ host: hostname, port: Number(port), ca: readFileSync(sandbox.caFile as string) });
      const fields = [`Authorization: Bearer ${sandbox.apiKey}`, "Content-Type: application/json", `Content-Length: ${body.length}`];
      let received = "";
      socket.on("data", (chunk) => (received += chunk)).on("error", () => {});
      socket.write(`${lines("POST /v1/users HTTP/1.1", ...fields, "Idempotency-Key: tls")}${body}`);
      await new Promise((resolve) => socket.once("close", resolve));
      expect(received).toBe("");
    }
    expect(sandbox.requests.list({ operationId: "createUser" })).toMatchObject([
      { status: 201, delivered: false, idempotent_replayed: true },
      { status: 201, delivered: false, idempotent_replayed: false },
    ]);
    await api.post("/users", made).expect(refusal("EMAIL_ALREADY_EXISTS"));
    await sandbox.close();
  });
});

describe("an error instead of the answer", () => {
  const error = { code: "CHAIN_UNAVAILABLE" };

  it("replaces what is sent, not what is kept", async () => {
    const before = await balance();
    add({ when: "after", error, retry_after: 7 });
    const { headers } = await mint("replaced").expect(refusal("CHAIN_UNAVAILABLE")).expect("Retry-After", "7");
    expect(headers).not.toHaveProperty("location");
    expect(await balance()).toBe(before + 5);
    await mint("replaced").expect(201).expect("Idempotent-Replayed", "true");
    expect(await balance()).toBe(before + 5);
  });

  it.each<[string, (etag: string) => RequestInit, string]>([
    ["a read", () => ({}), "getUser"],
    ["a 304", (etag) => ({ headers: { "if-none-match": etag } }), "getUser"],
    ["HEAD", () => ({ method: "HEAD" }), "getUser"],
    ["a write", () => ({ method: "POST" }), "createUser"],
  ])("of %s: none of its header fields is left", async (_, init, operationId) => {
    const headers = { authorization: `Bearer ${here.sandbox.apiKey}` };
    const path = operationId === "getUser" ? `/users/${user.id}` : "/users";
    const etag = (await fetch(`${origin}/v1/users/${user.id}`, { headers })).headers.get("etag") as string;
    here.sandbox.faults.add({ operationId: "getUser", times: 1, when: "after", error: { code: "TEAPOT", status: 418 } });
    here.sandbox.faults.add({ operationId: "createUser", times: 1, when: "after", error: { code: "TEAPOT", status: 418 } });
    const asked = init(etag);
    const body = operationId === "createUser" ? { body: JSON.stringify(person()) } : {};
    const answer = await fetch(`${origin}/v1${path}`, {
      ...asked,
      ...body,
      headers: { ...headers, "content-type": "application/json", ...asked.headers },
    });
    expect(answer.status).toBe(418);
    const text = await answer.text();
    expect(text === "" ? null : JSON.parse(text).error.code).toBe(asked.method === "HEAD" ? null : "TEAPOT");
    for (const name of ["etag", "location", "idempotent-replayed"]) expect(answer.headers.get(name)).toBeNull();
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(newest()).toMatchObject({ delivered: false, status: expect.not.toBeOneOf([418]) });
  });
});

describe("latency after the work", () => {
  it("is over before the answer, not before the work", async () => {
    const before = await balance();
    add({ when: "after", latency_ms: 400 });
    const answer = mint().expect(201);
    const began = performance.now();
    const ended = answer.then(() => performance.now());
    await expect.poll(balance, { interval: 20 }).toBe(before + 5);
    const done = performance.now() - began;
    expect((await ended) - began).toBeGreaterThan(390);
    expect(done).toBeLessThan((await ended) - began);
    expect(newest()).toMatchObject({ operation_id: "mintTokens", status: 201, delivered: true });
  });

  it("of a client that does not wait: the answer is made, and not delivered", async () => {
    add({ when: "after", latency_ms: 2000 });
    await expect(fetch(`${origin}/v1/health`, { signal: AbortSignal.timeout(100) })).rejects.toThrow();
    await expect.poll(newest).toMatchObject({ operation_id: "getHealth", status: 200, delivered: false });
  });
});

describe("a slow answer", () => {
  const get = (signal?: AbortSignal) =>
    fetch(`${origin}/v1/users/${user.id}`, { headers: { authorization: `Bearer ${here.sandbox.apiKey}` }, ...(signal ? { signal } : {}) });
  const logged = () => here.sandbox.requests.list({ operationId: "getUser" });

  it("is in the log when its last piece has been sent", async () => {
    here.sandbox.requests.clear();
    add({ connection: "slow", bytes_per_second: 2000 });
    const answer = await get();
    expect(logged()).toEqual([]);
    await answer.text();
    expect(logged()).toMatchObject([{ status: 200, delivered: true, fault_id: expect.any(String) }]);
    expect(logged()[0]?.duration_ms).toBeGreaterThan(100);
  });

  it("is not delivered to a client that leaves before", async () => {
    here.sandbox.requests.clear();
    add({ connection: "slow", bytes_per_second: 10 });
    await expect(get(AbortSignal.timeout(300)).then((answer) => answer.text())).rejects.toThrow();
    await expect.poll(logged).toMatchObject([{ status: 200, delivered: false, response: { body: { status: "success" } } }]);
  });

  it("is not delivered when more are held than may be", () => {
    const res = Object.assign(new EventEmitter(), { req: { method: "GET" }, socket: { destroy: vi.fn() }, destroyed: false });
    const sent = vi.fn();
    const slow = { bytesPerSecond: 10, send: vi.fn(), hanging: new HangingRequests(0), sent };
    sendSlowly(res as unknown as Response, ["answer"], slow);
    expect([sent.mock.calls, res.socket.destroy.mock.calls.length, slow.send.mock.calls]).toEqual([[[false]], 1, []]);
  });
});

describe("what is seen of it", () => {
  it("the log has the answer that was made, coverage counts it, and a trace says where it was lost", async () => {
    const { sandbox, api } = await world();
    sandbox.faults.add({ operationId: "createUser", ...RESET });
    const asked = person();
    await expect(api.post("/users", asked)).rejects.toThrow();
    const [logged] = sandbox.requests.list();
    expect(logged).toMatchObject({ status: 201, delivered: false, response: { body: { data: asked } } });
    expect(logged?.response_headers).toContainEqual({ name: "location", value: expect.stringMatching(/^\/v1\/users\//) });
    expect(sandbox.coverage().by_operation.find(({ operation_id }) => operation_id === "createUser")).toMatchObject({ succeeded: 1 });
    const { stages } = sandbox.trace(logged?.request_id as string);
    expect(stages.slice(-3)).toMatchObject([
      { stage: "unit", outcome: "passed" },
      { stage: "fault", outcome: "passed", note: "flt_1: connection reset" },
      { stage: "answer", note: "201, not delivered" },
    ]);
    await sandbox.close();
  });

  it("a connection that is reset after the work sends no byte", async () => {
    add(RESET);
    const { hostname, port } = new URL(origin);
    const socket = connect(Number(port), hostname);
    let bytes = "";
    let error: string | undefined;
    socket.on("data", (chunk) => (bytes += chunk)).on("error", ({ code }: NodeJS.ErrnoException) => (error = code));
    socket.write(lines("GET /v1/health HTTP/1.1"));
    await new Promise((resolve) => socket.once("close", resolve));
    expect([bytes, error]).toEqual(["", "ECONNRESET"]);
  });
});
