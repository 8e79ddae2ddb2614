/** Faults as data. */
import { connect, type Socket } from "node:net";
import type { Response } from "express";
import request from "supertest";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { HangingRequests } from "../../emulator/http/faults/hanging.ts";
import type { Fault } from "../../emulator/model/fault.ts";
import { newUser, person, refusal, rich, type World, world } from "../support/client.ts";
import { memoryLog } from "../support/memory-log.ts";
import { only } from "../support/only.ts";
import { lines } from "../support/wire.ts";

let here: World;
let origin: string;
let user: { id: string };
beforeAll(async () => {
  here = await world({ seed: 7, limits: { perSecond: 1000, perHour: 1000 } });
  origin = await here.sandbox.listen();
  user = await newUser(here.api);
});
afterEach(() => here.sandbox.faults.clear());
afterAll(() => here.sandbox.close());

const mint = (amount = "5") => here.api.post("/tokens/mint", { user_id: user.id, amount });
const balance = async () => (await here.api.get(`/users/${user.id}/balance`).expect(200)).body.data.balance;
/** Without the document's check, for codes that it does not know. */
const get = (path: string) => request(here.sandbox.app).get(`/v1${path}`).set("Authorization", `Bearer ${here.sandbox.apiKey}`);

describe("an error", () => {
  const UNAVAILABLE = { operationId: "mintTokens", error: { status: 503, code: "CHAIN_UNAVAILABLE" } };

  it("is answered in the envelope as often as was said, and nothing is changed by it", async () => {
    const before = await balance();
    here.sandbox.faults.add({ ...UNAVAILABLE, times: 2 });
    await mint().expect(refusal("CHAIN_UNAVAILABLE"));
    await mint().expect(refusal("CHAIN_UNAVAILABLE"));
    expect(await balance()).toBe(before);
    await mint().expect(201);
    expect(here.sandbox.faults.list()).toMatchObject([{ id: expect.stringMatching(/^flt_/), fired: 2, left: 0 }]);
    await here.sandbox.doctor();
  });

  it("of the rate limit says when to come back", async () => {
    here.sandbox.faults.add({ operationId: "listUsers", error: { code: "RATE_LIMIT_EXCEEDED" } });
    await here.api.get("/users").expect(refusal("RATE_LIMIT_EXCEEDED")).expect("Retry-After", "1");
  });

  it.each([
    [{ code: "RATE_LIMIT_EXCEEDED" }, 30],
    [{ code: "CHAIN_UNAVAILABLE" }, 0],
    [{ code: "INTERNAL_ERROR" }, 86_400],
  ])("%j says to come back in %i s", async (error, retry_after) => {
    here.sandbox.faults.add({ path: "/users", error, retry_after });
    await get("/users").expect(refusal(error.code)).expect("Retry-After", `${retry_after}`);
  });

  it("may have a code and a sentence of its own", async () => {
    here.sandbox.faults.add({ path: "/users/*", error: { status: 418, code: "TEAPOT_EMPTY", message: "No tea." } });
    const { body } = await get(`/users/${user.id}`).expect(418);
    expect(body.error).toMatchObject({ code: "TEAPOT_EMPTY", message: "No tea.", doc_url: null });
  });

  it("is a line of the log as any request, not an error with a stack", async () => {
    const { log, text } = memoryLog();
    const noted = await world({ log });
    noted.sandbox.faults.add({ ...UNAVAILABLE });
    await noted.api.post("/tokens/mint", { user_id: user.id, amount: "5" }).expect(503);
    await noted.sandbox.close();
    expect(text()).toContain("/v1/tokens/mint");
    expect(text()).not.toContain("stack");
  });

  it("is not kept under the Idempotency-Key: the repetition succeeds", async () => {
    here.sandbox.faults.add({ operationId: "createUser", times: 1, error: { status: 409, code: "EMAIL_ALREADY_EXISTS" } });
    const member = person();
    const create = () => here.api.post("/users", member).set("Idempotency-Key", "again");
    await create().expect(refusal("EMAIL_ALREADY_EXISTS"));
    const answer = await create().expect(201);
    expect(answer.headers["idempotent-replayed"]).toBeUndefined();
  });

  it("is not used up by a request that is refused anyway", async () => {
    here.sandbox.faults.add({ ...UNAVAILABLE, times: 1 });
    await here.api.post("/tokens/mint", {}).expect(refusal("VALIDATION_FAILED"));
    await here.api.as(null).post("/tokens/mint", {}).expect(refusal("AUTHENTICATION_REQUIRED"));
    await mint().expect(refusal("CHAIN_UNAVAILABLE"));
  });
});

