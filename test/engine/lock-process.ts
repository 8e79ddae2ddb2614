import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("fixtures/take-lock.ts", import.meta.url));

/** Another process that can take a lock file. */
export class LockProcess {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcess, output: Interface) {
    this.#child = child;
    this.#lines = output[Symbol.asyncIterator]();
  }

  /** Started and waiting. */
  static async start(file: string): Promise<LockProcess> {
    const child = spawn(process.execPath, [SCRIPT, file], { stdio: ["pipe", "pipe", "inherit"] });
    const started = new LockProcess(child, createInterface({ input: child.stdout as NodeJS.ReadableStream }));
    await started.#next();
    return started;
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /** `held`, or `in use by <pid>`. */
  async take(): Promise<string> {
    this.#child.stdin?.write("take\n");
    return await this.#next();
  }

  /** As `kill -9` does. */
  async kill(): Promise<void> {
    if (this.#child.signalCode !== null) return;
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await gone;
  }

  async #next(): Promise<string> {
    const { value, done } = await this.#lines.next();
    return done ? "gone" : value;
  }
}
