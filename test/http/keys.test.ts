/** API keys. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isWellFormed } from "../../emulator/services/keys.ts";
import { newKey, newUser, refusal, type World, world } from "../support/client.ts";

let here: World;
beforeAll(async () => void (here = await world()));
afterAll(() => here.sandbox.close());

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** CRC-32/IEEE bit by bit, on its own. */
function crc32(text: string): number {
  let crc = 0xffffffff;
  for (const byte of Buffer.from(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

it("a key is gets_test_, thirty characters and their checksum", async () => {
  for (let i = 0; i < 20; i++) {
    const { secret } = await newKey(here.api, ["users:read"]);
    expect(secret).toMatch(/^gets_test_[0-9A-Za-z]{36}$/);
    const value = [...secret.slice(40)].reduce((sum, digit) => sum * 62 + BASE62.indexOf(digit), 0);
    expect(value).toBe(crc32(secret.slice(0, 40)));
    expect(isWellFormed(secret)).toBe(true);
  }
  expect(isWellFormed(here.sandbox.apiKey)).toBe(true);
});

it("a key with one character changed, anywhere, is told from a key without asking anybody", async () => {
  const { secret } = await newKey(here.api, ["users:read"]);
  for (let index = 0; index < secret.length; index++) {
    const other = secret[index] === "a" ? "b" : "a";
    expect(isWellFormed(secret.slice(0, index) + other + secret.slice(index + 1))).toBe(false);
  }
});

describe("POST /api-keys", () => {
  it("shows the secret once", async () => {
    const { body } = await here.api.post("/api-keys", { name: "Course site", scopes: ["users:read", "tokens:read"] }).expect(201);
    const { id, secret, created_at } = body.data;
    const kept = {
      id,
      object: "api_key",
      name: "Course site",
      scopes: ["users:read", "tokens:read"],
      last4: secret.slice(-4),
      expires_at: null,
      revoked_at: null,
      created_at,
    };
    expect(body.data).toEqual({ ...kept, secret });
    expect((await here.api.get(`/api-keys/${id}`).expect(200)).body.data).toEqual({ ...kept, secret: null });
    expect((await here.api.get("/api-keys?limit=1")).body.data.items).toEqual([{ ...kept, secret: null }]);
    expect((await here.api.as(secret).get("/api-keys/current").expect(200)).body.data).toEqual({ ...kept, secret: null });
  });

  it("sends no event", async () => {
    const before = await here.api.get("/events?limit=1");
    await newKey(here.api, ["users:read"]);
    expect((await here.api.get("/events?limit=1")).body.data).toEqual(before.body.data);
  });

  it("SCOPE_NOT_GRANTABLE beyond one's own", async () => {
    const key = await newKey(here.api, ["keys:write", "users:read"]);
    const mine = here.api.as(key.secret);
    await mine
      .post("/api-keys", { name: "x", scopes: ["users:read", "users:write"] })
      .expect(refusal("SCOPE_NOT_GRANTABLE", { param: "scopes" }));
    await mine.post("/api-keys", { name: "x", scopes: ["users:read"] }).expect(201);
  });

  it.each<[string, Record<string, unknown>]>([
    ["no scope", { scopes: [] }],
    ["a scope twice", { scopes: ["users:read", "users:read"] }],
    ["an unknown scope", { scopes: ["users:admin"] }],
    ["all scopes by a star", { scopes: ["*"] }],
    ["no name", { name: "" }],
    ["a past expiry", { expires_at: "2020-01-01T00:00:00Z" }],
  ])("VALIDATION_FAILED for %s", async (_what, members) => {
    await here.api.post("/api-keys", { name: "x", scopes: ["users:read"], ...members }).expect(refusal("VALIDATION_FAILED"));
  });

  it("an expiry of this very instant is past", async () => {
    await here.sandbox.clock.freeze();
    const { now } = here.sandbox.clock.show();
    await here.api.post("/api-keys", { name: "x", scopes: ["users:read"], expires_at: now }).expect(refusal("VALIDATION_FAILED"));
    const soon = new Date(Date.parse(now) + 1).toISOString();
    const key = await newKey(here.api, ["users:read"], { expires_at: soon });
    await here.api.as(key.secret).get("/users").expect(200);
    await here.sandbox.clock.advance(1);
    await here.api.as(key.secret).get("/users").expect(refusal("INVALID_API_KEY"));
    await here.sandbox.clock.run();
  });
});

describe("POST /api-keys/{api_key_id}/roll", () => {
  it("gives a new secret to the same key, and ends the old one at once", async () => {
    const key = await newKey(here.api, ["users:read"]);
    const { body } = await here.api.post(`/api-keys/${key.id}/roll`).expect(200);
    expect(body.data).toMatchObject({ id: key.id, name: "test", scopes: ["users:read"], revoked_at: null });
    expect(body.data.secret).not.toBe(key.secret);
    await here.api.as(key.secret).get("/users").expect(refusal("INVALID_API_KEY"));
    await here.api.as(body.data.secret).get("/users").expect(200);
  });

  it("may roll the key in use", async () => {
    const key = await newKey(here.api, ["keys:write", "keys:read"]);
    const { body } = await here.api.as(key.secret).post(`/api-keys/${key.id}/roll`).expect(200);
    await here.api.as(key.secret).get("/api-keys").expect(refusal("INVALID_API_KEY"));
    await here.api.as(body.data.secret).get("/api-keys").expect(200);
  });

  it("SCOPE_NOT_GRANTABLE for a key that may more", async () => {
    const [strong, weak] = [await newKey(here.api, ["users:read", "users:write"]), await newKey(here.api, ["keys:write", "users:read"])];
    await here.api.as(weak.secret).post(`/api-keys/${strong.id}/roll`).expect(refusal("SCOPE_NOT_GRANTABLE"));
    await here.api.as(strong.secret).get("/users").expect(200);
  });
});

describe("DELETE /api-keys/{api_key_id}", () => {
  it("ends the key, which is still found; again is API_KEY_NOT_FOUND", async () => {
    const key = await newKey(here.api, ["users:read"]);
    await here.api.delete(`/api-keys/${key.id}`).expect(204);
    await here.api.as(key.secret).get("/users").expect(refusal("INVALID_API_KEY"));
    const { body } = await here.api.get(`/api-keys/${key.id}`).expect(200);
    expect(body.data.revoked_at).toMatch(/^\d{4}-/);
    await here.api.delete(`/api-keys/${key.id}`).expect(refusal("API_KEY_NOT_FOUND"));
    await here.api.post(`/api-keys/${key.id}/roll`).expect(refusal("API_KEY_NOT_FOUND"));
  });

  it("may end the key in use", async () => {
    const key = await newKey(here.api, ["keys:write"]);
    await here.api.as(key.secret).delete(`/api-keys/${key.id}`).expect(204);
    await here.api.as(key.secret).get("/api-keys/current").expect(refusal("INVALID_API_KEY"));
  });
});

it("no answer but those two ever shows a secret", async () => {
  const key = await newKey(here.api, ["users:read"]);
  await newUser(here.api);
  for (const path of ["/api-keys?limit=100", `/api-keys/${key.id}`, "/api-keys/current", "/events?limit=100", "/meta"]) {
    const { text } = await here.api.get(path).expect(200);
    expect(text).not.toMatch(/gets_test_[0-9A-Za-z]{36}/);
    expect(text).not.toContain('"hash"');
  }
});
