/** Every route of the control plane refuses strangers before anything happens: foreign Host, foreign Origin, and who has not the token. */
import { readdirSync, readFileSync } from "node:fs";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveConfig } from "../../emulator/config.ts";
import { newUser, refusal, type World, world } from "../support/client.ts";

const SOURCES = new URL("../../emulator/http/control/", import.meta.url);

type Method = "get" | "post" | "put" | "delete";

/** `[method, path]` as the sources say them, so that a new route is in here by itself. */
const ROUTES: [Method, string][] = readdirSync(SOURCES).flatMap((file) => {
  const text = readFileSync(new URL(file, SOURCES), "utf8");
  const below = file === "faults.ts" ? "/faults" : "";
  const found = [...text.matchAll(/\brouter\.(get|post|put|delete)\("([^"]+)"/g)];
  return found.map(([, method, path]): [Method, string] => [
    method as Method,
    (below + path).replace(/\/$/, "").replaceAll(/:\w+/g, "default"),
  ]);
});

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
  [here, guarded] = await Promise.all([world(), world({ controlToken: "s3cret" })]);
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

it("these are the routes", () => {
  const paths = ROUTES.map(([method, path]) => `${method} ${path}`);
  const known = [
    "post /reset",
    "get /requests",
    "get /requests/default/trace",
    "get /coverage",
    "post /faults",
    "get /export",
    "post /import",
  ];
  expect(paths).toEqual(
    expect.arrayContaining([...known, "get /events", "get /events/secret", "post /events/default/resend", "get /info"]),
  );
  expect(paths.length).toBeGreaterThan(30);
});

describe("strangers", () => {
  it.each<[string, string, Record<string, string>]>([
    ["a page of another origin", "ORIGIN_NOT_ALLOWED", { Origin: "https://evil.example" }],
    ["a page of another port", "ORIGIN_NOT_ALLOWED", { Origin: "http://127.0.0.1:1" }],
    ["a sandboxed page", "ORIGIN_NOT_ALLOWED", { Origin: "null" }],
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
    for (const [method, path] of ROUTES) refusal("AUTHENTICATION_REQUIRED")(await send(guarded, method, path).set(headers));
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

it("a preflight of a stranger's page is refused, and not answered by CORS for /v1", async () => {
  const open = await world({ cors: ["https://app.example"] });
  const answer = await request(open.sandbox.app)
    .options("/_sandbox/reset")
    .set({ Origin: "https://app.example", "Access-Control-Request-Method": "POST" });
  refusal("ORIGIN_NOT_ALLOWED")(answer);
  await open.sandbox.close();
});

it("its own page and programs are served", async () => {
  const origin = await here.sandbox.listen();
  for (const headers of [{}, { Origin: origin }, { "Sandbox-Id": here.sandbox.info().sandbox_id }])
    await request(here.sandbox.app).get("/_sandbox/info").set(headers).expect(200);
  await request(guarded.sandbox.app).get("/_sandbox/info").set("Authorization", "Bearer s3cret").expect(200);
});

it("without being asked for more it listens on loopback alone", async () => {
  const [api, rpc] = [await here.sandbox.listen(), await here.sandbox.listenRpc()];
  for (const origin of [api, rpc]) expect(new URL(origin).hostname).toBe("127.0.0.1");
});

describe("--host beyond loopback", () => {
  const config = (flags: Record<string, string>) => resolveConfig(flags, {});

  it.each(["0.0.0.0", "::", "192.168.1.7", "my-machine.example", "128.0.0.1"])("%s needs a --control-token", (host) => {
    expect(() => config({ host })).toThrow("give the control plane a --control-token");
    expect(config({ host, controlToken: "s3cret" }).host).toBe(host);
  });

  it.each(["127.0.0.1", "127.8.8.8", "localhost", "::1"])("%s needs none", (host) => {
    expect(config({ host }).controlToken).toBeNull();
  });
});
