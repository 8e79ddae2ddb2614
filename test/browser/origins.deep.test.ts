/** What pages can do to a sandbox on their visitor's machine, as a browser has it: it decides what is asked, and what a page may read. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createSandbox, type Sandbox, type SandboxOptions } from "../../emulator/sandbox.ts";
import { skipped } from "../support/tools.ts";
import { launch, NO_BROWSER } from "./browser.ts";

const ATTEMPTS = fileURLToPath(new URL("attempts.js", import.meta.url));
/** Any page, under any name that the browser finds on this machine. */
const pages = createServer((_req, res) => res.setHeader("Content-Type", "text/html").end("<!doctype html><title>A page</title>"));
const TOKEN = "a-control-token-for-tests";
const [lan] = Object.values(networkInterfaces()).flatMap((all = []) =>
  all.filter(({ family, internal }) => family === "IPv4" && !internal).map(({ address }) => address),
);

/** Calls a function of attempts.js in the page. */
const inPage = (page: Page, name: string, ...args: readonly unknown[]) =>
  page.evaluate(`${name}(${args.map((each) => JSON.stringify(each)).join()})`);
const attempt = (page: Page, url: string, init: RequestInit = {}) => inPage(page, "attempt", url, init);

const call = (method: string) => JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: [] });
const rpcCall = (method: string) => ({ method: "POST", headers: { "Content-Type": "application/json" }, body: call(method) });
const answered = (status: number, text = "") => [status, expect.stringContaining(text)];

