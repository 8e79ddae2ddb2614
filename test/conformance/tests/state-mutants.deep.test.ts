/** STATE-01 notices each fault that only shows after several steps, whatever the seed. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stateMutants } from "../mutants/broken/state.ts";
import { Worlds } from "../mutants/world.ts";
import { CHECKS } from "../requirements/index.ts";

/** The budget ends in the middle of shrinking: what was found is told all the same, and sooner. */
const BUDGET = 200;

/** Faults of movements with ten seeds of ten; the others with two, as the self-test proves them with one more. */
const seedsFor = (id: string) => Array.from({ length: ["S01", "S05"].includes(id) ? 10 : 2 }, (_, seed) => `run ${seed}`);

describe("each stateful mutant is noticed, whatever the seed", () => {
  let worlds: Worlds;
  beforeAll(() => {
    worlds = new Worlds();
  });
  afterAll(() => worlds.close());
  const check = CHECKS.filter(({ id }) => id === "STATE-01");

  it("without a fault it holds", { timeout: 120_000 }, async () => {
    const run = await worlds.judge({ id: "V00", does: "nothing else" }, check);
    expect(run.results.map(({ status, reason }) => `${status}${reason}`)).toEqual(["pass"]);
  });

  it.each(stateMutants)("$id $breaks", { timeout: 600_000 }, async (mutant) => {
    for (const seed of seedsFor(mutant.id)) {
      const run = await worlds.judge({ ...mutant, options: { seed, budget: BUDGET } }, check);
      expect(
        run.results.map(({ status }) => status),
        seed,
      ).toEqual(["fail"]);
    }
  });
});
