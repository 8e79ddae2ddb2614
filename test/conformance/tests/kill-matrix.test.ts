import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { MUTANTS } from "../mutants/broken/index.ts";
import { killMatrix } from "../mutants/matrix.ts";
import { TASKS } from "../mutants/tasks.ts";
import { GROUPS } from "../requirements/index.ts";

it("there is a mutant for every group of requirements", () => {
  const isOf = (name: string) => MUTANTS.some(({ kills }) => kills[0]?.startsWith(`${name}-`));
  expect(GROUPS.map(({ name }) => name).filter((name) => !isOf(name))).toEqual([]);
});

it("KILL-MATRIX.md is of these requirements, mutants and variants, all of them as they should be (npm run self-test writes it)", () => {
  const committed = readFileSync(new URL("../KILL-MATRIX.md", import.meta.url), "utf8");
  const kills = (id: string) => MUTANTS.find((mutant) => mutant.id === id)?.kills ?? [];
  const good = TASKS.map((id) => ({ id, killedBy: kills(id), survived: [], unexpected: [], ms: 0 }));
  expect(committed.split("\n")).toEqual(killMatrix(good).split("\n"));
});
