/** `getsmart-sandbox exec -- CMD`: the command as it would be alone, and a sandbox that is there for just as long. */
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { newFolder } from "../support/folder.ts";
import { LAUNCHER } from "../support/package.ts";
import { command, run } from "../support/processes.ts";
import { ASK, cleaningUpAfter, interrupted } from "./exec-script.ts";

vi.setConfig({ testTimeout: 120_000 });

const cwd = newFolder();
const exec = (...args: string[]) => command(["exec", ...args], { cwd });
/** A script for Node, run beside a sandbox. */
const node = (script: string, ...flags: string[]) => exec(...flags, "--", "node", "--input-type=module", "-e", script);

it("the command finds API, key, control plane, chain and contracts", async () => {
  const { code, stdout, stderr } = await node(`${ASK}
    const { data } = await get("/meta");
    const eth = await fetch(rpc, { method: "POST", body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_getCode", params: [process.env.GETSMART_BADGE_ADDRESS, "latest"] }) });
    console.log(JSON.stringify({
      same: [data.chain.token_address === process.env.GETSMART_TOKEN_ADDRESS, data.chain.badge_address === process.env.GETSMART_BADGE_ADDRESS],
      limits: data.limits.enabled, base, users: (await get("/users")).data.items.length,
      ready: (await fetch(control + "/ready")).status, code: (await eth.json()).result.length > 1000,
    }));`);
  expect([code, stderr]).toEqual([0, ""]);
  expect(JSON.parse(stdout)).toEqual({
    ...{ same: [true, true], limits: false, users: 0, ready: 200, code: true },
    base: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/v1$/),
  });
});

it("flags of start: fixture, seed, limits, fees, addresses, https; what is used writes --config-out", async () => {
  const flags = [
    "--fixture",
    "academy",
    "--seed",
    "1",
    "--limits",
    "5/s,100/h",
    "--https",
    "--ca-dir",
    `${cwd}/ca`,
    "--control-token",
    "t0",
    "--base-fee",
    "1000",
    "--public-url",
    "https://badges.example/v1",
  ];
  const { code, stdout, stderr } = await node(
    `${ASK}
    const info = await fetch(control + "/info", { headers: { authorization: "Bearer " + process.env.GETSMART_CONTROL_TOKEN } });
    const { fixture, seed } = (await info.json()).data;
    const genesis = await fetch(rpc, { method: "POST", body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_getBlockByNumber", params: ["0x0", false] }) });
    const fee = Number((await genesis.json()).result.baseFeePerGas);
    const [{ verification_url: url }] = (await get("/awards?status=claimed")).data.items;
    console.log(JSON.stringify({ fixture, seed, fee, url: url.slice(0, 33), limits: (await get("/meta")).data.limits.per_second, base }));`,
    ...[...flags, "--config-out", "out.json"],
  );
  expect([code, stderr]).toEqual([0, ""]);
  const { GETSMART_BASE_URL: base } = JSON.parse(readFileSync(`${cwd}/out.json`, "utf8"));
  expect(JSON.parse(stdout)).toEqual({
    fixture: "academy",
    seed: "1",
    fee: 1000,
    url: "https://badges.example/v1/verify/",
    limits: 5,
    base,
  });
  expect(base).toMatch(/^https:/);
});

it("input, output and errors are the command's own; the banner is an error output that is asked for", async () => {
  const echo = ["--", "sh", "-c", "cat; echo oops >&2"];
  const quiet = await run(process.execPath, [LAUNCHER, "exec", ...echo], { cwd }, (child) => child.stdin?.end("from outside"));
  expect(quiet).toEqual({ code: 0, stdout: "from outside", stderr: "oops\n" });
  const { stdout, stderr } = await run(process.execPath, [LAUNCHER, "exec", "--log-level", "info", ...echo], { cwd }, (child) =>
    child.stdin?.end("from outside"),
  );
  expect(stdout).toBe("from outside");
  expect(stderr).toContain("getsmart-sandbox");
  expect(stderr).toContain("API key");
});

it("arguments reach the command untouched, its own -- and flags too", async () => {
  const words = ["node", "-p", "JSON.stringify(process.argv.slice(1))", "--", "--seed", "a b", "$HOME", "--", "*"];
  expect(JSON.parse((await exec("--", ...words)).stdout)).toEqual(["--seed", "a b", "$HOME", "--", "*"]);
  expect((await exec("echo", "--seed", "x")).stdout).toBe("--seed x\n");
});

describe("the exit code", () => {
  writeFileSync(`${cwd}/plain.txt`, "no program\n");
  chmodSync(`${cwd}/plain.txt`, 0o644);
  it.each([
    ["of the command", ["sh", "-c", "exit 42"], 42, ""],
    ["after a signal", ["sh", "-c", "kill -KILL $$"], 137, ""],
    [
      "without such a command",
      ["no-such-command"],
      127,
      "getsmart-sandbox: exec: no-such-command: there is no such command; name a program, as a shell would find it\n",
    ],
    ["of what is no program", ["./plain.txt"], 126, "getsmart-sandbox: exec: ./plain.txt: it cannot be run (EACCES)\n"],
  ])("%s", async (_, line, code, stderr) => {
    expect(await exec("--", ...line)).toEqual({ code, stdout: "", stderr });
  });

  it("without a command, and for a wrong flag, is 2", async () => {
    expect((await exec()).code).toBe(2);
    expect(await exec("--limits", "many", "--", "true")).toMatchObject({ code: 2, stdout: "" });
  });
});

it("SIGTERM is handed on, and the sandbox is there until the command has cleaned up", async () => {
  const { code, stdout, base } = await interrupted(cleaningUpAfter("SIGTERM"), (child) => child.kill("SIGTERM"));
  expect([code, stdout.split("\n")[1]]).toEqual([9, "success"]);
  await expect(fetch(base)).rejects.toThrow();
});