describe.skipIf(NO_BROWSER)("in Chromium", () => {
  let browser: Browser;
  let port: number;
  beforeAll(async () => {
    await new Promise<void>((resolve) => pages.listen(0, "127.0.0.1", resolve));
    ({ port } = pages.address() as AddressInfo);
    browser = await launch("--host-resolver-rules=MAP *.test 127.0.0.1");
  });
  afterAll(async () => {
    await browser?.close();
    pages.close();
  });

  async function open(options: SandboxOptions = {}, host = "127.0.0.1") {
    const sandbox = await createSandbox(options);
    onTestFinished(() => sandbox.close());
    const [origin, rpc] = [await sandbox.listen({ host }), await sandbox.listenRpc({ host })];
    return { sandbox, api: `${origin}/v1`, rpc, ws: rpc.replace("http", "ws"), control: `${origin}/_sandbox` };
  }
  async function visit(url: string): Promise<Page> {
    const page = await browser.newPage();
    onTestFinished(() => page.close());
    await page.addInitScript({ path: ATTEMPTS });
    await page.goto(url);
    return page;
  }
  /** The status that leaving the page ends with; then it is there again. */
  async function leave(page: Page, script: string): Promise<number | undefined> {
    const home = page.url();
    const [answer] = await Promise.all([page.waitForNavigation(), page.evaluate(script)]);
    await page.goto(home);
    return answer?.status();
  }
  const state = ({ sandbox }: { sandbox: Sandbox }) => ({
    block: sandbox.info().chain.block_number,
    clock: sandbox.clock.show().mode,
    snapshots: sandbox.snapshots(),
  });

  it.each(["localhost", "shop.localhost", "127.0.0.1"])(
    "a page of a local server, at %s, uses API and JSON-RPC, and controls nothing",
    async (name) => {
      const world = await open();
      const page = await visit(`http://${name}:${port}/`);
      const headers = { Authorization: `Bearer ${world.sandbox.apiKey}`, "X-Mine": "1", "Content-Type": "application/json" };
      const body = JSON.stringify({ email: "ada@example.com", display_name: "Ada" });
      expect(await attempt(page, `${world.api}/users`, { method: "POST", headers, body })).toEqual(answered(201));
      expect(await attempt(page, `${world.api}/users`)).toEqual(answered(401, "AUTHENTICATION_REQUIRED"));
      expect(await attempt(page, world.rpc, rpcCall("eth_accounts"))).toEqual(answered(200, "0x"));
      expect(await attempt(page, world.rpc, rpcCall("evm_mine"))).toEqual(answered(200, "ORIGIN_NOT_ALLOWED"));
      expect(await inPage(page, "attemptSocket", world.ws, call("eth_accounts"))).toContain("0x");
      expect(await inPage(page, "attemptSocket", world.ws, call("evm_mine"))).toContain("ORIGIN_NOT_ALLOWED");
      const before = state(world);
      expect(await attempt(page, `${world.control}/info`)).toBe("TypeError");
      expect(await attempt(page, `${world.control}/reset`, { method: "POST", mode: "no-cors" })).toBe("opaque");
      expect(state(world)).toEqual(before);
    },
  );

  it("any page shows the picture of a claimed award, and of no other", async () => {
    const { sandbox, api } = await open({ fixture: "academy" });
    const page = await visit(`http://school.test:${port}/`);
    const shows = async (status: string) => {
      const headers = { Authorization: `Bearer ${sandbox.apiKey}` };
      const list = (await (await fetch(`${api}/awards?status=${status}&limit=1`, { headers })).json()) as {
        data: { items: [{ image_url: string }] };
      };
      return await inPage(page, "attemptElement", "img", list.data.items[0].image_url);
    };
    expect([await shows("claimed"), await shows("approved")]).toEqual([true, false]);
  });

  it.each(["evil.test", "localhost.evil.test"])("a page of %s reads nothing and changes nothing", async (name) => {
    const world = await open();
    await world.sandbox.snapshot("mine");
    const before = state(world);
    const page = await visit(`http://${name}:${port}/`);
    const plain = { method: "POST", mode: "no-cors", headers: { "Content-Type": "text/plain" } } as const;
    for (const url of [`${world.api}/health`, `${world.control}/info`, world.rpc]) expect(await attempt(page, url)).toBe("TypeError");
    for (const path of ["reset", "clock/freeze", "snapshots/mine/restore", "chain/mine"]) {
      expect(await attempt(page, `${world.control}/${path}`, { ...plain, body: "{}" })).toBe("opaque");
    }
    for (const method of ["evm_mine", "evm_snapshot", "eth_blockNumber"]) {
      expect(await attempt(page, world.rpc, { ...plain, body: call(method) })).toBe("opaque");
      expect(await attempt(page, world.rpc, rpcCall(method))).toBe("TypeError");
    }
    expect(await inPage(page, "attemptSocket", world.ws, call("eth_blockNumber"))).toBe("error");
    for (const kind of ["img", "script"]) expect(await inPage(page, "attemptElement", kind, `${world.control}/info`)).toBe(false);
    // A form needs no permission, and its answer would be shown.
    for (const action of [`${world.control}/reset`, world.rpc]) {
      expect(await leave(page, `submitForm(${JSON.stringify(action)})`)).toBe(403);
    }
    expect(state(world)).toEqual(before);
  });

  it("a sandboxed frame, whose origin is null, is not taken for a page of this machine", async () => {
    const { api, control, rpc } = await open();
    const page = await visit(`http://localhost:${port}/`);
    expect(await inPage(page, "attemptSandboxed", [`${api}/health`, `${control}/info`, rpc])).toEqual(Array(3).fill("refused"));
  });

  it("an origin that is named may do what a page of this machine may", async () => {
    const named = [`http://app.test:${port}`];
    const { api, control, rpc } = await open({ cors: named, rpcCors: named });
    const page = await visit(`http://app.test:${port}/`);
    expect(await attempt(page, `${api}/health`)).toEqual(answered(200));
    expect(await attempt(page, rpc, rpcCall("eth_accounts"))).toEqual(answered(200, "0x"));
    expect(await attempt(page, `${control}/info`)).toBe("TypeError");
  });

  it("a name that was rebound to this machine is refused, pages too", async () => {
    const { api, control } = await open();
    const page = await visit("about:blank");
    for (const url of [api, control]) {
      const answer = await page.goto(url.replace("127.0.0.1", "rebound.test"));
      expect([answer?.status(), await answer?.json()]).toMatchObject([403, { error: { code: "HOST_NOT_ALLOWED" } }]);
    }
  });

  it("a link from anywhere opens pages of the control plane, and no state; a frame opens neither", async () => {
    const { control } = await open();
    const page = await visit(`http://evil.test:${port}/`);
    const follow = (path: string) => leave(page, `void location.assign(${JSON.stringify(control + path)})`);
    for (const path of ["", "/docs", "/openapi.json"]) expect(await follow(path)).not.toBe(403);
    for (const path of ["/info", "/export", "/doctor"]) expect(await follow(path)).toBe(403);
    for (const path of ["", "/info"]) {
      const framed = page.waitForResponse(control + path);
      await inPage(page, "attemptElement", "iframe", control + path);
      expect((await framed).status()).toBe(403);
    }
  });

  const noLan = lan === undefined && skipped("this machine has no address besides loopback");
  it.each(["127.0.0.1", "::1", ...(noLan ? [] : [lan as string])])("its own page, at %s, controls it with the token", async (host) => {
    const { api, control, sandbox } = await open({ controlToken: TOKEN }, host);
    const page = await visit(`${api}/health`);
    const headers = { Authorization: `Bearer ${TOKEN}` };
    for (const [path, init] of [["/info"], ["/clock/freeze", { method: "POST" }]] as const) {
      expect(await attempt(page, control + path, init)).toEqual(answered(401, "--control-token"));
      expect(await attempt(page, control + path, { ...init, headers })).toEqual(answered(200));
    }
    expect(sandbox.clock.show().mode).toBe("frozen");
  });
});