describe("which requests meet it", () => {
  it.each<[Partial<Fault>, boolean]>([
    [{ path: "/users/{user_id}" }, true],
    [{ path: "/v1/users/*", method: "get" }, true],
    [{ path: "/users" }, false],
    [{ path: "*", method: "POST" }, false],
    [{ path: "*" }, true],
    [{ operationId: "getUser" }, true],
  ])("%j: %s", async (which, met) => {
    here.sandbox.faults.add({ ...which, error: { code: "INTERNAL_ERROR" } });
    expect((await get(`/users/${user.id}`)).status).toBe(met ? 500 : 200);
  });

  it("the first that fits wins, and a used one makes way", async () => {
    here.sandbox.faults.add({ path: "/users/*", times: 1, error: { code: "INTERNAL_ERROR" } });
    here.sandbox.faults.add({ operationId: "getUser", error: { code: "STORAGE_UNAVAILABLE" } });
    expect([(await get(`/users/${user.id}`)).status, (await get(`/users/${user.id}`)).status]).toEqual([500, 503]);
  });

  it("those of one key, which is not shown", async () => {
    const other = (await here.api.post("/api-keys", { name: "other", scopes: ["users:read"] })).body.data;
    const fault = here.sandbox.faults.add({ operationId: "listUsers", api_key: other.secret, error: { code: "INTERNAL_ERROR" } });
    expect(fault.api_key).toBe(other.id);
    await here.api.get("/users").expect(200);
    await here.api.as(other.secret).get("/users").expect(refusal("INTERNAL_ERROR"));
  });

  const struck = async (count: number) => {
    const statuses: number[] = [];
    for (let i = 0; i < count; i++) statuses.push((await here.api.get("/users")).status);
    return statuses.map((status) => (status === 200 ? "." : "x")).join("");
  };

  it("every third of those that fit", async () => {
    here.sandbox.faults.add({ operationId: "listUsers", every: 3, times: 2, error: { code: "INTERNAL_ERROR" } });
    await here.api.get(`/users/${user.id}`).expect(200);
    expect(await struck(10)).toBe("..x..x....");
  });

  it("those of some time, on the sandbox's clock", async () => {
    const { sandbox, api } = await world({ seed: 7 });
    const fault = sandbox.faults.add({ operationId: "listUsers", for: "5m", error: { code: "INTERNAL_ERROR" } });
    expect(fault.until).toBe("2026-01-01T00:05:00.000Z");
    await sandbox.clock.advance("299s");
    await api.get("/users").expect(500);
    await sandbox.clock.advance("1s");
    await api.get("/users").expect(200);
    sandbox.faults.add({ operationId: "listUsers", for: "9000000d", error: { code: "INTERNAL_ERROR" } });
    expect(sandbox.faults.list()[1]?.until).toBe("9999-12-31T23:59:59.999Z");
    await sandbox.close();
  });

  it("no more than a thousand faults stand", async () => {
    const fault = { operationId: "listUsers", latency_ms: 0 };
    for (let i = 0; i < 1000; i++) here.sandbox.faults.add(fault);
    expect(() => here.sandbox.faults.add(fault)).toThrow(/clear some/);
  });

  it("some of them, the same in every sandbox of a seed", async () => {
    const pattern = async ({ sandbox, api }: World) => {
      sandbox.faults.add({ operationId: "listUsers", probability: 0.5, error: { code: "INTERNAL_ERROR" } });
      const statuses: number[] = [];
      for (let i = 0; i < 20; i++) statuses.push((await api.get("/users")).status);
      return statuses.join(" ");
    };
    const [one, two] = [await world({ seed: 7 }), await world({ seed: 7 })];
    const found = await pattern(one);
    expect([...new Set(found.split(" "))].sort()).toEqual(["200", "500"]);
    expect(await pattern(two)).toBe(found);
    await one.sandbox.reset();
    expect(one.sandbox.faults.list()).toEqual([]);
    expect(await pattern(one)).toBe(found);
    await Promise.all([one.sandbox.close(), two.sandbox.close()]);
  });
});

