import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Timer } from "../../emulator/ports/timer.ts";

const DAY = 86_400_000;

/** What every adapter of the timer port does (emulator/ports/timer.ts). */
export function shouldBehaveLikeTimer(name: string, create: () => Timer): void {
  describe(`${name}: a timer`, () => {
    let timer: Timer;
    const ring = vi.fn();

    beforeEach(() => {
      vi.useFakeTimers();
      ring.mockReset();
      timer = create();
    });
    afterEach(() => {
      timer.disarm();
      vi.useRealTimers();
    });

    it("rings once, when the time has come and not before", () => {
      timer.arm(1000, ring);
      vi.advanceTimersByTime(999);
      expect(ring).not.toHaveBeenCalled();
      vi.advanceTimersByTime(1);
      expect(ring).toHaveBeenCalledOnce();
      vi.advanceTimersByTime(10_000);
      expect(ring).toHaveBeenCalledOnce();
    });

    it.each([25, 90, 400])("waits %i days, past what Node's own timers can", (days) => {
      timer.arm(days * DAY, ring);
      vi.advanceTimersByTime(days * DAY - 1);
      expect(ring).not.toHaveBeenCalled();
      vi.advanceTimersByTime(1);
      expect(ring).toHaveBeenCalledOnce();
    });

    it("rings at once for what is overdue", () => {
      timer.arm(-5000, ring);
      vi.advanceTimersByTime(1);
      expect(ring).toHaveBeenCalledOnce();
    });

    it("arming replaces what was armed", () => {
      const former = vi.fn();
      timer.arm(1000, former);
      timer.arm(2000, ring);
      vi.advanceTimersByTime(3000);
      expect(former).not.toHaveBeenCalled();
      expect(ring).toHaveBeenCalledOnce();
    });

    it("disarmed it does not ring, also in the second stretch of a long wait", () => {
      timer.arm(60 * DAY, ring);
      vi.advanceTimersByTime(30 * DAY);
      timer.disarm();
      vi.advanceTimersByTime(60 * DAY);
      expect(ring).not.toHaveBeenCalled();
    });

    it("may be armed again while it rings", () => {
      timer.arm(10, () => timer.arm(10, ring));
      vi.advanceTimersByTime(20);
      expect(ring).toHaveBeenCalledOnce();
    });
  });
}
