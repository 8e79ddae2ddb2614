/** `getsmart-sandbox/conformance`: judge an implementation from code, or as tests of your runner. */
import { CHECKS } from "../requirements/index.ts";
import type { RunOptions } from "./options.ts";
import { type Run, runChecks } from "./runner.ts";

export type { Check, Level, Mode, Provenance } from "./check.ts";
export type { RunOptions } from "./options.ts";
export type { CheckResult, Status } from "./outcome.ts";
export { UsageError } from "./outcomes.ts";
export { consoleReport } from "./reports/console.ts";
export { reportOf } from "./reports/report.ts";
export type { Run } from "./runner.ts";
export { conformanceSuite, type Started, type SuiteOptions } from "./suite.ts";
export { type Verdict, verdictOf } from "./verdict.ts";
export { CHECKS };

/** Judges a target by all requirements. Throws UsageError for options that cannot be used. */
export function runConformance(options: RunOptions): Promise<Run> {
  return runChecks(CHECKS, options);
}