describe("latency", () => {
  it("comes first, and the request is performed after it", async () => {
    here.sandbox.faults.add({ operationId: "mintTokens", latency_ms: 150, times: 1 });
    const began = performance.now();
    await mint().expect(201);
    expect(performance.now() - began).toBeGreaterThan(140);
  });

  it("ends with a client that does not wait, and nothing is done", async () => {
    const before = await balance();
    here.sandbox.faults.add({ operationId: "mintTokens", latency_ms: 300, times: 1 });
    const body = JSON.stringify({ user_id: user.id, amount: "1" });
    const signal = AbortSignal.timeout(100);
    const headers = { authorization: `Bearer ${here.sandbox.apiKey}`, "content-type": "application/json" };
    await expect(fetch(`${origin}/v1/tokens/mint`, { method: "POST", headers, body, signal })).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await balance()).toBe(before);
  });
});

describe("a connection", () => {
  /** What a client receives, and the error that the connection ends with. */
  async function receive(): Promise<{ bytes: string; error: string | null }> {
    const { hostname, port } = new URL(origin);
    const socket = connect(Number(port), hostname);
    const headers = [`Authorization: Bearer ${here.sandbox.apiKey}`, `Host: ${hostname}`, "Connection: close"];
    socket.write(lines(`GET /v1/users/${user.id} HTTP/1.1`, ...headers));
    let bytes = "";
    let error: string | null = null;
    socket.on("data", (chunk) => (bytes += chunk.toString("latin1")));
    socket.on("error", ({ code }: NodeJS.ErrnoException) => (error = code ?? null));
    await new Promise((resolve) => socket.once("close", resolve));
    return { bytes, error };
  }

  it("that is reset", async () => {
    here.sandbox.faults.add({ operationId: "getUser", connection: "reset" });
    expect(await receive()).toEqual({ bytes: "", error: "ECONNRESET" });
  });

  it("that ends without an answer", async () => {
    here.sandbox.faults.add({ operationId: "getUser", connection: "empty" });
    expect(await receive()).toEqual({ bytes: "", error: null });
  });

  it("that answers what is no HTTP", async () => {
    here.sandbox.faults.add({ operationId: "getUser", connection: "garbage" });
    const { bytes } = await receive();
    expect(bytes).not.toBe("");
    expect(bytes).not.toContain("HTTP/");
  });

  it("that is slow, and right in the end", async () => {
    const { text } = await here.api.get(`/users/${user.id}`).expect(200);
    here.sandbox.faults.add({ operationId: "getUser", connection: "slow", bytes_per_second: text.length * 2 });
    const began = performance.now();
    expect((await here.api.get(`/users/${user.id}`).expect(200)).text).toBe(text);
    expect(performance.now() - began).toBeGreaterThan(400);
    await here.api.head(`/users/${user.id}`).expect(200);
  });

  it("that hangs: nothing is done, the log has it, and it ends with the client", async () => {
    const before = await balance();
    here.sandbox.faults.add({ operationId: "mintTokens", connection: "hang" });
    const body = JSON.stringify({ user_id: user.id, amount: "1" });
    const headers = { authorization: `Bearer ${here.sandbox.apiKey}`, "content-type": "application/json" };
    await expect(fetch(`${origin}/v1/tokens/mint`, { method: "POST", headers, body, signal: AbortSignal.timeout(200) })).rejects.toThrow();
    expect(await balance()).toBe(before);
    expect(here.sandbox.requests.list({ operationId: "mintTokens", limit: 1 })).toMatchObject([{ status: null, delivered: false }]);
  });

  it("that hangs ends at once when the sandbox stops", async () => {
    const other = await world();
    other.sandbox.faults.add({ path: "*", connection: "hang" });
    const hanging = fetch(`${await other.sandbox.listen()}/v1/health`);
    await expect.poll(() => other.sandbox.faults.list()[0]?.fired).toBe(1);
    const began = performance.now();
    await Promise.all([expect(hanging).rejects.toThrow(), other.sandbox.close()]);
    expect(performance.now() - began).toBeLessThan(900);
  });

  it("of more than may hang is ended", () => {
    const ended: string[] = [];
    const response = (name: string): Response =>
      only<Response>({ socket: only<Socket>({ destroy: () => ended.push(name) as never }), once: () => response("") });
    const hanging = new HangingRequests(1);
    hanging.hold(response("first"));
    hanging.hold(response("second"));
    expect(ended).toEqual(["second"]);
    hanging.release();
    hanging.hold(response("third"));
    expect(ended).toEqual(["second", "first", "third"]);
  });
});

