import { beforeEach, describe, expect, it } from "vitest";
import type { Clock } from "../../emulator/ports/clock.ts";
import { HandTime } from "../support/hand-time.ts";

const START = Date.parse("2026-03-01T12:00:00Z");

/** What every adapter of the clock port does (emulator/ports/clock.ts). `create`: a running clock over the given time. */
export function shouldBehaveLikeClock(name: string, create: (time: HandTime) => Clock): void {
  describe(`${name}: a clock`, () => {
    let time: HandTime;
    let clock: Clock;

    beforeEach(() => {
      time = new HandTime(START);
      clock = create(time);
    });

    it("runs with real time, offset included, in whole milliseconds", () => {
      expect(clock.now()).toBe(START);
      clock.set({ mode: "running", offset_ms: 5000 }, START);
      time.pass(10.75);
      expect(clock.now()).toBe(START + 5010);
    });

    it("never goes back when the computer's clock is corrected", () => {
      time.pass(1000);
      const before = clock.now();
      time.correct(-60_000);
      expect(clock.now()).toBe(before);
      time.pass(5);
      expect(clock.now()).toBe(before + 5);
    });

    it("stands still when frozen", () => {
      clock.set({ mode: "frozen", at_ms: START + 7 }, START);
      time.pass(86_400_000);
      expect(clock.now()).toBe(START + 7);
    });

    it("goes on from where it stood", () => {
      clock.set({ mode: "frozen", at_ms: START }, START);
      time.pass(5000);
      clock.set({ mode: "running", offset_ms: -5000 }, START);
      expect(clock.now()).toBe(START);
      time.pass(3);
      expect(clock.now()).toBe(START + 3);
    });

    it("the floor holds after a restart on a computer whose clock is behind", () => {
      const journaled = START + 90_000;
      clock.set({ mode: "running", offset_ms: 0 }, journaled);
      expect(clock.now()).toBe(journaled);
      time.pass(1);
      expect(clock.now()).toBe(journaled + 1);
      expect(clock.state()).toEqual({ mode: "running", offset_ms: 90_000 });
    });

    it("follows wall time when that is ahead of the floor", () => {
      clock.set({ mode: "running", offset_ms: 1000 }, START - 5000);
      expect(clock.now()).toBe(START + 1000);
    });

    it("stands at the last instant that RFC 3339 can write", () => {
      const last = Date.parse("9999-12-31T23:59:59.999Z");
      clock.set({ mode: "running", offset_ms: last - START - 2000 }, START);
      expect(clock.state().mode).toBe("running");
      time.pass(3000);
      expect(clock.now()).toBe(last);
      expect(clock.state()).toEqual({ mode: "frozen", at_ms: last });
      clock.set({ mode: "frozen", at_ms: START }, START);
      expect(clock.now()).toBe(START);
    });

    it("goes back with a restore, which sets a lower floor", () => {
      clock.set({ mode: "frozen", at_ms: START + 50_000 }, START);
      clock.now();
      clock.set({ mode: "frozen", at_ms: START + 10 }, START);
      expect(clock.now()).toBe(START + 10);
    });

    it("gives its state back as it was set", () => {
      const frozen = { mode: "frozen", at_ms: START } as const;
      clock.set(frozen, START);
      expect(clock.state()).toEqual(frozen);
    });

    it("elapsed counts real time and skips, whatever the clock shows", () => {
      const before = clock.elapsed();
      clock.set({ mode: "frozen", at_ms: START }, START);
      time.pass(1000);
      time.correct(-500_000);
      clock.skip(3_600_000);
      expect(clock.elapsed() - before).toBe(3_601_000);
      clock.set({ mode: "frozen", at_ms: START - 1 }, START - 1);
      expect(clock.elapsed() - before).toBe(3_601_000);
    });
  });
}
