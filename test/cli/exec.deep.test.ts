/** `exec`: flags, the configuration file, signals. */
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { describe, expect, it, vi } from "vitest";
import { newFolder } from "../support/folder.ts";
import { LAUNCHER } from "../support/package.ts";
import { command, run } from "../support/processes.ts";
import { ASK, cleaningUpAfter, interrupted } from "./exec-script.ts";

vi.setConfig({ testTimeout: 120_000 });

const cwd = newFolder();
const node = (script: string, ...flags: string[]) =>
  command(["exec", ...flags, "--", "node", "--input-type=module", "-e", script], { cwd });

it("the port and folder of the configuration file are left to start", async () => {
  const here = newFolder();
  writeFileSync(`${here}/getsmart-sandbox.config.yaml`, "port: 1\nrpc-port: 1\ndata-dir: /proc/none\nchain-id: 77\n");
  const { code, stdout } = await command(
    ["exec", "--", "node", "-e", `${ASK} get("/meta").then((m) => console.log(m.data.chain.chain_id))`],
    {
      cwd: here,
    },
  );
  expect([code, stdout]).toEqual([0, "77\n"]);
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
    "a-token-of-16-chars",
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

it("the banner is an error output that is asked for", async () => {
  const line = [LAUNCHER, "exec", "--log-level", "info", "--", "sh", "-c", "cat; echo oops >&2"];
  const { stdout, stderr } = await run(process.execPath, line, { cwd }, (child) => child.stdin?.end("from outside"));
  expect(stdout).toBe("from outside");
  expect(stderr).toContain("getsmart-sandbox");
  expect(stderr).toContain("API key");
});

it("arguments reach a command that is named without -- too", async () => {
  expect((await command(["exec", "echo", "--seed", "x"], { cwd })).stdout).toBe("--seed x\n");
});

describe("the exit code", () => {
  writeFileSync(`${cwd}/plain.txt`, "no program\n");
  chmodSync(`${cwd}/plain.txt`, 0o644);
  it.each([
    ["after a signal", ["sh", "-c", "kill -KILL $$"], 137, ""],
    ["of what is no program", ["./plain.txt"], 126, "getsmart-sandbox: exec: ./plain.txt: it cannot be run (EACCES)\n"],
  ])("%s", async (_, line, code, stderr) => {
    expect(await command(["exec", "--", ...line], { cwd })).toEqual({ code, stdout: "", stderr });
  });
});

describe("signals", () => {
  /** Says where its sandbox is, and lives on. */
  const lasting = `${ASK} console.log(base); setInterval(() => {}, 1000);`;

  it.each(["SIGINT", "SIGHUP"] as const)("%s is handed on, and the sandbox is there until the command has cleaned up", async (signal) => {
    const { code, stdout, base } = await interrupted(cleaningUpAfter(signal), (child) => child.kill(signal));
    expect([code, stdout.split("\n")[1]]).toEqual([9, "success"]);
    await expect(fetch(base)).rejects.toThrow();
  });

  it("a command that dies of it: 128 + n", async () => {
    expect((await interrupted(lasting, (child) => child.kill("SIGTERM"))).code).toBe(143);
  });

  it("one that comes before the command is started keeps it from starting", async () => {
    const fifo = `${newFolder()}/config.yaml`;
    await run("mkfifo", [fifo], { cwd });
    const args = [LAUNCHER, "exec", "--config", fifo, "--", "echo", "started"];
    const outcome = await run(process.execPath, args, { cwd }, async (child) => {
      // Opened as soon as somebody reads it: in the midst of the start.
      const config = await open(fifo, "w");
      child.kill("SIGTERM");
      await config.writeFile("chain-id: 77\n");
      await config.close();
    });
    expect(outcome).toEqual({ code: 143, stdout: "", stderr: "" });
  });

  it("SIGKILL of exec itself: the sandbox is gone at once", async () => {
    const script = lasting.replace("setInterval(() => {}, 1000)", "setInterval(() => fetch(base).catch(() => process.exit()), 50)");
    const { code, base } = await interrupted(script, (child) => child.kill("SIGKILL"));
    expect(code).toBe(null);
    await expect(fetch(base)).rejects.toThrow();
  });
});
