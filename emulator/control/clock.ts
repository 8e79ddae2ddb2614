import { ApiError } from "../model/errors.ts";
import { LAST_INSTANT } from "../model/instant.ts";
import type { Clock, ClockState } from "../ports/clock.ts";
import { parseDuration } from "./duration.ts";

/** The engine as the clock moves it (engine/writer.ts, engine/scheduler.ts). */
interface ClockedEngine {
  /** Journals a state of the clock, at an instant. */
  runWithClock(state: ClockState, at: number): Promise<void>;
  /** Does what is due until an instant. */
  runUntil(until: number): Promise<void>;
}

/** The one clock, moved by hand: forward only. Due work on the way is done in time order, each at its own instant. */
export class ClockControl {
  readonly #engine: ClockedEngine;
  readonly #clock: Clock;
  readonly #wall: () => number;

  /** `wall`: real time in ms since the epoch. */
  constructor(engine: ClockedEngine, clock: Clock, wall: () => number) {
    this.#engine = engine;
    this.#clock = clock;
    this.#wall = wall;
  }

  show(): { now: string; mode: ClockState["mode"] } {
    return { now: new Date(this.#clock.now()).toISOString(), mode: this.#clock.state().mode };
  }

  /** Skips a duration: `90d`, `1h30m`, or milliseconds (rounded to whole ones). Throws CLOCK_OUT_OF_RANGE. */
  advance(by: string | number): Promise<void> {
    const now = this.#clock.now();
    return this.#goTo(now + (typeof by === "number" ? Math.round(by) : parseDuration(by)), now);
  }

  /** Goes forward to an instant (RFC 3339, or ms since the epoch). Throws CLOCK_OUT_OF_RANGE. */
  async set(to: string | number): Promise<void> {
    await this.#goTo(typeof to === "number" ? Math.round(to) : Date.parse(to), this.#clock.now());
  }

  /** Stands still from now on; quotas and real time go on. */
  async freeze(): Promise<void> {
    const now = this.#clock.now();
    await this.#engine.runWithClock({ mode: "frozen", at_ms: now }, now);
  }

  /** Goes on from the instant at which it stood. Throws CLOCK_OUT_OF_RANGE at the last instant. */
  async run(): Promise<void> {
    if (this.#clock.state().mode === "running") return;
    const now = this.#clock.now();
    if (now >= LAST_INSTANT) {
      throw new ApiError(
        "CLOCK_OUT_OF_RANGE",
        "The clock is at the end of the year 9999, where RFC 3339 ends; reset, or restore a snapshot.",
      );
    }
    await this.#engine.runWithClock({ mode: "running", offset_ms: now - this.#wall() }, now);
  }

  /** `now` is read once: were it read again, a tick in between would be missing from what is skipped. */
  async #goTo(instant: number, now: number): Promise<void> {
    if (instant < now) throw new ApiError("CLOCK_OUT_OF_RANGE", "The clock only goes forward; restore a snapshot to go back.");
    if (!(instant <= LAST_INSTANT))
      throw new ApiError("CLOCK_OUT_OF_RANGE", "The clock goes to the end of the year 9999, where RFC 3339 ends.");
    await this.#engine.runUntil(instant);
    const state = this.#clock.state();
    const skipped = instant - now;
    const next: ClockState =
      state.mode === "frozen" ? { mode: "frozen", at_ms: instant } : { mode: "running", offset_ms: state.offset_ms + skipped };
    await this.#engine.runWithClock(next, instant);
    this.#clock.skip(skipped);
  }
}
