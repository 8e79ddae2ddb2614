/** Every route of the control plane refuses strangers before anything happens: foreign Host, foreign Origin, and who has not the token. */
import request from "supertest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveConfig } from "../../emulator/config.ts";
import { createSandbox } from "../../emulator/sandbox.ts";
import { newUser, refusal, type World, world } from "../support/client.ts";
import { control } from "../support/contract.ts";

type Method = "get" | "post" | "put" | "delete";

/** `[method, path]` of the document, so that a new route is in here by itself. */
const ROUTES = control.operations.map(routeOf);
/** Without those that a browser is led to, which cannot send a token. */
const CLOSED = control.operations.filter(({ responses }) => responses.has(401)).map(routeOf);

function routeOf({ method, path }: { method: string; path: string }): [Method, string] {
  return [method.toLowerCase() as Method, path.replaceAll(/\{\w+\}/g, "default")];
}

/** What would do something, if it got through. */
const BODIES: Readonly<Record<string, object>> = {
  "/seed": { fixture: "course" },
  "/snapshots": { name: "stranger" },
  "/clock/advance": { by: "90d" },
  "/keys": { name: "stranger" },
  "/faults": { operationId: "listUsers", connection: "reset" },
  "/rate-limits/default": { hour: { remaining: 0 } },
};

let here: World;
let guarded: World;
beforeAll(async () => {
  [here, guarded] = await Promise.all([world(), world({ controlToken: "s3cret-of-16-characters" })]);
  for (const { api } of [here, guarded]) await newUser(api);
});
afterAll(() => Promise.all([here, guarded].map(({ sandbox }) => sandbox.close())));

const send = ({ sandbox }: World, method: Method, path: string) => {
  const call = request(sandbox.app)[method](`/_sandbox${path}`);
  return method === "get" ? call : call.send(BODIES[path] ?? {});
};

/** All that a stranger could have changed. */
async function state({ sandbox }: World) {
  const lasting = (await sandbox.export()).replace(/^ {2}at: .*$/m, "");
  const { mode } = sandbox.clock.show();
  // Not -0, which a hair behind would give.
  const ahead = Math.round((Date.parse(sandbox.clock.show().now) - Date.now()) / 3_600_000) + 0;
  const keys = JSON.stringify(sandbox.keys.list().items);
  const [snapshots, faults, block] = [sandbox.snapshots(), sandbox.faults.list(), sandbox.info().chain.block_number];
  return { lasting, mode, ahead, keys, snapshots, faults, block, requests: sandbox.requests.count() };
}

describe("strangers", () => {
  const [SITE, MODE, DEST] = ["Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest"];

  it.each<[string, string, Record<string, string>]>([
    ["a page of another origin", "ORIGIN_NOT_ALLOWED", { Origin: "https://evil.example" }],
    ["a page of another port", "ORIGIN_NOT_ALLOWED", { Origin: "http://127.0.0.1:1" }],
    ["a sandboxed page", "ORIGIN_NOT_ALLOWED", { Origin: "null" }],
    ["a page that a browser vouches for", "ORIGIN_NOT_ALLOWED", { [SITE]: "same-site", Origin: "http://localhost:3000" }],
    ["an image of another page", "ORIGIN_NOT_ALLOWED", { [SITE]: "cross-site", [MODE]: "no-cors", [DEST]: "image" }],
    ["a frame of another page", "ORIGIN_NOT_ALLOWED", { [SITE]: "cross-site", [MODE]: "navigate", [DEST]: "iframe" }],
    ["a name that was rebound to this machine", "HOST_NOT_ALLOWED", { Host: "evil.example" }],
  ])("%s is refused at every route, and nothing happens", async (_who, code, headers) => {
    const before = await state(here);
    for (const [method, path] of ROUTES) {
      const answer = await send(here, method, path).set(headers);
      refusal(code)(answer);
      expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    }
    expect(await state(here)).toEqual(before);
  });

  it.each([
    ["no token", {}],
    ["another token", { Authorization: "Bearer s3cre" }],
    ["an API key", { Authorization: "Bearer gets_test_GetSmartSandboxDefaultKey000004IcKWi" }],
  ])("who has %s is refused at every route, and nothing happens", async (_what, headers) => {
    const before = await state(guarded);
    for (const [method, path] of CLOSED) refusal("AUTHENTICATION_REQUIRED")(await send(guarded, method, path).set(headers));
    expect(await state(guarded)).toEqual(before);
  });
});

