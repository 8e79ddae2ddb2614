/** Behind a real nginx, which passes the Host on or, as it does by itself, does not. */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { request } from "node:http";
import { type AddressInfo, connect, createServer } from "node:net";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createSandbox, type SandboxOptions } from "../../emulator/sandbox.ts";
import { newFolder } from "../support/folder.ts";
import { lacks } from "../support/tools.ts";

const noNginx = lacks("nginx", "nginx", ["-v"]);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** nginx in front of an address; `directives` of its one location. Returns where it listens. */
async function nginx(upstream: string, directives = ""): Promise<string> {
  const [folder, port] = [newFolder(), await freePort()];
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/${name};`).join(" ");
  const location = `location / { proxy_pass ${upstream}; proxy_http_version 1.1; ${directives} }`;
  const server = `server { listen 127.0.0.1:${port}; ${location} }`;
  const http = `http { access_log off; ${temporary} ${server} }`;
  writeFileSync(`${folder}/nginx.conf`, `daemon off; master_process off; pid ${folder}/pid; events {} ${http}`);
  const child = spawn("nginx", ["-p", folder, "-e", `${folder}/error.log`, "-c", `${folder}/nginx.conf`], { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  const isUp = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true));
      socket.on("error", () => resolve(false)).on("connect", () => socket.destroy());
    });
  await vi.waitFor(async () => expect(await isUp()).toBe(true), { timeout: 10_000 });
  return `127.0.0.1:${port}`;
}

interface Sent {
  readonly method?: string;
  /** As the visitor's browser names the proxy. */
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The status, and the refusal's code. */
function ask(proxy: string, path: string, { method = "GET", host = proxy, headers = {} }: Sent = {}) {
  return new Promise<[number | undefined, string | undefined]>((resolve, reject) => {
    const sent = request(`http://${proxy}${path}`, { method, headers: { Host: host, ...headers }, agent: false }, async (res) => {
      let text = "";
      for await (const chunk of res) text += chunk;
      resolve([res.statusCode, /"code":"([A-Z_]+)"/.exec(text)?.[1]]);
    });
    sent.on("error", reject);
    sent.end();
  });
}

async function sandboxOf(options: SandboxOptions = {}) {
  const sandbox = await createSandbox(options);
  onTestFinished(() => sandbox.close());
  return { sandbox, api: await sandbox.listen(), rpc: await sandbox.listenRpc() };
}

const HOST = "proxy_set_header Host $http_host;";
const NAME = "sandbox.test";
const page = (origin: string, method = "POST"): Sent => ({ host: NAME, method, headers: { Origin: origin } });
const FORWARDED = { "X-Forwarded-Host": NAME, "X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1", Forwarded: `host=${NAME}` };

describe.skipIf(noNginx)("behind nginx", () => {
  it("that passes the Host on: the name has to be served; then its pages are the sandbox's own", async () => {
    const stranger = await nginx((await sandboxOf()).api, HOST);
    expect(await ask(stranger, "/v1/health", { host: NAME })).toEqual([403, "HOST_NOT_ALLOWED"]);
    expect(await ask(stranger, "/v1/health")).toEqual([200, undefined]);

    const { api, sandbox } = await sandboxOf({ allowHosts: [NAME] });
    const proxy = await nginx(api, HOST);
    expect(await ask(proxy, "/v1/health", { host: NAME })).toEqual([200, undefined]);
    expect(await ask(proxy, "/_sandbox/clock/freeze", page("https://evil.example"))).toEqual([403, "ORIGIN_NOT_ALLOWED"]);
    expect(await ask(proxy, "/_sandbox/clock/freeze", page(`http://${NAME}:81`))).toEqual([403, "ORIGIN_NOT_ALLOWED"]);
    expect(sandbox.clock.show().mode).toBe("running");
    // TLS may end at the proxy.
    for (const scheme of ["http", "https"]) {
      expect(await ask(proxy, "/_sandbox/clock/freeze", page(`${scheme}://${NAME}`))).toEqual([200, undefined]);
    }
  });

  it("that does not: its pages are the sandbox's own by --public-url, or by what the browser says", async () => {
    const proxy = await nginx((await sandboxOf()).api);
    expect(await ask(proxy, "/v1/health", { host: NAME })).toEqual([200, undefined]);
    expect(await ask(proxy, "/_sandbox/info", page(`http://${NAME}`, "GET"))).toEqual([403, "ORIGIN_NOT_ALLOWED"]);
    const vouched = { ...page(`https://${NAME}`), headers: { Origin: `https://${NAME}`, "Sec-Fetch-Site": "same-origin" } };
    expect(await ask(proxy, "/_sandbox/clock/run", vouched)).toEqual([200, undefined]);

    const named = await nginx((await sandboxOf({ publicUrl: `http://${NAME}/v1` })).api);
    expect(await ask(named, "/_sandbox/clock/freeze", page(`http://${NAME}`))).toEqual([200, undefined]);
    expect(await ask(named, "/_sandbox/clock/freeze", page("http://evil.example"))).toEqual([403, "ORIGIN_NOT_ALLOWED"]);
  });

  it.each(["", HOST])("what it, or its visitor, says in X-Forwarded-* opens nothing: %j", async (directives) => {
    const { api } = await sandboxOf();
    const proxy = await nginx(api, `${directives} proxy_set_header X-Forwarded-Host ${NAME};`);
    const sent = page(`http://${NAME}`);
    const [status] = await ask(proxy, "/_sandbox/clock/freeze", { ...sent, headers: { ...sent.headers, ...FORWARDED } });
    expect(status).toBe(403);
  });

  it("with a control token it is asked for there too", async () => {
    const { api } = await sandboxOf({ controlToken: "a-control-token-for-tests", allowHosts: [NAME] });
    const proxy = await nginx(api, HOST);
    expect(await ask(proxy, "/_sandbox/info", { host: NAME })).toEqual([401, "AUTHENTICATION_REQUIRED"]);
    const headers = { Authorization: "Bearer a-control-token-for-tests" };
    expect(await ask(proxy, "/_sandbox/info", { host: NAME, headers })).toEqual([200, undefined]);
  });
});
