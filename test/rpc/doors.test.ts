import { request as httpRequest } from "node:http";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { memoryLog } from "../support/memory-log.ts";
import { skipped } from "../support/tools.ts";
import { openWorld } from "./world.ts";

const MINE = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "evm_mine" });

/** A request with header fields that fetch would not let a program set. */
function send(
  url: string,
  {
    method = "POST",
    path = "/",
    body = MINE,
    target,
    headers = {},
  }: Partial<Record<"method" | "path" | "body" | "target", string>> & { headers?: Record<string, string> },
) {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
    const req = httpRequest(new URL(path, url), { method, headers, ...(target ? { path: target } : {}) }, async (res) => {
      let text = "";
      for await (const chunk of res) text += chunk;
      resolve({ status: res.statusCode as number, headers: res.headers, text });
    });
    req.on("error", reject);
    req.end(method === "POST" ? body : undefined);
  });
}

/** Status with which an upgrade is refused; 101 when it is not. */
function upgrade(url: string, headers: Record<string, string> = {}) {
  return new Promise<number>((resolve, reject) => {
    const socket = new WebSocket(url, { headers });
    socket.on("open", () => {
      socket.terminate();
      resolve(101);
    });
    socket.on("unexpected-response", (_req, res) => {
      res.resume();
      resolve(res.statusCode as number);
    });
    socket.on("error", reject);
  });
}

const [PAGE, WALLET] = ["http://localhost:3000", "chrome-extension://nkbihfbeogaeaoehlefnkodbefgpgknn"];

const STRANGERS = [
  ["HOST_NOT_ALLOWED", "--allow-host", { Host: "rebound.example.com" }],
  ["HOST_NOT_ALLOWED", "--allow-host", { Host: "rebound.example.com:8545" }],
  ["HOST_NOT_ALLOWED", "--allow-host", { Host: "rebound.example.com:8545", Origin: "http://rebound.example.com:8545" }],
  ["ORIGIN_NOT_ALLOWED", "--rpc-cors", { Origin: "https://example.com" }],
  ["ORIGIN_NOT_ALLOWED", "--rpc-cors", { Origin: "http://localhost.example.com" }],
  ["ORIGIN_NOT_ALLOWED", "--rpc-cors", { Origin: "null" }],
  ["ORIGIN_NOT_ALLOWED", "--rpc-cors", { Origin: WALLET }],
  ["ORIGIN_NOT_ALLOWED", "--rpc-cors", { "Sec-Fetch-Site": "cross-site" }],
] as const;

/** Names of the fields that let a page read an answer. */
const corsIn = (headers: Record<string, unknown>) => Object.keys(headers).filter((name) => name.startsWith("access-control"));

describe("strangers are refused before anything happens", () => {
  it.each(STRANGERS)("%s, %s: %j", async (code, flag, headers) => {
    const { http, ws, rpc } = await openWorld();
    // As a form of any page can send it, without a preflight.
    const answer = await send(http, { headers: { "Content-Type": "text/plain", ...headers } });
    expect(answer).toMatchObject({ status: 403, headers: { vary: "Origin" } });
    expect(corsIn(answer.headers)).toEqual([]);
    const { error } = JSON.parse(answer.text);
    expect(error).toMatchObject({ code: 4100, message: expect.stringContaining(flag), data: { code } });
    expect(await send(http, { method: "OPTIONS", headers })).toMatchObject({ status: 403 });
    expect(await upgrade(ws, headers)).toBe(403);
    expect(await rpc("eth_blockNumber")).toBe("0x1");
  });

  it("an origin that is refused is one line in the log", async () => {
    const { log, text } = memoryLog("warn");
    const { http, ws } = await openWorld({ log });
    for (let i = 0; i < 2; i++) await send(http, { headers: { Origin: WALLET } });
    await upgrade(ws, { Origin: WALLET });
    expect(text().trim().split("\n")).toEqual([expect.stringContaining(`--rpc-cors ${WALLET}`)]);
  });
});