it.each([
  ["another sandbox", () => "sbx_00000000000000000000000000"],
  ["this one and another", () => `${here.sandbox.info().sandbox_id}, sbx_00000000000000000000000000`],
  ["none", () => ""],
])("who means %s by Sandbox-Id is refused at every route, and nothing happens", async (_who, id) => {
  const before = await state(here);
  for (const [method, path] of ROUTES) {
    const { status, body } = await send(here, method, path).set("Sandbox-Id", id());
    expect([path, status, body.error?.code]).toEqual([path, 409, "SANDBOX_MISMATCH"]);
  }
  expect(await state(here)).toEqual(before);
});

it.each(["http://localhost:3000", "https://app.example"])("a preflight of %s, whose pages may call /v1, is refused", async (origin) => {
  const open = await world({ cors: ["https://app.example"] });
  const asked = { Origin: origin, "Access-Control-Request-Method": "POST" };
  refusal("ORIGIN_NOT_ALLOWED")(await request(open.sandbox.app).options("/_sandbox/reset").set(asked));
  await open.sandbox.close();
});

it("its own page and programs are served", async () => {
  const origin = await here.sandbox.listen();
  for (const headers of [{}, { Origin: origin }, { "Sec-Fetch-Site": "same-origin" }, { "Sandbox-Id": here.sandbox.info().sandbox_id }]) {
    expect((await fetch(`${origin}/_sandbox/info`, { headers: headers as Record<string, string> })).status).toBe(200);
  }
  await request(guarded.sandbox.app).get("/_sandbox/info").set("Authorization", "Bearer s3cret-of-16-characters").expect(200);
});

it("pages are guarded before there are any: no frame, no image; a link that is followed gets there", async () => {
  for (const path of ["/", "/dashboard", "/dashboard/requests", "/DASHBOARD"]) {
    const get = () => request(here.sandbox.app).get(path);
    refusal("ORIGIN_NOT_ALLOWED")(await get().set("Sec-Fetch-Site", "cross-site"));
    if (path === "/DASHBOARD") continue;
    refusal("ROUTE_NOT_FOUND")(await get().set({ "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate" }));
  }
});

it("without being asked for more it listens on loopback alone", async () => {
  const [api, rpc] = [await here.sandbox.listen(), await here.sandbox.listenRpc()];
  for (const origin of [api, rpc]) expect(new URL(origin).hostname).toBe("127.0.0.1");
});

describe("in-process, beyond loopback", () => {
  it.each(["0.0.0.0", "::", "", "my-machine.example"])("listening on %j needs a controlToken, and opens no port before", async (host) => {
    for (const listen of [here.sandbox.listen, here.sandbox.listenRpc]) {
      await expect(listen({ host })).rejects.toMatchObject({
        code: "INVALID_REQUEST",
        param: "host",
        message: expect.stringContaining("controlToken"),
      });
    }
  });

  it.each(["", "s3cret", "fifteen-letters", "a token with spaces", "a-token-of-bädges"])("%j is no token", async (controlToken) => {
    const refused = await createSandbox({ controlToken }).catch((error) => error);
    expect(refused).toMatchObject({ code: "INVALID_REQUEST", param: "controlToken" });
    if (controlToken !== "") expect(refused.message).not.toContain(controlToken);
  });

  it("with one, everything but health of the API asks for it or for a key", async () => {
    const origin = await guarded.sandbox.listen({ host: "0.0.0.0" });
    const status = async (path: string, headers = {}) => (await fetch(origin + path, { headers })).status;
    expect(await status("/v1/health")).toBe(200);
    expect(await status("/v1/users", { Authorization: `Bearer ${guarded.sandbox.apiKey}` })).toBe(200);
    expect(await status("/_sandbox/info")).toBe(401);
    expect(await status("/_sandbox/info", { Authorization: "Bearer s3cret-of-16-characters" })).toBe(200);
  });
});

it.each([
  ["cors", ["app.example"]],
  ["rpcCors", ["https://app.example/"]],
])("an option that names no origin is refused: %s", async (name, origins) => {
  await expect(createSandbox({ [name]: origins })).rejects.toMatchObject({ code: "INVALID_REQUEST", param: name });
});

describe("--host beyond loopback", () => {
  const config = (flags: Record<string, string>) => resolveConfig(flags, {});

  it.each(["0.0.0.0", "::", "192.168.1.7", "my-machine.example", "128.0.0.1", "127.evil.example"])("%s needs a --control-token", (host) => {
    expect(() => config({ host })).toThrow("give the control plane a --control-token");
    expect(config({ host, controlToken: "s3cret-of-16-characters" }).host).toBe(host);
  });

  it.each(["127.0.0.1", "127.8.8.8", "localhost", "::1"])("%s needs none", (host) => {
    expect(config({ host }).controlToken).toBeNull();
  });
});
