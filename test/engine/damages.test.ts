/**
 * Data folders of every age, damaged in every way: a start opens the same state, or says what is wrong. `DAMAGE_COUNT=2000` tries more
 * of them than the first tier does, `DAMAGE_SEED` others (the same number makes the same damages).
 */
import { randomInt } from "node:crypto";
import { expect, it } from "vitest";
import { setting } from "../support/depth.ts";
import { damages } from "./damages/damages.ts";

const COUNT = setting("DAMAGE_COUNT", { short: 40, deep: 2000 });
const SEED = setting("DAMAGE_SEED", { short: 1, deep: randomInt(2 ** 31) });

it("no damage is silent", { timeout: 60_000 + COUNT * 2000 }, async () => {
  const { silent, ...tally } = await damages({ seed: SEED, count: COUNT });
  const counts = Object.entries(tally).map(([what, count]) => `${what} ${count}`);
  process.stdout.write(`damages: ${counts.join(", ")}, DAMAGE_SEED=${SEED}\n`);
  expect(silent).toEqual([]);
  expect(tally.refused).toBeGreaterThan(COUNT / 2);
});
