/** Bearer keys (RFC 6750), from the Authorization header and from nowhere else. */
import request from "supertest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { documented, newKey, refusal, type World, world } from "../support/client.ts";

let here: World;
beforeAll(async () => void (here = await world()));
afterAll(() => here.sandbox.close());

const NO_KEY = 'Bearer realm="getstoken"';
const BAD_KEY = 'Bearer realm="getstoken", error="invalid_token"';

/** CRC-32 of `gets_test_` and thirty zeros in base62, worked out by hand. */
const CHECKSUM_OF_ZEROS = "4PXYyX";

function withAuthorization(value: string, path = "/users") {
  return request(here.sandbox.app)
    .get(`/v1${path}`)
    .set("Authorization", value)
    .expect(documented("GET", `/v1${path}`));
}

describe("AUTHENTICATION_REQUIRED", () => {
  it("without an Authorization header", async () => {
    const answer = await here.api.as(null).get("/users").expect(refusal("AUTHENTICATION_REQUIRED"));
    expect(answer.headers["www-authenticate"]).toBe(NO_KEY);
  });

  it.each(["Bearer", "Bearer ", "Basic Z2V0c190ZXN0Xw==", "Token KEY", "Negotiate KEY", ""])("to %j", async (value) => {
    const answer = await withAuthorization(value.replace("KEY", here.sandbox.apiKey)).expect(refusal("AUTHENTICATION_REQUIRED"));
    expect(answer.headers["www-authenticate"]).toBe(NO_KEY);
  });

  it("to the bare key", async () => {
    await withAuthorization(here.sandbox.apiKey).expect(refusal("AUTHENTICATION_REQUIRED"));
  });

  it.each([
    ["the query", (key: string) => request(here.sandbox.app).get(`/v1/users?api_key=${key}&access_token=${key}`)],
    ["X-API-Key", (key: string) => request(here.sandbox.app).get("/v1/users").set("X-API-Key", key)],
    ["Proxy-Authorization", (key: string) => request(here.sandbox.app).get("/v1/users").set("Proxy-Authorization", `Bearer ${key}`)],
    ["a cookie", (key: string) => request(here.sandbox.app).get("/v1/users").set("Cookie", `Authorization=Bearer ${key}; api_key=${key}`)],
    ["a form", (key: string) => request(here.sandbox.app).post("/v1/users").type("form").send({ access_token: key })],
  ])("to a key in %s", async (_place, call) => {
    await call(here.sandbox.apiKey).expect(refusal("AUTHENTICATION_REQUIRED"));
  });
});

describe("INVALID_API_KEY", () => {
  const flip = (text: string, index: number) => text.slice(0, index) + (text[index] === "a" ? "b" : "a") + text.slice(index + 1);

  it.each<[string, (key: string) => string]>([
    ["unknown, with a right checksum", () => `gets_test_000000000000000000000000000000${CHECKSUM_OF_ZEROS}`],
    ["of another environment", (key) => key.replace("gets_test_", "gets_live_")],
    ["a character longer", (key) => `${key}0`],
    ["a character shorter", (key) => key.slice(0, -1)],
    ["with one character changed", (key) => flip(key, 20)],
    ["with a wrong checksum", (key) => flip(key, 45)],
    ["in other letters", (key) => key.toUpperCase()],
    ["quoted", (key) => `"${key}"`],
    ["sent twice", (key) => `${key}, Bearer ${key}`],
    ["a word", () => "secret"],
    ["64 KiB of it, almost", () => "a".repeat(12_000)],
  ])("%s", async (_what, made) => {
    const answer = await withAuthorization(`Bearer ${made(here.sandbox.apiKey)}`).expect(refusal("INVALID_API_KEY"));
    expect(answer.headers["www-authenticate"]).toBe(BAD_KEY);
  });

  it("revoked", async () => {
    const key = await newKey(here.api, ["users:read"]);
    await here.api.as(key.secret).get("/users").expect(200);
    await here.api.delete(`/api-keys/${key.id}`).expect(204);
    await here.api.as(key.secret).get("/users").expect(refusal("INVALID_API_KEY"));
  });

  it("expired, by the sandbox clock", async () => {
    const { body } = await here.api.as(null).get("/health");
    const expires_at = new Date(Date.parse(body.data.time) + 3_600_000).toISOString();
    const key = await newKey(here.api, ["users:read"], { expires_at });
    await here.api.as(key.secret).get("/users").expect(200);
    await here.sandbox.clock.advance(3_600_000);
    await here.api.as(key.secret).get("/users").expect(refusal("INVALID_API_KEY"));
  });
});

describe("accepts", () => {
  it.each(["Bearer", "bearer", "BEARER", "bEaReR"])("%s", async (scheme) => {
    await withAuthorization(`${scheme} ${here.sandbox.apiKey}`).expect(200);
  });

  it("spaces between scheme and key", async () => {
    await withAuthorization(`Bearer    ${here.sandbox.apiKey}`).expect(200);
  });
});

it("public operations look at no key, not even a wrong one", async () => {
  await here.api.as("nonsense").get("/health").expect(200);
});

it("every key sees the same data", async () => {
  const { body } = await here.api.post("/users", { email: "shared@example.com", display_name: "Shared" }).expect(201);
  const other = await newKey(here.api, ["users:read"]);
  const seen = await here.api.as(other.secret).get(`/users/${body.data.id}`).expect(200);
  expect(seen.body.data).toEqual(body.data);
});
