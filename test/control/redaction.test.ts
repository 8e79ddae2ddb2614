/** No key, no webhook secret anywhere in what the log shows, at any door, wherever the client has put it. */
import { connect } from "node:net";
import request from "supertest";
import { describe, expect, it } from "vitest";
import { BODY_KEPT } from "../../emulator/control/body.ts";
import { splitUrl } from "../../emulator/control/exchange.ts";
import { shownFields } from "../../emulator/control/header-fields.ts";
import { REDACTED, redactJson, redactJsonText, redactText } from "../../emulator/control/redact.ts";
import { createSandbox } from "../../emulator/sandbox.ts";
import { newKey, newUser, person, world } from "../support/client.ts";
import { lines, sendRaw } from "../support/wire.ts";

it("made, rolled, rotated, replayed, used, misplaced, escaped and cut", async () => {
  const { sandbox, api } = await world();
  const origin = await sandbox.listen();
  const stream = await listenTo(origin);
  const made = await newKey(api, ["users:read"]);
  const once = () =>
    api
      .post("/api-keys", { name: "once", scopes: ["users:read"] })
      .set("Idempotency-Key", "key")
      .expect(201);
  const other = (await once()).body.data;
  await once();
  const rolled = (await api.post(`/api-keys/${other.id}/roll`).expect(200)).body.data;
  const endpoint = (await api.post("/webhook-endpoints", { url: "http://127.0.0.1:9/hooks" }).expect(201)).body.data;
  const rotated = (await api.post(`/webhook-endpoints/${endpoint.id}/rotate-secret`).expect(200)).body.data;
  const secrets: string[] = [sandbox.apiKey, made.secret, other.secret, rolled.secret, endpoint.secret, rotated.secret];

  for (const secret of secrets) {
    const escaped = secret.replace(/_/g, "\\u005f");
    const user = await newUser(api, {
      display_name: `I am ${secret}`.slice(0, 100),
      metadata: { key: secret, inner: JSON.stringify({ secret }) },
    });
    await api.get(`/users?email=${encodeURIComponent(`${secret}@example.com`)}`);
    await api.get(`/users/${encodeURIComponent(secret)}`).expect(404);
    await request(sandbox.app)
      .get(`/v1/${secret.replaceAll("_", "%5F")}`)
      .expect(404);
    await api.post("/tokens/mint", { user_id: user.id, amount: "1", [secret]: secret }).expect(400);
    await api.post("/users").set("Content-Type", "application/json").send(`{"email": "${secret}", "x": "${escaped}"`).expect(400);
    await api.post("/users").set("Content-Type", "application/json").send(`{"display_name": "${escaped}"}`).expect(400);
    await api.post("/users", { ...person(), metadata: { note: "x".repeat(BODY_KEPT - 92) + secret } }).expect(400);
    await api.as(`${secret}0`).get("/users").expect(401);
    await api
      .get("/users")
      .set("X-Note", `my ${secret}`)
      .set("Referer", `http://a.example/?k=${secret.replaceAll("_", "%5f")}`)
      .set("X-Api-Key", secret.slice(14))
      .set("Cookie", `k=${secret}`)
      .set("Idempotency-Key", secret)
      .set(secret.replace(/[^\w]/g, ""), "a name")
      .expect(200);
    await sendRaw(origin, lines(`GET http://[${secret} HTTP/1.1`));
    await sendRaw(origin, lines(`FETCH /v1/${secret} HTTP/1.1`, `Authorization: Bearer ${secret}`));
  }

  const requests = sandbox.requests.list({ limit: 1000 });
  expect(requests.length).toBeGreaterThan(60);
  const shown = [
    JSON.stringify(requests),
    JSON.stringify(requests.map(({ request_id }) => sandbox.trace(request_id))),
    (await request(sandbox.app).get("/_sandbox/requests?limit=1000")).text,
    JSON.stringify(sandbox.coverage()),
    stream.text(),
  ];
  stream.close();
  expect(stream.text()).toContain("event: request");
  for (const text of shown) {
    // Also what a reader would see who resolves the escapes.
    const resolved = text.replace(/\\+u005f|%5f/gi, "_");
    for (const secret of secrets) expect(resolved.includes(secret.slice(12)), `${secret} in ${text.length} characters`).toBe(false);
  }
  expect(shown[0]).toContain("[redacted]");
  await sandbox.close();
});

it("a secret that a malformed target cuts in two", async () => {
  const sandbox = await createSandbox();
  const origin = await sandbox.listen();
  await sendRaw(origin, lines("GET http://whsec_9/5WeaHXtQkpy3f9OYnskUu0lhovO1GxBUJTWY895VI=/x HTTP/1.1"));
  await sendRaw(origin, lines("GET http://[whsec_9/5WeaHXtQkpy3f9OYnskUu0lhovO1GxBUJTWY895VI= HTTP/1.1"));
  await sendRaw(origin, lines("FETCH http://whsec_9/5WeaHXtQkpy3f9OYnskUu0lhovO1GxBUJTWY895VI=/x HTTP/1.1"));
  expect(sandbox.requests.list().length).toBe(3);
  expect(JSON.stringify(sandbox.requests.list())).not.toContain("5WeaHX");
  await sandbox.close();
});

