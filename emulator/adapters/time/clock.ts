import { LAST_INSTANT } from "../../model/instant.ts";
import type { Clock, ClockState } from "../../ports/clock.ts";

/** Where real time comes from: wall time, and a monotonic one that no correction moves. Milliseconds. */
export interface TimeSource {
  wall(): number;
  monotonic(): number;
}

export const SYSTEM_TIME: TimeSource = { wall: () => Date.now(), monotonic: () => performance.now() };

/** The sandbox clock over a time source. */
export class SandboxClock implements Clock {
  readonly #source: TimeSource;
  #state: ClockState;
  #floor: number;
  #skipped = 0;

  constructor(source: TimeSource = SYSTEM_TIME, state: ClockState = { mode: "running", offset_ms: 0 }) {
    this.#source = source;
    this.#state = state;
    this.#floor = Number.NEGATIVE_INFINITY;
  }

  now(): number {
    const now = this.#state.mode === "frozen" ? this.#state.at_ms : Math.floor(this.#source.wall() + this.#state.offset_ms);
    // Wall time is behind what was shown already: it was corrected, or the data comes from a computer whose clock is ahead. The clock
    // goes on from where it was, since standing still until wall time has caught up would keep due work waiting.
    if (now < this.#floor && this.#state.mode === "running") {
      this.#state = { mode: "running", offset_ms: this.#state.offset_ms + this.#floor - now };
    }
    this.#floor = Math.min(Math.max(this.#floor, now), LAST_INSTANT);
    return this.#floor;
  }

  state(): ClockState {
    return this.now() === LAST_INSTANT ? { mode: "frozen", at_ms: LAST_INSTANT } : this.#state;
  }

  set(state: ClockState, floor: number): void {
    this.#state = state;
    this.#floor = floor;
  }

  elapsed(): number {
    return this.#source.monotonic() + this.#skipped;
  }

  skip(ms: number): void {
    this.#skipped += ms;
  }
}
