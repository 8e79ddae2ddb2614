import { ApiError } from "../model/errors.ts";
import type { Clock, ClockState } from "../ports/clock.ts";

/** The engine as control sees it (engine/writer.ts, engine/positions.ts, engine/scheduler.ts). */
export interface ControlledEngine {
  runWithClock(clock: ClockState, at: number): Promise<void>;
  runUntil(until: number): Promise<void>;
}

/** The one clock, moved by hand: forward only. Due work on the way is done in time order, each at its instant. */
export class ClockControl {
  readonly #engine: ControlledEngine;
  readonly #clock: Clock;

  constructor(engine: ControlledEngine, clock: Clock) {
    this.#engine = engine;
    this.#clock = clock;
  }

  show(): { now: string; mode: ClockState["mode"] } {
    return { now: new Date(this.#clock.now()).toISOString(), mode: this.#clock.state().mode };
  }

  /** Skips `ms` milliseconds (≥ 0). */
  advance(ms: number): Promise<void> {
    return this.advanceTo(this.#clock.now() + ms);
  }

  /** Throws INVALID_REQUEST for an instant that is past. */
  async advanceTo(instant: number): Promise<void> {
    const now = this.#clock.now();
    if (instant < now) throw new ApiError("INVALID_REQUEST", "The clock only goes forward; restore a snapshot to go back.");
    await this.#engine.runUntil(instant);
    const state = this.#clock.state();
    const skipped = instant - now;
    const next: ClockState =
      state.mode === "frozen" ? { mode: "frozen", at_ms: instant } : { mode: "running", offset_ms: state.offset_ms + skipped };
    await this.#engine.runWithClock(next, instant);
    this.#clock.skip(skipped);
  }

  /** Stands still from now on. */
  async freeze(): Promise<void> {
    const now = this.#clock.now();
    await this.#engine.runWithClock({ mode: "frozen", at_ms: now }, now);
  }

  /** Goes on from the instant at which it stood. */
  async run(wall: number): Promise<void> {
    if (this.#clock.state().mode === "running") return;
    const now = this.#clock.now();
    await this.#engine.runWithClock({ mode: "running", offset_ms: now - wall }, now);
  }
}