it("a secret as the name of a member, its slash escaped in the pointer to it", async () => {
  const sandbox = await createSandbox();
  const secret = "whsec_UP/jqvawzkY8JxxN9gvL1DnQmzOD2r5mLIqZJvcmP4k=";
  const { body } = await request(sandbox.app)
    .post("/v1/users")
    .set("Authorization", `Bearer ${sandbox.apiKey}`)
    .send({ ...person(), [secret]: 1 });
  expect(body.error.details[0].path).toBe(`/${secret.replaceAll("/", "~1")}`);
  expect(JSON.stringify(sandbox.requests.list())).toContain("UNKNOWN_PARAMETER");
  expect(JSON.stringify(sandbox.requests.list())).not.toContain("jqvawz");
  await sandbox.close();
});

it("what only resembles a key is shown", async () => {
  const sandbox = await createSandbox();
  await request(sandbox.app).get("/v1/verify/ABCDEF2?gets_id=ABCDEF2");
  expect(sandbox.requests.list()).toMatchObject([{ path: "/v1/verify/ABCDEF2", query: "gets_id=ABCDEF2" }]);
  await sandbox.close();
});

const SECRET = "hunter2-hunter2";
const NAMES = [
  ...["password", "passwd", "secret", "client_secret", "clientSecret", "authorization", "token", "access_token", "refreshToken"],
  ...["api_key", "apikey", "API-Key", "private_key", "user[password]", "Cookie2"],
];

describe.each(NAMES)("what is called %s", (name) => {
  it("as a member, whatever its value is", () => {
    for (const value of [SECRET, [SECRET], { inner: { deep: SECRET } }]) {
      const json = JSON.stringify({ before: 1, [name]: value, after: "seen" });
      expect(redactJson(JSON.parse(json))).toEqual({ before: 1, [name]: REDACTED, after: "seen" });
      // Cut, or malformed.
      expect(redactJsonText(`${json},`)).toBe(`{"before":1,"${name}":"${REDACTED}","after":"seen"},`);
      const cut = redactJsonText(json.slice(0, json.indexOf(SECRET) + 9));
      expect([cut.includes("hunter2"), cut.includes(REDACTED)]).toEqual([false, true]);
    }
    expect(redactJson({ [name]: 12345678 })).toEqual({ [name]: REDACTED });
    expect(redactJsonText(`{"${name}": 12345678, x`)).toBe(`{"${name}": "${REDACTED}", x`);
    expect(redactJsonText(`{"\\u00${name.charCodeAt(0).toString(16)}${name.slice(1)}": "${SECRET}`)).not.toContain("hunter2");
  });

  it("as a parameter, in a target, a link and a form", () => {
    const encoded = [...name].map((each) => `%${each.charCodeAt(0).toString(16)}`).join("");
    for (const written of [name, encoded]) {
      const query = `a=1&${written}=${SECRET}&b=2`;
      const shown = `a=1&${written}=${REDACTED}&b=2`;
      expect(splitUrl(`/v1/users?${query}`)).toEqual({ path: "/v1/users", query: shown });
      expect(redactJson(`see https://a.example/x?${query}#y`)).toBe(`see https://a.example/x?${shown}#y`);
      expect(redactJsonText(`${written}=${SECRET}&b=2`)).toBe(`${written}=${REDACTED}&b=2`);
    }
  });

  it("as a header field", () => {
    const field = name.replace(/\W/g, "-");
    expect(JSON.stringify(shownFields([field, SECRET, `X-${field}`, SECRET, `X-Forwarded-${field}`, SECRET]))).not.toContain("hunter2");
  });
});

it.each([
  ...["X-Auth-Token", "X-Access-Token", "X-Forwarded-Authorization", "Authentication", "Cookie2", "Set-Cookie2", "X-CSRF-Token"],
  ...["Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "X-Api-Key", "X-Secret"],
])("the header %s", (name) => {
  expect(JSON.stringify(shownFields([name, SECRET, name.toLowerCase(), SECRET]))).not.toContain("hunter2");
});

it("a key with any of its letters percent-encoded, once or twice", () => {
  const key = "gets_test_hunter2hunter2";
  for (const at of [0, 4, 7, 12]) {
    for (const sign of ["%", "%25", "%2525"]) {
      const written = `${key.slice(0, at)}${sign}${key.charCodeAt(at).toString(16)}${key.slice(at + 1)}`;
      expect(splitUrl(`/v1/users/${written}/x?q=${written}`)).toEqual({ path: "/v1/users/[redacted]/x", query: "q=[redacted]" });
    }
  }
  expect(splitUrl("/v1/users/caf%C3%A9%20%41?email=a%40b.c")).toEqual({ path: "/v1/users/caf%C3%A9%20%41", query: "email=a%40b.c" });
});

it("members of the API that only sound like secrets are shown", () => {
  const data = {
    token: null,
    token_id: "7",
    token_address: "0x1",
    tokens: 1,
    api_key_id: "key_1",
    idempotency_key: true,
    next_cursor: "x",
  };
  expect(redactJson(data)).toEqual(data);
  expect(shownFields(["Idempotency-Key", "k", "WWW-Authenticate", "Bearer"])).toHaveLength(2);
  expect(redactText("/v1/users?token_id=7&cursor=x")).toBe("/v1/users?token_id=7&cursor=x");
});

/** The live stream of a sandbox, as it comes. */
async function listenTo(origin: string) {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk) => (text += chunk));
  socket.write(lines("GET /_sandbox/events?kinds=request HTTP/1.1"));
  await expect.poll(() => text).toContain("event: watching");
  return { text: () => text, close: () => socket.destroy() };
}