describe("pages of this machine, and origins that are named", () => {
  const NAMED = "https://dapp.example";
  it.each([PAGE, "https://shop.localhost", NAMED, WALLET])("%s may read answers", async (origin) => {
    const { http, ws } = await openWorld({ rpcCors: [NAMED, WALLET] });
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_blockNumber" });
    const answer = await send(http, { body, headers: { Origin: origin } });
    expect(answer).toMatchObject({ status: 200, headers: { "access-control-allow-origin": origin, vary: "Origin" } });
    expect(answer.headers).not.toHaveProperty("access-control-allow-credentials");
    expect((await send(http, { path: "/v1", headers: { Origin: origin } })).headers).toHaveProperty("access-control-allow-origin", origin);
    const asked = { Origin: origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type" };
    expect(await send(http, { method: "OPTIONS", headers: asked })).toMatchObject({
      status: 204,
      headers: {
        "access-control-allow-origin": origin,
        "access-control-allow-methods": "POST, OPTIONS",
        "access-control-allow-headers": "content-type",
      },
    });
    expect(await upgrade(ws, { Origin: origin })).toBe(101);
  });

  it("rpcCors: none lets no page in", async () => {
    const { http } = await openWorld({ rpcCors: ["none"] });
    expect(await send(http, { headers: { Origin: PAGE } })).toMatchObject({ status: 403 });
    expect(await send(http, {})).toMatchObject({ status: 200 });
  });
});

it("localhost, the server's own origin and names added with allowHosts are served", async () => {
  const { http, ws } = await openWorld({ allowHosts: ["sandbox.test"] });
  for (const headers of [{ Host: "localhost" }, { Host: "sandbox.test:8545" }, { Origin: http }]) {
    expect(await send(http, { headers: headers as Record<string, string> })).toMatchObject({ status: 200 });
    expect(await upgrade(ws, headers as Record<string, string>)).toBe(101);
  }
});

it("of an absolute target, its host counts and not the header", async () => {
  const { http } = await openWorld();
  expect(await send(http, { target: "http://localhost:1/" })).toMatchObject({ status: 200 });
  const foreign = await send(http, { target: "http://evil.example/" });
  expect([foreign.status, JSON.parse(foreign.text).error.data.code]).toEqual([403, "HOST_NOT_ALLOWED"]);
});

it("two Authorization headers are refused, since only one of them can be the token", async () => {
  const { http } = await openWorld();
  expect(await send(http, { headers: { Authorization: ["Bearer one", "Bearer two"] } as never })).toMatchObject({
    status: 400,
    text: expect.stringContaining("one Authorization header"),
  });
});

it("other methods and paths are answered sensibly", async () => {
  const { http, ws } = await openWorld();
  for (const method of ["GET", "PUT", "DELETE", "HEAD"]) {
    expect(await send(http, { method })).toMatchObject({ status: 405, headers: { allow: "POST, OPTIONS" } });
  }
  expect(await send(http, { method: "OPTIONS" })).toMatchObject({ status: 204, headers: { allow: "POST, OPTIONS" } });
  expect(await send(http, { path: "/v1/users" })).toMatchObject({ status: 404 });
  expect(await upgrade(`${ws}/v1`)).toBe(404);
  expect(await send(http, { path: "/?key=x" })).toMatchObject({ status: 200 });
});

// Node tells upgrades apart since 24.9 and 22.21; before, an offer of h2c is refused by the WebSocket side.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const refusesUpgrades =
  !(major > 24 || (major === 24 && minor >= 9) || (major === 22 && minor >= 21)) &&
  skipped(`Node ${process.versions.node} does not tell upgrades apart`);

it.skipIf(refusesUpgrades)("a client that offers h2c is answered over HTTP/1.1", async () => {
  const { http } = await openWorld();
  const headers = { Connection: "Upgrade, HTTP2-Settings", Upgrade: "h2c", "HTTP2-Settings": "AAMAAABkAAQBAAAAAAIAAAAA" };
  expect(await send(http, { headers })).toMatchObject({ status: 200 });
});

it("a body that is too large is refused", async () => {
  const { http, rpc } = await openWorld();
  const body = MINE.padEnd(9 * 1024 * 1024, " ");
  expect(await send(http, { body })).toMatchObject({ status: 413 });
  expect(await rpc("eth_blockNumber")).toBe("0x1");
});

it("closing ends open connections, and frees the port", async () => {
  const { sandbox, http, ws } = await openWorld();
  const socket = new WebSocket(ws);
  await new Promise((resolve) => socket.on("open", resolve));
  const closed = new Promise((resolve) => socket.on("close", resolve));
  await sandbox.close();
  await closed;
  await expect(send(http, {})).rejects.toMatchObject({ code: "ECONNREFUSED" });
});
