import { setTimeout as delay } from "node:timers/promises";
import { Interrupted } from "./outcomes.ts";

/** What moves the target's clock: the control plane of a sandbox, or the sandbox itself in a test. */
export interface Controller {
  /** Moves the target's clock forward; due work on the way is done. */
  advance(ms: number): Promise<void>;
}

/** What waits for a block is asked again after this long, then after twice as long: soon where blocks are quick, seldom where they are not. */
export const FIRST_POLL_MS = 50;

export function nextPoll(wait: number): number {
  return Math.min(2 * wait, 1000);
}

/**
 * Time of a run, in milliseconds that never go back. Oracles are written against `now` and `sleep`: with a controller whose target
 * counts its quotas on the same clock an hour passes at once, without one it passes.
 */
export interface RunTime {
  /** As the target's limiter counts it. */
  now(): number;
  /** Lets `ms` pass for the target. */
  sleep(ms: number): Promise<void>;
  /** Whether `sleep` moves the clock instead of waiting. */
  readonly moved: boolean;
  /** Real time, for pacing. */
  real(): number;
  /** Waits in real time. */
  pause(ms: number): Promise<void>;
}

export function runTime(controller: Controller | null, signal: AbortSignal): RunTime {
  let skipped = 0;
  const real = () => performance.now();
  async function pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal }).catch(() => {
      throw new Interrupted("interrupted while waiting");
    });
  }
  return {
    now: () => real() + skipped,
    async sleep(ms) {
      if (!controller) return await pause(ms);
      const whole = Math.ceil(ms);
      await controller.advance(whole);
      skipped += whole;
    },
    moved: controller !== null,
    real,
    pause,
  };
}
