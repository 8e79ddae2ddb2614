import type { Check } from "./check.ts";
import type { Exchange } from "./exchange.ts";
import type { Evidence } from "./outcomes.ts";

export type Status =
  | "pass"
  | "fail"
  /** A SHOULD that does not hold. */
  | "warn"
  | "not_applicable"
  /** Selected, and the target or its declaration does not let us look. */
  | "untestable"
  | "not_selected"
  | "setup_fail"
  | "dependency_fail"
  | "inconclusive"
  /** The kit's own fault. */
  | "harness_error"
  /** Fails, and the baseline says so. */
  | "xfail"
  /** Passes, and the baseline says it fails: a stale entry. */
  | "xpass";

/** What one check said. */
export interface CheckResult {
  readonly check: Check;
  readonly status: Status;
  /** Why, as a sentence; empty for a pass. */
  readonly reason: string;
  readonly evidence?: Evidence;
  /** The last exchanges of the check, for the report. */
  readonly exchanges: readonly Exchange[];
  readonly requests: number;
  readonly ms: number;
  readonly stack?: string;
}

/** Statuses that leave a requirement unjudged although it was selected. */
export const UNJUDGED: readonly Status[] = ["untestable", "inconclusive", "setup_fail", "dependency_fail"];
