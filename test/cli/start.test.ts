/** `getsmart-sandbox start`: what it prints works as printed, a port that is taken, what cannot be written, and how it ends. */
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { DEEP } from "../support/depth.ts";
import { newFolder } from "../support/folder.ts";
import { type Background, background, command, shell } from "../support/processes.ts";
import { lacks } from "../support/tools.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const FREE = ["--port", "0", "--rpc-port", "0"];
const folder = newFolder();
const noCurl = lacks("curl", "curl");

const UNUSABLE: [what: string, flags: string[], line: RegExp][] = [
  [
    "a file that cannot be written",
    ["--ephemeral", "--config-out", "none/out.json"],
    /^getsmart-sandbox: none\/out\.json: .*\(ENOENT\); make the folder first.*\.\n$/,
  ],
  [
    "a data folder that is a file",
    ["--data-dir", "taken"],
    /^getsmart-sandbox: .*\/taken cannot be used: .*\(EEXIST\); choose another --data-dir.*\.\n$/,
  ],
  [
    "an address of another machine",
    ["--ephemeral", "--host", "192.0.2.1", "--control-token", "s3cret-of-16-characters"],
    /^getsmart-sandbox: .*192\.0\.2\.1/,
  ],
];

/** The curl of the banner, word for word. */
const curlOf = (banner: string) => /Try it:\n\n([\s\S]*?)\n\n/.exec(banner)?.[1] as string;
const urlOf = (banner: string, row: string) => new RegExp(`^ +${row} +(\\S+)`, "m").exec(banner)?.[1] as string;

describe("on loopback, told by a file that it finds by itself", () => {
  let sandbox: Background;
  let banner: string;
  beforeAll(async () => {
    writeFileSync(
      `${folder}/getsmart-sandbox.config.yaml`,
      "port: 0\nrpc-port: 0\nephemeral: true\nconfig-out: out.json\nlog-format: json\n",
    );
    sandbox = background(["start"], { cwd: folder });
    banner = await sandbox.until("Stop with Ctrl-C.");
  });
  afterAll(() => sandbox.stop());

  it.skipIf(noCurl)("says that plain HTTP stays on this machine, and prints a curl that works", async () => {
    expect(banner).toContain("(plain HTTP: it stays on this machine)");
    expect(banner).not.toMatch(/dashboard/i);
    const { stdout } = await shell(curlOf(banner), { cwd: folder });
    expect(JSON.parse(stdout)).toMatchObject({ status: "success", data: { email: "ada@example.com" } });
  });

  it("writes where it is for programs, readable by its owner alone", async () => {
    const given = JSON.parse(readFileSync(`${folder}/out.json`, "utf8"));
    expect(given).toEqual({
      GETSMART_BASE_URL: urlOf(banner, "API"),
      GETSMART_API_KEY: urlOf(banner, "API key"),
      GETSMART_CONTROL_URL: urlOf(banner, "Control"),
      GETSMART_RPC_URL: urlOf(banner, "JSON-RPC"),
      GETSMART_TOKEN_ADDRESS: urlOf(banner, "GETS"),
      GETSMART_BADGE_ADDRESS: urlOf(banner, "Badge"),
    });
    expect(statSync(`${folder}/out.json`).mode & 0o777).toBe(0o600);
    const chain = {
      method: "POST",
      body: '{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}',
      headers: { "Content-Type": "application/json" },
    };
    expect(await (await fetch(given.GETSMART_RPC_URL, chain)).json()).toMatchObject({ result: "0x7a69" });
  });

  it("logs a line of JSON for each request, without the key", async () => {
    const key = urlOf(banner, "API key");
    await fetch(`${urlOf(banner, "API")}/users/${key}?of=${key}`, { headers: { Authorization: `Bearer ${key}` } });
    const output = await sandbox.until("/v1/users/[redacted]");
    const lines = output.split("\n").filter((line) => line.startsWith("{"));
    expect(JSON.parse(lines.at(-1) as string)).toMatchObject({ level: 30, method: "GET", status: 400, operation: "getUser" });
    for (const line of lines) expect(line).not.toContain(key);
  });

  it.each(["--port", "--rpc-port"])("another one on its port is refused, and told who has it: %s", async (flag) => {
    const { port } = new URL(urlOf(banner, flag === "--port" ? "API" : "JSON-RPC"));
    const cwd = newFolder();
    const { code, stdout, stderr } = await command(["start", "--data-dir", "data", ...FREE, flag, port], { cwd });
    const holder = process.platform === "linux" ? ` by node bin\\.js start \\(pid ${sandbox.pid}\\)` : "";
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(new RegExp(`^getsmart-sandbox: port ${port} is in use${holder}; .*${flag} 0 takes a free one`));
    expect(readdirSync(cwd)).toEqual([]);
  });

  it("ends with 0 when its terminal goes", async () => {
    expect((await sandbox.stop("SIGHUP")).code).toBe(0);
  });
});

it.skipIf(noCurl)(
  "on every address it prints those that work here, and that others can read along; two signals at once are one",
  async () => {
    const flags = [
      "--ephemeral",
      "--host",
      "0.0.0.0",
      "--control-token",
      "s3cret-of-16-characters",
      "--allow-host",
      "sandbox.test",
      "--log-level",
      "error",
    ];
    const sandbox = background(["start", ...FREE, ...flags], { cwd: folder });
    const banner = await sandbox.until("Stop with Ctrl-C.");
    expect(banner).toContain("(plain HTTP on 0.0.0.0: others can read along; --https prevents it)");
    expect(banner).not.toContain("//0.0.0.0");
    expect(urlOf(banner, "Hosts")).toBe("localhost,");
    expect(banner).toContain("[::1], sandbox.test and any address  (other Host headers are refused)");
    const { stdout } = await shell(curlOf(banner), { cwd: folder });
    expect(JSON.parse(stdout).status).toBe("success");
    sandbox.stop("SIGINT");
    expect((await sandbox.stop("SIGTERM")).code).toBe(0);
  },
);

it.each(DEEP ? UNUSABLE : UNUSABLE.slice(0, 1))("%s: one line that names it, and no stack", async (_, flags, line) => {
  const cwd = newFolder();
  writeFileSync(`${cwd}/taken`, "");
  const { code, stdout, stderr } = await command(["start", ...FREE, "--silent", ...flags], { cwd });
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(line);
  expect(stderr).not.toContain("    at ");
});

it("--help lists what can be chosen, each with its default", async () => {
  const { stdout } = await command(["start", "--help"], { cwd: folder });
  const help = stdout.replaceAll(/\s+/g, " ");
  for (const text of [
    "when blocks are mined: auto, manual or interval:2s (at least 100ms) (default: auto)",
    "quotas of every API key: off, or a form such as 10/s,1000/h (default: 10/s,1000/h)",
    "how it is logged: pretty or json (default: pretty)",
    "fatal, error, warn, info, debug, trace or silent (default: info)",
  ]) {
    expect(help).toContain(text);
  }
});
