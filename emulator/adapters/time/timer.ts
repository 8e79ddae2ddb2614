import type { Timer } from "../../ports/timer.ts";

/** setTimeout takes at most this many milliseconds (24.8 days). */
const LONGEST = 2 ** 31 - 1;

/** One alarm over setTimeout, re-armed for long delays; never keeps the process alive. */
export class NodeTimer implements Timer {
  #handle: NodeJS.Timeout | null = null;

  arm(delayMs: number, ring: () => void): void {
    this.disarm();
    const wait = Math.max(0, Math.min(delayMs, LONGEST));
    this.#handle = setTimeout(() => {
      if (delayMs > LONGEST) this.arm(delayMs - LONGEST, ring);
      else ring();
    }, wait);
    // A page of jsdom has numbers for timers.
    (this.#handle as Partial<NodeJS.Timeout>).unref?.();
  }

  disarm(): void {
    if (this.#handle) clearTimeout(this.#handle);
    this.#handle = null;
  }
}
