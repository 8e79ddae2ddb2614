import type { Check } from "./check.ts";
import type { Profile } from "./options.ts";
import { type CheckResult, UNJUDGED } from "./outcome.ts";
import type { Run } from "./runner.ts";

/** The requirement set that this kit judges by. */
export const SET_VERSION = "v1.2026-11-24";

const SCORED: Readonly<Record<Profile, string>> = { published: "PR", contract: "PRO", full: "PROK" };

export interface Verdict {
  readonly word: "CONFORMANT" | "NOT CONFORMANT" | "INCONCLUSIVE" | "NOT JUDGED";
  readonly exitCode: 0 | 1 | 3 | 4 | 5 | 130;
  /** The whole sentence for the last line of the console. */
  readonly line: string;
  readonly counts: Counts;
}

export interface Counts {
  /** Scored MUSTs: those that hold, were selected, and exist. */
  readonly must: { readonly held: number; readonly selected: number; readonly all: number };
  readonly should: { readonly held: number; readonly selected: number };
  readonly notApplicable: number;
  readonly known: number;
}

/** Whether a requirement gates under a profile. A SHOULD gates only when the run is strict. */
export function isScored({ level, provenance }: Check, profile: Profile, strict: boolean): boolean {
  return SCORED[profile].includes(provenance) && (level === "MUST" || (strict && level === "SHOULD"));
}

/** What a run says of its target under a profile (by default the run's own). */
export function verdictOf(run: Run, profile: Profile = run.settings.profile): Verdict {
  const { strict, mode } = run.settings;
  const scored = run.results.filter(
    ({ check, evidence }) => isScored(check, profile, strict) || (SCORED[profile].includes(check.provenance) && evidence?.mandatory),
  );
  const selected = scored.filter(({ status }) => status !== "not_selected");
  const judgable = selected.filter(({ status }) => status !== "not_applicable");
  const counts: Counts = {
    must: { held: judgable.filter(isHeld).length, selected: judgable.length, all: scored.length },
    should: {
      held: shoulds(run).filter(isHeld).length,
      selected: shoulds(run).length,
    },
    notApplicable: run.results.filter(({ status }) => status === "not_applicable").length,
    known: run.results.filter(({ status }) => status === "xfail").length,
  };
  const exitCode = exitOf(run, judgable);
  const isKnownBroken = selected.some(({ status }) => status === "xfail");
  const word =
    exitCode === 0 && !isKnownBroken
      ? "CONFORMANT"
      : exitCode === 0 || exitCode === 1
        ? "NOT CONFORMANT"
        : exitCode === 4
          ? "INCONCLUSIVE"
          : "NOT JUDGED";
  const { must, should } = counts;
  const line =
    `${word} ${SET_VERSION} (${mode}, ${profile}) ${must.held}/${must.selected} selected of ${must.all} MUST · ${should.held}/${should.selected} SHOULD · ` +
    `${counts.notApplicable} n/a · ${counts.known} known · seed ${run.settings.seed} · ${run.requests} requests · ${run.leftovers.length} leftovers`;
  return { word, exitCode, line, counts };
}

/** 130 interrupted, 5 our fault, 3 nothing to judge, 1 a failure or a stale baseline, 4 a MUST that could not be judged, 0. */
function exitOf(run: Run, judgable: readonly CheckResult[]): Verdict["exitCode"] {
  if (run.aborted === "interrupted") return 130;
  if (run.results.some(({ status }) => status === "harness_error")) return 5;
  if (run.aborted) return 3;
  if (judgable.some(({ status }) => status === "fail" || status === "warn")) return 1;
  if (run.results.some(({ status }) => status === "xpass")) return 1;
  if (judgable.some(({ status }) => UNJUDGED.includes(status))) return 4;
  // Nothing that gates was judged: a green answer would say nothing.
  return judgable.length === 0 ? 3 : 0;
}

function shoulds(run: Run): CheckResult[] {
  return run.results.filter(({ check, status }) => check.level === "SHOULD" && !["not_selected", "not_applicable"].includes(status));
}

function isHeld({ status }: CheckResult): boolean {
  return status === "pass" || status === "xpass";
}
