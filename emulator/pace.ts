// Kept as it is now: a test that fakes timers later must not stop the sandbox in its own process.
import { setImmediate } from "node:timers";

const { performance } = globalThis;
const now = performance.now.bind(performance);

/** Longest time, in milliseconds, that long work holds the event loop. */
const TURN_MS = 20;

/** Lets long work make way: requests, timers and signals are served meanwhile. */
export class Pace {
  #since = now();

  /** Resolves at once while the turn lasts, otherwise in the next turn of the event loop. */
  async rest(): Promise<void> {
    if (this.isDue()) await this.turn();
  }

  /** Whether the turn is over: asked in tight loops, where waiting for `rest` costs more than the work. */
  isDue(): boolean {
    return now() - this.#since >= TURN_MS;
  }

  async turn(): Promise<void> {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    this.#since = now();
  }
}
