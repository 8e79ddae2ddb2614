/** percent = ⌊100 × mean(current / target)⌋, exactly. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { percentOf, reached } from "../../emulator/model/progress.ts";

const MOST = 2 ** 31 - 1;
/** Of `[current, target]` pairs. */
const percent = (...pairs: readonly (readonly [number, number])[]) =>
  percentOf(pairs.map(([current, target], at) => reached(String(at), current, target)));

it.each<[number, (readonly [number, number])[]]>([
  [0, [[0, 1]]],
  [33, [[1, 3]]],
  [66, [[2, 3]]],
  [100, [[3, 3]]],
  // Floating point makes 28.999999999999996 of the first of these.
  [29, [[29, 100]]],
  [57, [[57, 100]]],
  [58, [[58, 100]]],
  [
    33,
    [
      [1, 3],
      [1, 3],
      [1, 3],
    ],
  ],
  [
    50,
    [
      [1, 2],
      [1, 3],
      [2, 3],
    ],
  ],
  [
    50,
    [
      [0, 1],
      [1, 1],
    ],
  ],
  [
    30,
    [
      [1, 10],
      [2, 10],
      [6, 10],
    ],
  ],
  [99, [[MOST - 1, MOST]]],
  [
    99,
    [
      [1, 1],
      [MOST - 1, MOST],
    ],
  ],
  [
    0,
    [
      [1, MOST],
      [0, MOST],
    ],
  ],
])("%i %% of %j", (expected, pairs) => {
  expect(percent(...pairs)).toBe(expected);
});

it("twenty targets of any size: 100 is everything and nothing else; another order is the same", () => {
  const target = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: MOST - 9, max: MOST }), fc.integer({ min: 1, max: MOST }));
  const pair = target.chain((most) => fc.tuple(fc.oneof(fc.constant(most), fc.integer({ min: 0, max: most })), fc.constant(most)));
  fc.assert(
    fc.property(fc.array(pair, { minLength: 1, maxLength: 20 }), (pairs) => {
      const found = percent(...pairs);
      expect(found === 100).toBe(pairs.every(([current, most]) => current === most));
      expect(found).toBe(percent(...[...pairs].reverse()));
      expect(found).toBeGreaterThanOrEqual(Math.floor(Math.min(...pairs.map(([current, most]) => (100 * current) / most)) - 1e-6));
      // Within rounding it is what floating point says.
      const roughly = (100 * pairs.reduce((sum, [current, most]) => sum + current / most, 0)) / pairs.length;
      expect(roughly - found).toBeGreaterThan(-1e-6);
      expect(roughly - found).toBeLessThan(1 + 1e-6);
    }),
    { numRuns: 1000, seed: 3 },
  );
});
