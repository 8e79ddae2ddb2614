import { Worker } from "node:worker_threads";

export interface Aim {
  readonly pid: number;
  /** Milliseconds (fractions too) to wait before the kill. */
  readonly delay: number;
  /** Wait first until one of these files is another one than now: the way into windows of less than a millisecond. */
  readonly once?: readonly string[];
}

/**
 * Kills by SIGKILL from a thread of its own: a timer of the thread that reads the answers would fire between two answers,
 * never in the middle of a unit of work.
 */
export class Killer {
  readonly #worker = new Worker(THREAD, { eval: true });

  /** Resolves to a promise once the aim is taken; that one resolves when the kill was sent, or the process was gone by itself. */
  async aim(aim: Aim): Promise<{ sent: Promise<void> }> {
    const [aimed, sent] = [this.#hear("aimed"), this.#hear("sent")];
    this.#worker.postMessage(aim);
    await aimed;
    return { sent };
  }

  #hear(word: string): Promise<void> {
    return new Promise((resolve) => {
      const listen = (said: string) => {
        if (said !== word) return;
        this.#worker.off("message", listen);
        resolve();
      };
      this.#worker.on("message", listen);
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
const inode = (file) => statSync(file, { throwIfNoEntry: false })?.ino ?? 0;
parentPort.on("message", ({ pid, delay, once = [] }) => {
  const before = once.map(inode);
  const changed = (file, index) => ![0, before[index]].includes(inode(file));
  parentPort.postMessage("aimed");
  if (once.length > 0) while (alive(pid) && !once.some(changed));
  if (delay > 0) Atomics.wait(cell, 0, 0, delay);
  try { process.kill(pid, "SIGKILL"); } catch {}
  parentPort.postMessage("sent");
});
`;
