/** Faults that change a JSON answer as a newer version of the API might: members, enum values and sentences that a client must bear. */
import request from "supertest";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Mutation } from "../../emulator/model/fault.ts";
import { type BadgeWorld, badgeWorld, person } from "../support/client.ts";

let here: BadgeWorld;
beforeAll(async () => {
  here = await badgeWorld();
});
afterEach(() => here.sandbox.faults.clear());
afterAll(() => here.sandbox.close());

const mutate = (mutation: Mutation) => here.sandbox.faults.add({ path: "*", times: 1, mutate: mutation });
/** Without the document's check, which such an answer does not pass. */
const send = (method: "get" | "post" | "head", path: string) =>
  request(here.sandbox.app)[method](`/v1${path}`).set("Authorization", `Bearer ${here.sandbox.apiKey}`);

describe("unknown_members", () => {
  it("are in every object that has members by the document, in lists too, and in no map of the client", async () => {
    const made = (await here.api.post("/users", person({ metadata: { class: "7b" } })).expect(201)).body;
    mutate({ unknown_members: true });
    const { body, headers, text } = await send("get", "/users?limit=1").expect(200);
    expect(Number(headers["content-length"])).toBe(Buffer.byteLength(text));
    const unknown_member = "unknown_value";
    expect(body).toMatchObject({ unknown_member, data: { unknown_member, items: [{ unknown_member, wallet: { unknown_member } }] } });
    expect(body.data.items[0].metadata).toEqual({ class: "7b" });
    expect(body.data.items[0].id).toBe(made.data.id);
  });

  it("are in errors", async () => {
    mutate({ unknown_members: true });
    const { body } = await send("get", "/users/usr_nobody").expect(404);
    expect(body).toMatchObject({
      status: "error",
      unknown_member: "unknown_value",
      error: { code: "USER_NOT_FOUND", unknown_member: "unknown_value" },
    });
  });
});

describe("unknown_enums", () => {
  it("take the place of the values that the document lists, in lists too; what is no enum stays", async () => {
    mutate({ unknown_enums: true });
    const { data, status } = (await send("get", `/users/${here.sponsor.id}`).expect(200)).body;
    expect(status).toBe("success");
    expect(data).toMatchObject({ object: "user", id: here.sponsor.id, status: "unknown_value", roles: ["unknown_value"] });
  });

  it("of an award's state", async () => {
    const award = await here.award("approved");
    mutate({ unknown_enums: true });
    const { data } = (await send("get", `/awards/${award.id}`).expect(200)).body;
    expect(data).toMatchObject({ id: award.id, status: "unknown_value" });
  });
});

describe("without_message", () => {
  it.each([
    ["/users?limit=1", 200],
    ["/users/usr_nobody", 404],
  ])("%s: neither in the envelope nor in the error", async (path, status) => {
    mutate({ without_message: true });
    const { body } = await send("get", path).expect(status);
    expect(body).not.toHaveProperty("message");
    if (status === 404) expect(Object.keys(body.error)).toEqual(["code", "request_id", "details", "param", "doc_url"]);
  });
});

it("only what is sent is changed: neither what is kept nor what is logged", async () => {
  const member = person();
  const create = () => send("post", "/users").set("Idempotency-Key", "mutated").send(member).expect(201);
  mutate({ unknown_members: true, unknown_enums: true, without_message: true });
  const { body } = await create();
  expect(body).toMatchObject({ unknown_member: "unknown_value", data: { ...member, status: "unknown_value" } });
  const [logged] = here.sandbox.requests.list({ limit: 1 });
  expect(logged).toMatchObject({
    status: 201,
    delivered: false,
    fault_id: expect.any(String),
    response: { body: { data: { status: "active" } } },
  });
  const { body: kept } = await here.api.post("/users", member).set("Idempotency-Key", "mutated").expect(201);
  expect(kept).toMatchObject({ message: expect.any(String), data: { id: body.data.id, status: "active" } });
});

it("what is not JSON is sent as it is, and so is what has no body", async () => {
  // The address that each connection came to is in it.
  const read = async () => (await send("get", "/openapi.yaml").expect(200)).text.replace(/^ {2}- url: "http:.*$/m, "");
  const plain = await read();
  mutate({ unknown_members: true });
  expect(await read()).toBe(plain);
  mutate({ unknown_members: true });
  await send("head", "/health").expect(200);
  mutate({ unknown_members: true });
  const { headers } = await here.api.get(`/users/${here.sponsor.id}`).set("If-None-Match", "*").expect(304);
  expect(headers.etag).toBeDefined();
});

it("a JSON document without an envelope, too", async () => {
  mutate({ unknown_members: true });
  const { body } = await send("get", "/jwks.json").expect(200);
  expect(body).toMatchObject({ unknown_member: "unknown_value", keys: [{ unknown_member: "unknown_value", kty: "RSA" }, {}] });
});

it("with `when: after` and latency it waits before the answer", async () => {
  here.sandbox.faults.add({ path: "*", times: 1, when: "after", latency_ms: 150, mutate: { without_message: true } });
  const began = performance.now();
  expect((await send("get", "/health").expect(200)).body).not.toHaveProperty("message");
  expect(performance.now() - began).toBeGreaterThan(140);
});
