import { describe, expect, it } from "vitest";
import { Governor } from "../kit/governor.ts";
import { bucket, fixed, type Limiter, sliding } from "../mutants/limiters.ts";

/** Time that passes as the test says: a request takes a few ms, `sleep` all that is asked for. */
function passing(moved: boolean) {
  let now = 17_300;
  return {
    moved,
    now: () => now,
    sleep: async (ms: number) => void (now += ms),
    takes: (ms: number) => void (now += ms),
  };
}

const ALGORITHMS: readonly [string, (q: number, ms: number) => Limiter][] = [
  ["sliding window", sliding],
  ["fixed windows", fixed],
  ["token bucket", bucket],
];

describe.each([true, false])("what a governor lets through (clock moved: %s)", (moved) => {
  it.each(ALGORITHMS)("no %s of ten a second refuses", async (_, algorithm) => {
    const time = passing(moved);
    const limiter = algorithm(10, 1000);
    const governor = new Governor(time, 8);
    // Singles and bursts in every order, also two bursts one after another.
    for (const n of [1, 1, 1, 10, 1, 10, 10, ...Array(30).fill(1), 4, 1, 1, 10, ...Array(9).fill(1), 7, 7, 1]) {
      if (n === 1) await governor.turn();
      else await governor.together(n);
      for (let i = 0; i < n; i++) expect(limiter.take(time.now()), `at ${time.now()}`).toBe(true);
      time.takes(3);
    }
  });

  it("a hundred requests take no longer than the limit would let them", async () => {
    const time = passing(moved);
    const begun = time.now();
    const governor = new Governor(time, 8);
    for (let i = 0; i < 100; i++) {
      await governor.turn();
      time.takes(3);
    }
    expect(time.now() - begun).toBeLessThan(15_000);
  });
});

it("a slower pace than one a second is kept", async () => {
  for (const moved of [true, false]) {
    const time = passing(moved);
    const governor = new Governor(time, 0.5);
    for (let i = 0; i < 3; i++) await governor.turn();
    expect(time.now() - 17_300).toBeGreaterThanOrEqual(4000);
  }
});

it("without a limit nothing waits", async () => {
  const time = passing(true);
  const governor = new Governor(time, null);
  for (let i = 0; i < 50; i++) await governor.turn();
  await governor.together(50);
  expect(time.now()).toBe(17_300);
});
