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
    this.#floor = Math.max(this.#floor, now);
    return this.#floor;
  }

  state(): ClockState {
    return this.#state;
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
