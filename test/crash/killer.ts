import { Worker } from "node:worker_threads";

export interface Aim {
  readonly pid: number;
  /** Milliseconds (fractions too) to wait before the kill. */
  readonly delay: number;
  /** Wait first until one of these files is written: the way into windows of less than a millisecond. */
  readonly once?: readonly string[];
}

/**
 * Kills by SIGKILL from a thread of its own: a timer of the thread that reads the answers would fire between two answers,
 * never in the middle of a unit of work.
 */
export class Killer {
  readonly #worker = new Worker(THREAD, { eval: true });

  /** Resolves when the kill was sent, or when the process was gone by itself. */
  kill(aim: Aim): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#worker.once("message", () => resolve());
      this.#worker.once("error", reject);
      this.#worker.postMessage({ ...aim, since: Date.now() });
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

const THREAD = `
const { parentPort } = require("node:worker_threads");
const { statSync } = require("node:fs");
const cell = new Int32Array(new SharedArrayBuffer(4));
const alive = (pid) => { try { return process.kill(pid, 0); } catch { return false; } };
const written = (file, since) => (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= since;
parentPort.on("message", ({ pid, delay, once, since }) => {
  if (once) while (alive(pid) && !once.some((file) => written(file, since)));
  if (delay > 0) Atomics.wait(cell, 0, 0, delay);
  try { process.kill(pid, "SIGKILL"); } catch {}
  parentPort.postMessage(null);
});
`;
