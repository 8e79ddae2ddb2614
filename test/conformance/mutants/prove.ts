import type { Check } from "../kit/check.ts";
import type { CheckResult, Status } from "../kit/outcome.ts";
import type { Run } from "../kit/runner.ts";
import { CHECKS } from "../requirements/index.ts";
import type { Mutant } from "./mutant.ts";
import type { Worlds } from "./world.ts";

/** What became of one mutant. */
export interface Proof {
  readonly id: string;
  /** Requirements that noticed. */
  readonly killedBy: readonly string[];
  /** Those that should have, and did not, with what they said. */
  readonly survived: readonly string[];
  /** Others that are red: they look at what is not their matter, or `also` is incomplete. */
  readonly unexpected: readonly string[];
  readonly ms: number;
}

/** Cheap checks from each group that run against every mutant: what is broken elsewhere must leave them green. */
const SENTINELS = [
  "ENV-01",
  "ENV-06",
  "ENV-10",
  "HTTP-01",
  "HTTP-02",
  "SEC-03",
  "SEC-07",
  "AUTH-02",
  "AUTH-03",
  "AUTH-10",
  "VERS-02",
  "VERS-04",
  "USER-01",
  "USER-02",
  "USER-05",
  "TOKEN-01",
  "TOKEN-03",
  "TOKEN-05",
];
/** The same for what has to do with limits. */
const RATE_SENTINELS = ["RATE-01", "RATE-02", "RATE-03", "RATE-07", "RATE-09", "RATE-11"];

/** The checks that a mutant is put before. `all`: every one that its world allows. */
export function jury({ kills, also = [], world }: Mutant, all: boolean): readonly Check[] {
  const judgesRate = kills.some((id) => id.startsWith("RATE-"));
  const hasLimits = judgesRate || world === "limited";
  const wanted = new Set([...kills, ...also, ...SENTINELS, ...(judgesRate ? RATE_SENTINELS : [])]);
  return CHECKS.filter(({ id, mode }) => (mode[0] !== "q" || hasLimits) && (all || wanted.has(id)));
}

export async function prove(worlds: Worlds, mutant: Mutant, all: boolean): Promise<Proof> {
  const begun = performance.now();
  const run = await worlds.judge(mutant, jury(mutant, all));
  return { id: mutant.id, ...proofOf(run, mutant.kills, mutant.also ?? []), ms: Math.round(performance.now() - begun) };
}

/** What a run proves of a server that is wrong in one way. */
export function proofOf(run: Run, kills: readonly string[], also: readonly string[]): Omit<Proof, "id" | "ms"> {
  const red = run.results.filter(({ status }) => isRed(status)).map(({ check }) => check.id);
  const expected = [...kills, ...also];
  const survived = kills.filter((id) => !red.includes(id)).map((id) => `${id} ${saidOf(run.results, id)}`);
  if (run.aborted) survived.push(`the run ended early: ${JSON.stringify(run.aborted)}`);
  const unexpected = run.results
    .filter(({ check, status }) => !expected.includes(check.id) && !isQuiet(status))
    .map(({ check, status, reason }) => `${check.id} ${status}: ${reason}`);
  return { killedBy: red.filter((id) => expected.includes(id)), survived, unexpected };
}

/** Seen as wrong: what a reader of a report is told. */
export function isRed(status: Status): boolean {
  return status === "fail" || status === "warn";
}

/** What nobody has to look into. */
export function isQuiet(status: Status): boolean {
  return ["pass", "not_applicable", "not_selected", "dependency_fail"].includes(status);
}

function saidOf(results: readonly CheckResult[], id: string): string {
  const result = results.find(({ check }) => check.id === id);
  return result ? `${result.status} ${result.reason}` : "did not run";
}
