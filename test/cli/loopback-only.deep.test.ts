/** No telemetry, no update check, no connection beyond loopback: watched from inside, by the kernel, and where there is no outside. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { newFolder } from "../support/folder.ts";
import { type Outcome, run } from "../support/processes.ts";
import { lacks } from "../support/tools.ts";

const SESSION = fileURLToPath(new URL("loopback/session.ts", import.meta.url));
const IN_PROCESS = fileURLToPath(new URL("../in-process/session.ts", import.meta.url));
vi.setConfig({ testTimeout: 120_000 });

const SPY = `--import ${new URL("loopback/spy.ts", import.meta.url)}`;
const LOOPBACK = /^(tcp|udp|name) (127\.\d+\.\d+\.\d+|::1|localhost)$|^unix |^watching /;
/** What telemetry and update checks leave alone: this is no CI, and nobody opted out. */
const OPT_OUTS = { CI: "", DO_NOT_TRACK: "", HARDHAT_DISABLE_TELEMETRY: "", NO_UPDATE_NOTIFIER: "" };
const WORKED = { user: 201, block: "0x1", keys: 1, exit: 0 };

const noTerminal = lacks("script", "bsdutils");
const noStrace = lacks("strace", "strace", ["-f", "--seccomp-bpf", "-e", "trace=connect", "true"]);
const noNamespace = lacks("ip", "iproute2", ["-V"]) || lacks("unshare", "util-linux", ["-rn", "ip", "link", "set", "lo", "up"]);

/** Runs a Node program with the spy in it; what the spy wrote down. */
async function spiedOn(args: readonly string[]): Promise<{ outcome: Outcome; seen: string[] }> {
  const cwd = newFolder();
  const file = `${cwd}/seen`;
  const outcome = await run(process.execPath, args, { cwd, env: { ...OPT_OUTS, SPY_FILE: file, NODE_OPTIONS: SPY } });
  return { outcome, seen: readFileSync(file, "utf8").trim().split("\n") };
}

const result = ({ code, stdout, stderr }: Outcome) => {
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
};

describe("watched from inside every process", () => {
  it.each([
    ["fetch('http://192.0.2.1/').catch(() => {}); setTimeout(process.exit, 200)", "tcp 192.0.2.1"],
    ["require('node:https').get('https://telemetry.invalid').on('error', () => {})", "name telemetry.invalid"],
    ["require('node:dgram').createSocket('udp4').send('x', 9, '192.0.2.1', process.exit)", "udp 192.0.2.1"],
    ["require('node:dns').promises.resolve('telemetry.invalid').catch(() => {})", "name telemetry.invalid"],
    ["require('node:child_process').execFile('true')", "program true"],
  ])("the spy would see: %s", async (deed, line) => {
    const { seen } = await spiedOn(["-e", deed]);
    expect(seen).toContain(line);
    expect(LOOPBACK.test(line)).toBe(false);
  });

  it.skipIf(noTerminal).each(["--ephemeral", "--data-dir", "--https"])("a session on a terminal, start %s", async (flag) => {
    const flags = flag === "--data-dir" ? [flag, `${newFolder()}/data`] : flag === "--https" ? ["--ephemeral", flag] : [flag];
    const { outcome, seen } = await spiedOn([SESSION, ...flags]);
    expect(result(outcome)).toEqual(WORKED);
    // The session itself starts the terminal and two commands; the sandbox starts nothing.
    const programs = ["program script", `program ${process.execPath}`, `program ${process.execPath}`];
    expect(seen.filter((line) => line.startsWith("program"))).toEqual(programs);
    expect(seen.filter((line) => !LOOPBACK.test(line) && !line.startsWith("program"))).toEqual([]);
    expect(seen.filter((line) => line.includes("bin.js"))).toHaveLength(3);
  });

  it("createSandbox(), in memory and in a folder", async () => {
    const { outcome, seen } = await spiedOn([IN_PROCESS, newFolder()]);
    result(outcome);
    expect(seen.filter((line) => !LOOPBACK.test(line))).toEqual([]);
    expect(seen).toContain("tcp 127.0.0.1");
  });
});

describe.skipIf(noStrace)("watched by the kernel, native code too", () => {
  const TRACE = ["-f", "--seccomp-bpf", "-e", "trace=connect,sendto,sendmsg,sendmmsg"];
  const OUTSIDE = /inet_addr\("(?!127\.)|inet_pton\(AF_INET6, "(?!::1")/;

  async function traced(args: readonly string[]): Promise<{ outcome: Outcome; calls: string }> {
    const cwd = newFolder();
    const outcome = await run("strace", [...TRACE, "-o", `${cwd}/calls`, process.execPath, ...args], { cwd, env: OPT_OUTS });
    return { outcome, calls: readFileSync(`${cwd}/calls`, "utf8") };
  }

  it("it would see an address outside", async () => {
    const { calls } = await traced(["-e", "fetch('http://192.0.2.1/').catch(() => {}); setTimeout(process.exit, 200)"]);
    expect(calls).toMatch(OUTSIDE);
  });

  it.skipIf(noTerminal)("a session on a terminal", async () => {
    const { outcome, calls } = await traced([SESSION]);
    expect(result(outcome)).toEqual(WORKED);
    expect(calls).toContain('inet_addr("127.0.0.1")');
    expect(calls.split("\n").filter((line) => OUTSIDE.test(line))).toEqual([]);
  });

  it("createSandbox(), in memory and in a folder", async () => {
    const { outcome, calls } = await traced([IN_PROCESS, newFolder()]);
    result(outcome);
    expect(calls.split("\n").filter((line) => OUTSIDE.test(line))).toEqual([]);
  });
});

describe.skipIf(noNamespace)("where there is no network but loopback", () => {
  const alone = (args: readonly string[]) =>
    run("unshare", ["-rn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", process.execPath, ...args], {
      cwd: newFolder(),
      env: OPT_OUTS,
    });

  it("there is none indeed", async () => {
    const { stdout } = await alone(["-e", "require('node:net').connect(80, '192.0.2.1').on('error', (error) => console.log(error.code))"]);
    expect(stdout).toBe("ENETUNREACH\n");
  });

  it.skipIf(noTerminal)("a session on a terminal goes on as ever", async () => {
    expect(result(await alone([SESSION]))).toEqual(WORKED);
  });
});
