/** Pages of this machine may call /v1, and those of origins that are named; a browser lets no other read an answer. */
import request from "supertest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox } from "../../emulator/sandbox.ts";
import { api, newUser, type World, world } from "../support/client.ts";
import { operations } from "../support/contract.ts";
import { memoryLog } from "../support/memory-log.ts";

const PAGE = "https://app.example";
const ALLOWED = [PAGE, "http://localhost:3000", "https://127.0.0.1:8443", "http://[::1]:5173", "http://shop.localhost"];
const REFUSED = [
  ...["https://other.example", "https://app.example.evil.example", "null", "http://app.example", "https://app.example:8443"],
  ...["http://localhost.evil.example", "http://127.0.0.1.evil.example", "http://evil-localhost", "http://192.168.1.7:3000"],
];
const ASKED = { "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,x-mine" };

let here: World;
const { log, text: logged } = memoryLog("warn");
beforeAll(async () => {
  const sandbox = await createSandbox({ cors: [PAGE], log });
  here = { sandbox, api: api(sandbox.app, sandbox.apiKey) };
});
afterAll(() => here.sandbox.close());

const corsOf = ({ headers }: { headers: Record<string, string> }) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("access-control")));
const preflight = (origin: string, more: Record<string, string> = {}) =>
  request(here.sandbox.app)
    .options("/v1/tokens/mint")
    .set({ Origin: origin, ...ASKED, ...more });

describe.each(ALLOWED)("%s", (origin) => {
  it("may read answers and their meaningful fields, refusals too; never with credentials", async () => {
    for (const call of [here.api.get("/users"), here.api.as(null).get("/users"), here.api.get("/nothing"), here.api.put("/users", {})]) {
      const { headers } = await call.set("Origin", origin);
      expect([headers["access-control-allow-origin"], headers.vary]).toEqual([origin, "Origin"]);
      expect(headers["access-control-expose-headers"]).toMatch(/Request-Id.*RateLimit.*Retry-After.*ETag/);
      expect(headers["access-control-allow-credentials"]).toBeUndefined();
    }
  });

  it("is answered without a key what it may send", async () => {
    const answer = await preflight(origin).expect(204);
    expect(corsOf(answer)).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-headers": "authorization, x-mine",
      "access-control-max-age": "600",
    });
    const methods = answer.headers["access-control-allow-methods"]?.split(", ");
    expect(methods).toEqual(expect.arrayContaining([...new Set(operations.map(({ method }) => method))]));
    expect(answer.headers).not.toHaveProperty("access-control-allow-private-network");
    expect(answer.headers.vary).toBe("Origin");
  });
});

it.each(REFUSED)("%s gets no header, and an answer like everyone", async (origin) => {
  const { headers } = await here.api.get("/users").set("Origin", origin).expect(200);
  expect([corsOf({ headers }), headers.vary]).toEqual([{}, "Origin"]);
  const asked = await preflight(origin, { "Access-Control-Request-Private-Network": "true" });
  expect([asked.status, corsOf(asked), asked.headers.vary]).toEqual([204, {}, "Origin"]);
});

it("an answer without an Origin says that it depends on it", async () => {
  const user = await newUser(here.api);
  const { headers } = await here.api.get(`/users/${user.id}`).expect(200);
  expect([headers.vary, corsOf({ headers })]).toEqual(["Origin", {}]);
  const unchanged = await here.api
    .get(`/users/${user.id}`)
    .set("If-None-Match", headers.etag as string)
    .expect(304);
  expect(unchanged.headers.vary).toBe("Origin");
});

describe("a preflight", () => {
  it("from the internet to this network is answered to an allowed origin", async () => {
    const { headers } = await preflight(PAGE, { "Access-Control-Request-Private-Network": "true" });
    expect(headers["access-control-allow-private-network"]).toBe("true");
  });

  it.each([
    ["nothing", ""],
    ["what is no field name", "authorization, x y"],
    ["another field", "x-a\u00e4"],
    ["an empty one", "authorization,,x"],
    ["too many", Array(51).fill("x").join(",")],
    ["too much", "x".repeat(2001)],
  ])("that asks for %s is answered without headers", async (_what, names) => {
    const { headers } = await preflight(PAGE, { "Access-Control-Request-Headers": names }).expect(204);
    expect(headers).not.toHaveProperty("access-control-allow-headers");
  });

  it("OPTIONS of a program is none", async () => {
    const { headers } = await here.api.options("/users").expect(204);
    expect([headers.allow, corsOf({ headers })]).toEqual(["GET, POST, HEAD, OPTIONS", {}]);
  });
});

it("pages may read every header that the document gives a meaning", async () => {
  const { headers } = await here.api.get("/users").set("Origin", PAGE);
  const exposed = headers["access-control-expose-headers"]?.toLowerCase().split(", ");
  // Always readable (Fetch, "CORS-safelisted response-header name"), or about what pages do not see.
  const free = ["cache-control", "content-type", "content-length", "vary", "accept", "accept-patch", "accept-encoding"];
  const declared = operations.flatMap(({ responses }) => [...responses.values()].flatMap((each) => [...each.headers.keys()]));
  expect([...new Set(declared)].filter((name) => !free.includes(name) && !exposed?.includes(name))).toEqual([]);
});

describe("a refused origin", () => {
  const lines = (origin: string) =>
    logged()
      .split("\n")
      .filter((line) => line.includes(`${origin};`));

  it("is one line in the log, which names the flag", async () => {
    for (let i = 0; i < 3; i++) await here.api.get("/users").set("Origin", "https://shop.example");
    expect(lines("https://shop.example")).toEqual([expect.stringContaining("--cors https://shop.example")]);
    expect(lines(PAGE)).toEqual([]);
  });

  it("its own page is none", async () => {
    const { host } = new URL((await here.api.get("/users")).request.url);
    await here.api.get("/users").set({ Origin: `https://${host}`, "Sec-Fetch-Site": "same-origin" });
    await request(here.sandbox.app).get("/v1/health").set({ Host: "[::1]:9", Origin: "http://[::1]:9" });
    expect(logged()).not.toMatch(/pages of https?:\/\/(127\.0\.0\.1|\[::1\])[:;]/);
  });

  it("of many only the first are, and nothing that a terminal would obey", async () => {
    for (let i = 0; i < 100; i++) await here.api.get("/health").set("Origin", `https://many-${i}.example`);
    await here.api.get("/health").set("Origin", "\u009b31m");
    expect(logged().split("\n").length).toBeLessThan(60);
    expect(logged()).not.toContain("\u009b");
  });
});

it.each<[string, readonly string[], Record<string, string | undefined>]>([
  ["none", ["none"], { "http://localhost:3000": undefined, [PAGE]: undefined }],
  ["none and one that is named", ["none", PAGE], { "http://localhost:3000": undefined, [PAGE]: PAGE }],
  ["*", ["*"], { "http://localhost:3000": "*", [PAGE]: "*", null: "*" }],
])("cors: %s", async (_what, cors, expected) => {
  const { sandbox, api: client } = await world({ cors });
  for (const [origin, allowed] of Object.entries(expected)) {
    const { headers } = await client.get("/users").set("Origin", origin);
    expect([headers["access-control-allow-origin"], headers["access-control-allow-credentials"]]).toEqual([allowed, undefined]);
  }
  await sandbox.close();
});
