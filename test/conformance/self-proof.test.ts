import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MUTANTS } from "./mutants/broken/index.ts";
import { FACADES } from "./mutants/facades.ts";
import { CONDITIONS } from "./mutants/harness.ts";
import { killMatrix } from "./mutants/matrix.ts";
import { MINIMAL } from "./mutants/minimal/mutants.ts";
import { Bench, TASKS } from "./mutants/tasks.ts";
import { GROUPS } from "./requirements/index.ts";

/**
 * A sample of `npm run self-test`: a mutant of each group, the variant that changes nothing, the second implementation,
 * every façade and every broken harness. And the committed matrix is of these requirements and mutants, with nothing unproven.
 */
describe("the kit proves itself", () => {
  let bench: Bench;
  beforeAll(() => {
    bench = new Bench();
  });
  afterAll(() => bench.close());

  const ofEachGroup = GROUPS.flatMap(({ name }) => MUTANTS.find(({ kills }) => kills[0]?.startsWith(`${name}-`)) ?? []);
  it("there is a mutant for every group", () => expect(ofEachGroup.length).toBe(GROUPS.length));

  const sample = [...ofEachGroup, { id: "V00" }, ...MINIMAL, ...FACADES, ...CONDITIONS].map(({ id }) => id);
  it.each(sample)("%s", { timeout: 180_000 }, async (id) => {
    const { survived, unexpected } = await bench.do(id);
    expect({ survived, unexpected }).toEqual({ survived: [], unexpected: [] });
  });
});

it("KILL-MATRIX.md is of these requirements, mutants and variants, all of them as they should be (npm run self-test writes it)", () => {
  const committed = readFileSync(new URL("KILL-MATRIX.md", import.meta.url), "utf8");
  const kills = (id: string) => MUTANTS.find((mutant) => mutant.id === id)?.kills ?? [];
  const good = TASKS.map((id) => ({ id, killedBy: kills(id), survived: [], unexpected: [], ms: 0 }));
  expect(committed.split("\n")).toEqual(killMatrix(good).split("\n"));
});
