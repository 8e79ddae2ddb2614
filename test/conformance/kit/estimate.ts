import type { Check } from "./check.ts";
import type { ApiDocument } from "./document.ts";
import type { CheckResult } from "./outcome.ts";

/** The most requests of the survey (survey.ts). */
export const SURVEY_REQUESTS = 60;
/** Keys that are made for a run (one more after each 450 requests), and the user that reads share. */
export const SHARED_REQUESTS = 12;
/** Preflight: who answers, its webhooks, its limits, its idempotency keys. */
export const PREFLIGHT_REQUESTS = 6;

export interface Estimate {
  readonly paced: number;
  readonly bursts: number;
}

/** What a selection will send at most: paced ones count against the budget, bursts are on the rate key. */
export function estimate(checks: readonly Check[], document: ApiDocument, mayBurst = false): Estimate {
  const sum = (list: readonly Check[]) => list.reduce((total, { requests }) => total + requests, 0);
  const survey = checks.some(({ judgesTraffic }) => judgesTraffic) ? SURVEY_REQUESTS : 0;
  const sweep = checks.some(({ sweeps }) => sweeps) ? document.operations.filter(({ secured }) => secured).length : 0;
  return {
    paced: sum(checks.filter(({ mode }) => mode[0] !== "q")) + survey + sweep + SHARED_REQUESTS + PREFLIGHT_REQUESTS,
    bursts:
      sum(checks.filter(({ mode }) => mode[0] === "q")) + checks.reduce((total, { bursts = 0 }) => total + (mayBurst ? bursts : 0), 0),
  };
}

/** Checks that sent more than they say, by the run's own count: `HTTP-06 sent 14, not at most 12`. */
export function tooLow(results: readonly Pick<CheckResult, "check" | "requests">[]): readonly string[] {
  return results.flatMap(({ check: { id, requests: own, bursts = 0 }, requests }) =>
    requests > own + bursts ? [`${id} sent ${requests}, not at most ${own + bursts}`] : [],
  );
}