describe("a chain", () => {
  const meet = (chain: "revert" | "out_of_gas" | "pending" | "rpc_down") => here.sandbox.faults.add({ path: "*", times: 1, chain });

  it.each([
    ["revert", "TRANSACTION_REVERTED"],
    ["out_of_gas", "TRANSACTION_REVERTED"],
    ["rpc_down", "CHAIN_UNAVAILABLE"],
  ] as const)("%s: %s, and nothing is left of it", async (chain, code) => {
    const before = await balance();
    meet(chain);
    await mint().expect(refusal(code));
    expect(await balance()).toBe(before);
    await mint().expect(201);
    await here.sandbox.doctor();
  });

  it("that runs out of gas says so", async () => {
    meet("out_of_gas");
    const { body } = await mint();
    expect(body.error.details[0].revert_error).toBe("OutOfGas");
  });

  it("that is down cannot be read either, and only for the request that meets it", async () => {
    meet("rpc_down");
    const answers = await Promise.all([1, 2, 3].map(() => here.api.get(`/users/${user.id}/balance`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 503]);
  });

  it("that takes no block leaves the transaction pending until the next one", async () => {
    const other = await rich(here.api, "1");
    meet("pending");
    const { body } = await mint("3").expect(202);
    expect((await here.api.get(`/tokens/transactions/${body.data.id}`)).body.data.status).toBe("pending");
    await here.api.post("/tokens/mint", { user_id: other.id, amount: "1" }).expect(201);
    expect((await here.api.get(`/tokens/transactions/${body.data.id}`)).body.data.status).toBe("confirmed");
    await here.sandbox.doctor();
  });

  it("under deferred mining, a transaction without gas fails in its block", async () => {
    const { sandbox, api } = await world({ mining: { kind: "manual" } });
    const { id } = await newUser(api);
    sandbox.faults.add({ operationId: "mintTokens", times: 1, chain: "out_of_gas" });
    const { body } = await api.post("/tokens/mint", { user_id: id, amount: "1" }).expect(202);
    await sandbox.chain.mine();
    const { status, failure } = (await api.get(`/tokens/transactions/${body.data.id}`)).body.data;
    expect([status, failure.revert_error]).toEqual(["failed", "OutOfGas"]);
    await sandbox.doctor();
    await sandbox.close();
  });
});

describe("what is no fault", () => {
  const error = { code: "INTERNAL_ERROR" };
  it.each<[unknown, RegExp]>([
    [{ operationId: "mintToken", error }, /did you mean mintTokens\?/],
    [{ error }, /either operationId or path/],
    [{ operationId: "mintTokens", path: "*", error }, /either operationId or path/],
    [{ operationId: "mintTokens", method: "POST", error }, /must have path with method/],
    [{ operationId: "mintTokens" }, /at least one of error, connection, chain, mutate and latency_ms/],
    [{ operationId: "mintTokens", error, chain: "revert" }, /only one of error, connection, chain and mutate/],
    [{ operationId: "mintTokens", chain: "explode" }, /one of revert, out_of_gas, pending, rpc_down/],
    [{ operationId: "mintTokens", connection: "gone" }, /one of reset, empty, garbage, hang, slow/],
    [{ operationId: "mintTokens", error, probability: 2 }, /number from 0 to 1/],
    [{ operationId: "mintTokens", error, times: 0 }, /whole number from 1 to/],
    [{ operationId: "mintTokens", error, sometimes: true }, /sometimes is not known here/],
    [{ operationId: "mintTokens", error: { code: "CHAIN_UNAVAILABEL" } }, /closest: CHAIN_UNAVAILABLE/],
    [{ operationId: "mintTokens", error: { code: "teapot", status: 418 } }, /in capitals/],
    [{ operationId: "mintTokens", error: { code: "CHAIN_UNAVAILABLE", status: 500 } }, /with 503/],
    [{ path: "users", error }, /path below/],
    [{ path: `/${"*".repeat(300)}`, error }, /at most 256|path below/],
    [{ operationId: "x".repeat(100_000), error }, /at most 100 characters/],
    [{ operationId: "mintTokens", error, when: "later" }, /one of before, after/],
    [{ operationId: "mintTokens", chain: "revert", when: "after" }, /cannot combine chain with when: after/],
    [{ operationId: "mintTokens", connection: "slow", when: "after" }, /cannot combine connection: slow with when/],
    [{ operationId: "mintTokens", connection: "slow", when: "before" }, /cannot combine connection: slow with when/],
    [{ operationId: "mintTokens", error, every: 0 }, /whole number from 1/],
    [{ operationId: "mintTokens", error, for: "soon" }, /a duration such as 30s/],
    [{ operationId: "mintTokens", error, for: "0s" }, /at least 1ms/],
    [{ operationId: "mintTokens", error, for: "0.0ms" }, /at least 1ms/],
    [{ operationId: "mintTokens", error, for: "0.0000001ms" }, /a duration such as 30s or 5m, of at least 1ms/],
    [{ operationId: "mintTokens", error, for: "0.1ms0.1ms" }, /at least 1ms/],
    [{ operationId: "mintTokens", error, for: 5 }, /a duration such as 30s/],
    [{ operationId: "mintTokens", connection: "reset", retry_after: 1 }, /must have error with retry_after/],
    [{ operationId: "mintTokens", error, retry_after: -1 }, /whole number from 0 to 86400/],
    [{ operationId: "mintTokens", connection: "hang", bytes_per_second: 1 }, /must have connection: slow with bytes_per_second/],
    [{ operationId: "mintTokens", connection: "slow", bytes_per_second: 0 }, /whole number from 1/],
    [{ operationId: "mintTokens", mutate: {} }, /mutate must have at least one of unknown_members/],
    [{ operationId: "mintTokens", error: { ...error, mesage: "x" } }, /error.mesage is not known here. Did you mean error.message\?/],
    [{ operation: "mintTokens", error }, /operation is not known here. Did you mean operationId\?/],
    [{ operationId: "mintTokens", error, latency: 1 }, /latency is not known here. Did you mean latency_ms\?/],
    [{ operationId: "mintTokens", mutate: { everything: true } }, /mutate.everything is not known here/],
    [{ operationId: "mintTokens", mutate: { unknown_enums: true }, error }, /only one of error, connection, chain and mutate/],
    [[], /The body must be an object/],
  ])("%j", async (fault, sentence) => {
    const { body } = await request(here.sandbox.app)
      .post("/_sandbox/faults")
      .send(fault as object)
      .expect(400);
    expect(["VALIDATION_FAILED", "UNKNOWN_PARAMETER"]).toContain(body.error.code);
    expect(body.error.message).toMatch(sentence);
    expect(here.sandbox.faults.list()).toEqual([]);
  });
});
