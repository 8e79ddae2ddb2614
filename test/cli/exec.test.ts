/** `getsmart-sandbox exec -- CMD`: the command as it would be alone, and a sandbox that is there for just as long. */
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

it("input, output and errors are the command's own", async () => {
  const echo = ["--", "sh", "-c", "cat; echo oops >&2"];
  const quiet = await run(process.execPath, [LAUNCHER, "exec", ...echo], { cwd }, (child) => child.stdin?.end("from outside"));
  expect(quiet).toEqual({ code: 0, stdout: "from outside", stderr: "oops\n" });
});

it("arguments reach the command untouched, its own -- and flags too", async () => {
  const words = ["node", "-p", "JSON.stringify(process.argv.slice(1))", "--", "--seed", "a b", "$HOME", "--", "*"];
  expect(JSON.parse((await exec("--", ...words)).stdout)).toEqual(["--seed", "a b", "$HOME", "--", "*"]);
});

describe("the exit code", () => {
  it.each([
    ["of the command", ["sh", "-c", "exit 42"], 42, ""],
    [
      "without such a command",
      ["no-such-command"],
      127,
      "getsmart-sandbox: exec: no-such-command: there is no such command; name a program, as a shell would find it\n",
    ],
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
