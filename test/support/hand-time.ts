import type { TimeSource } from "../../emulator/adapters/time/clock.ts";

/** Real time that a test moves by hand. */
export class HandTime implements TimeSource {
  #wall: number;
  #monotonic = 0;

  constructor(wall: number) {
    this.#wall = wall;
  }

  wall(): number {
    return this.#wall;
  }
  monotonic(): number {
    return this.#monotonic;
  }

  /** Time passes. */
  pass(ms: number): void {
    this.#wall += ms;
    this.#monotonic += ms;
  }

  /** Somebody corrects the computer's clock; no time passes. */
  correct(ms: number): void {
    this.#wall += ms;
  }
}
