import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { LAUNCHER } from "../support/package.ts";

const PATIENCE_MS = 60_000;

export interface Urls {
  readonly api: string;
  readonly control: string;
  readonly rpc: string;
}

/** How a process ended: its exit code, or the signal that ended it. */
export type Ending = number | NodeJS.Signals;

const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** The real command line in a process of its own: `getsmart-sandbox start` on free ports. */
export class SandboxProcess {
  readonly pid: number;
  readonly exited: Promise<Ending>;
  readonly #dir: string;
  readonly #child: ChildProcess;
  #ending: Ending | null = null;
  #output = "";

  constructor(dir: string, flags: readonly string[]) {
    const args = [
      "start",
      "--port",
      "0",
      "--rpc-port",
      "0",
      "--data-dir",
      dir,
      "--limits",
      "off",
      "--log-level",
      "warn",
      "--fixture",
      "empty",
      ...flags,
    ];
    const child = spawn(process.execPath, [LAUNCHER, ...args], { cwd: tmpdir(), stdio: ["ignore", "pipe", "pipe"] });
    running.add(child);
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (this.#output += chunk));
    this.#dir = dir;
    this.#child = child;
    this.pid = child.pid as number;
    this.exited = new Promise((resolve) =>
      child.once("close", (code, signal) => {
        running.delete(child);
        resolve((this.#ending = signal ?? code ?? 0));
      }),
    );
  }

  /** What the process said so far. */
  get output(): string {
    return this.#output;
  }

  /** Where it serves, as its lock file says, once both ports answer. Throws when it ends before. */
  async ready(): Promise<Urls> {
    const deadline = Date.now() + PATIENCE_MS;
    while (Date.now() < deadline) {
      const lock = this.#lock();
      if (lock?.pid === this.pid && lock.urls?.api && lock.urls.control && lock.urls.rpc) return lock.urls as Urls;
      if (this.#ending !== null) throw new Error(`start ended with ${this.#ending}:\n${this.#output}`);
      await sleep(5);
    }
    throw new Error(`not ready after ${PATIENCE_MS} ms:\n${this.#output}`);
  }

  /** Asks it to stop; it compacts its journal on the way out. */
  terminate(): void {
    this.#child.kill("SIGTERM");
  }

  kill(): Promise<Ending> {
    this.#child.kill("SIGKILL");
    return this.exited;
  }

  #lock(): { pid: number; urls?: Partial<Urls> } | null {
    try {
      return JSON.parse(readFileSync(join(this.#dir, "lock"), "utf8"));
    } catch {
      return null;
    }
  }
}
