import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Policy, RateLimiter } from "../../emulator/ports/rate-limiter.ts";
import { runs } from "../support/depth.ts";
import { NaiveLimiter } from "./naive-limiter.ts";

export type CreateLimiter = (policies: readonly Policy[], meterAll: boolean) => RateLimiter;

const SECOND: Policy = { name: "second", q: 3, w: 1 };
const HOUR: Policy = { name: "hour", q: 8, w: 5 };
const POLICIES = [SECOND, HOUR];

/** Waits between requests, around the widths of the windows. */
const waits = fc.array(fc.oneof(fc.integer({ min: 0, max: 400 }), fc.constantFrom(0, 1, 999, 1000, 1001, 4999, 5000)), { maxLength: 60 });

/** What every adapter of the rate limiter port does (emulator/ports/rate-limiter.ts). */
export function shouldBehaveLikeRateLimiter(name: string, create: CreateLimiter): void {
  describe(`${name}: sliding windows`, () => {
    it("admit, refuse and count as the naive model does, to the millisecond", () => {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 1e9 }), waits, (start, steps) => {
          const limiter = create(POLICIES, true);
          const model = new NaiveLimiter(POLICIES);
          let now = start;
          for (const wait of steps) {
            now += wait;
            expect(limiter.peek("key", now)).toEqual(model.quotas(now));
            const verdict = limiter.take("key", now);
            expect(verdict?.allowed).toBe(model.take(now));
            expect(verdict?.quotas).toEqual(model.quotas(now));
            if (verdict?.allowed === false) expect(verdict.violated).toEqual(model.exhausted(now));
          }
        }),
        { numRuns: runs(300) },
      );
    });

    it("Retry-After is honest: admitted after it, and not a millisecond before the instant that matters", () => {
      fc.assert(
        fc.property(waits, (steps) => {
          const limiter = create(POLICIES, true);
          const model = new NaiveLimiter(POLICIES);
          let now = 0;
          for (const wait of steps) {
            now += wait;
            const verdict = limiter.take("key", now);
            model.take(now);
            if (verdict?.allowed !== false) continue;
            const { retryAfter } = verdict;
            const needed = model.nextAdmission(now);
            expect(Number.isInteger(retryAfter)).toBe(true);
            expect(retryAfter).toBe(Math.ceil((needed - now) / 1000));
            const kept = limiter.capture();
            expect(limiter.take("key", needed - 1)?.allowed).toBe(false);
            expect(limiter.take("key", needed)?.allowed).toBe(true);
            limiter.restore(kept);
            expect(limiter.take("key", now + retryAfter * 1000)?.allowed).toBe(true);
            limiter.restore(kept);
          }
        }),
        { numRuns: runs(200) },
      );
    });

    it("keys do not share", () => {
      const limiter = create([{ ...SECOND, q: 1 }], true);
      expect(limiter.take("a", 0)?.allowed).toBe(true);
      expect(limiter.take("b", 0)?.allowed).toBe(true);
      expect(limiter.take("a", 0)?.allowed).toBe(false);
    });

    it("a refused request does not count against either policy", () => {
      const limiter = create(POLICIES, true);
      for (let i = 0; i < 10; i++) limiter.take("key", 0);
      expect(limiter.peek("key", 0)).toEqual([
        { policy: SECOND, r: 0, t: 1 },
        { policy: HOUR, r: 5, t: 5 },
      ]);
    });

    it("both policies violated: both are named, and the longer wait counts", () => {
      const limiter = create(POLICIES, true);
      for (const now of [0, 0, 0, 1000, 1000, 2000, 2000, 2000]) limiter.take("key", now);
      expect(limiter.take("key", 2000)).toMatchObject({ allowed: false, violated: POLICIES, retryAfter: 3 });
    });

    it("fractions of a millisecond do not cut a wait short", () => {
      const limiter = create([{ ...SECOND, q: 1 }], true);
      limiter.take("key", 0.75);
      expect(limiter.take("key", 1000.5)?.allowed).toBe(false);
      expect(limiter.take("key", 1000.75)?.allowed).toBe(true);
    });
  });

  describe(`${name}: quotas set by hand`, () => {
    const quotasOf = (limiter: RateLimiter, now: number) => limiter.peek("key", now)?.map(({ r }) => r) ?? null;

    it.each([
      ["fewer", 1],
      ["none", 0],
      ["more", 3],
    ])("%s than there are: exactly so many are admitted", (_, remaining) => {
      const limiter = create(POLICIES, true);
      limiter.take("key", 0);
      limiter.set("key", { second: { remaining } }, 500);
      expect(quotasOf(limiter, 500)).toEqual([remaining, 7]);
      for (let i = 0; i < remaining; i++) expect(limiter.take("key", 500)?.allowed).toBe(true);
      expect(limiter.take("key", 500)?.allowed).toBe(false);
    });

    it("set quotas recover as others do", () => {
      const limiter = create(POLICIES, true);
      limiter.set("key", { second: { remaining: 0 } }, 500);
      expect(limiter.take("key", 500)).toMatchObject({ allowed: false, retryAfter: 1 });
      expect(limiter.take("key", 1500)?.allowed).toBe(true);
    });

    it("with limits off only a key with a set quota is metered", () => {
      const limiter = create(POLICIES, false);
      expect(limiter.take("key", 0)).toBeNull();
      expect(limiter.peek("key", 0)).toBeNull();
      limiter.set("key", { second: { remaining: 1 } }, 0);
      expect(limiter.take("key", 0)?.allowed).toBe(true);
      expect(limiter.take("key", 0)?.allowed).toBe(false);
      expect(limiter.take("other", 0)).toBeNull();
    });

    it("clear forgets all", () => {
      const limiter = create(POLICIES, false);
      limiter.set("key", { second: { remaining: 0 } }, 0);
      limiter.clear();
      expect(limiter.take("key", 0)).toBeNull();
    });

    it("captured state is a copy, restores any number of times, and undefined means none", () => {
      const limiter = create(POLICIES, true);
      limiter.take("key", 0);
      const captured = limiter.capture();
      for (let round = 0; round < 2; round++) {
        limiter.take("key", 0);
        limiter.take("key", 0);
        expect(quotasOf(limiter, 0)).toEqual([0, 5]);
        limiter.restore(captured);
        expect(quotasOf(limiter, 0)).toEqual([2, 7]);
      }
      limiter.restore(undefined);
      expect(quotasOf(limiter, 0)).toEqual([3, 8]);
    });
  });
}
