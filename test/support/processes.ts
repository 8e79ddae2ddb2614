import { type ChildProcess, spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { atEndOfFile } from "./clean-up.ts";
import { LAUNCHER } from "./package.ts";

const PATIENCE_MS = 60_000;

export interface Surroundings {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The command line, where it is not that of the built package. */
  readonly launcher?: string;
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment without what this product, Node, TLS and Vitest read there. */
export function bareEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(GETSMART_|NODE_|SSL_|VITEST)/.test(name)));
}

/** Runs a program to its end, with this Node first in PATH and nothing of ours in the environment but what is given. */
export function run(program: string, args: readonly string[], { cwd, env = {} }: Surroundings, started?: (child: ChildProcess) => void) {
  return new Promise<Outcome>((resolve, reject) => {
    const path = `${dirname(process.execPath)}:${process.env.PATH}`;
    // Code compiled once serves all: each test has a home of its own.
    const cache = join(tmpdir(), "cache");
    const child = spawn(program, args, { cwd, env: { ...bareEnvironment(), HOME: cwd, PATH: path, XDG_CACHE_HOME: cache, ...env } });
    atEndOfFile(() => void child.kill("SIGKILL"));
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8");
    child.stderr.setEncoding("utf8");
    child.stdout.on("data", (chunk) => (stdout += chunk));
    child.stderr.on("data", (chunk) => (stderr += chunk));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
    started?.(child);
  });
}

/** One line of shell. */
export const shell = (line: string, surroundings: Surroundings) => run("sh", ["-c", line], surroundings);

/** `getsmart-sandbox …`, to its end. */
export const command = (args: readonly string[], surroundings: Surroundings) =>
  run(process.execPath, [surroundings.launcher ?? LAUNCHER, ...args], surroundings);

/** A command that goes on until it is told to stop. */
export interface Background {
  /** What it printed so far. */
  readonly output: string;
  readonly pid: number;
  /** Resolves when its output holds this; rejects when it ended before, or said nothing of the kind for long. */
  until(text: string | RegExp): Promise<string>;
  /** Sends the signal; what it left behind. */
  stop(signal?: NodeJS.Signals): Promise<Outcome>;
}

/** `getsmart-sandbox …` beside the test. */
export function background(args: readonly string[], surroundings: Surroundings): Background {
  let child = null as ChildProcess | null;
  let output = "";
  let wake = () => {};
  let outcome: Outcome | null = null;
  const ended = run(process.execPath, [surroundings.launcher ?? LAUNCHER, ...args], surroundings, (started) => {
    child = started;
    const hear = (chunk: unknown) => {
      output += chunk;
      wake();
    };
    started.stdout?.on("data", hear);
    started.stderr?.on("data", hear);
  });
  ended.then((its) => {
    outcome = its;
    wake();
  });
  return {
    get output() {
      return output;
    },
    pid: (child as ChildProcess | null)?.pid as number,
    async until(text) {
      const late = performance.now() + PATIENCE_MS;
      while (typeof text === "string" ? !output.includes(text) : !text.test(output)) {
        if (outcome || performance.now() > late) throw new Error(`${outcome ? "it ended" : "late"} without ${text}:\n${output}`);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, 1000);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      return output;
    },
    stop(signal = "SIGINT") {
      child?.kill(signal);
      return ended;
    },
  };
}

export interface Started {
  readonly banner: string;
  /** Where the API is: ends in /v1. */
  readonly base: string;
  /** Asks it to stop; what it left behind. */
  stop(): Promise<Outcome>;
}

/** `getsmart-sandbox start …` on free ports, once it has shown its banner. */
export function start(flags: readonly string[], surroundings: Surroundings): Promise<Started> {
  const args = ["start", "--port", "0", "--rpc-port", "0", ...flags];
  return startBy(process.execPath, [LAUNCHER, ...args], surroundings);
}

/** The same by a program that runs the command line it is given at its end. */
export function startBy(program: string, args: readonly string[], surroundings: Surroundings): Promise<Started> {
  return new Promise((resolve, reject) => {
    let banner = "";
    const ended = run(program, args, surroundings, (child) => {
      const late = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
      child.stdout?.on("data", (chunk) => {
        banner += chunk;
        if (!banner.includes("Stop with Ctrl-C.")) return;
        clearTimeout(late);
        const base = /API +(\S+)/.exec(banner)?.[1] as string;
        const stop = () => {
          child.kill("SIGTERM");
          return ended;
        };
        resolve({ banner, base, stop });
      });
    });
    ended.then(({ stdout, stderr }) => reject(new Error(`it ended before it was ready:\n${stdout}${stderr}`)), reject);
  });
}
