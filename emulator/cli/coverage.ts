import type { Coverage, Share } from "../control/coverage.ts";
import type { ControlClient } from "./client.ts";
import { ControlError } from "./control-error.ts";
import { UsageError } from "./usage-error.ts";

interface CoverageFlags {
  readonly failUnder?: string;
  readonly format: string;
}

/** Throws UsageError, and ControlError when it is under the percentage that was asked for. */
export async function showCoverage(client: ControlClient, flags: CoverageFlags, print: (text: string) => void): Promise<void> {
  const least = flags.failUnder === undefined ? 0 : percentOf(flags.failUnder);
  const coverage = await client.call<Coverage>("GET", "/coverage");
  print(flags.format === "json" ? JSON.stringify(coverage, null, 2) : report(coverage));
  if (coverage.percent < least) throw new ControlError(`the client has met ${coverage.percent} % of the API, less than ${least} %`, null);
}

function percentOf(text: string): number {
  const percent = Number(text);
  if (text.trim() !== "" && percent >= 0 && percent <= 100) return percent;
  throw new UsageError(`--fail-under ${text}: give a percentage from 0 to 100`);
}

/** What was never met, by kind, and the shares. */
function report({ percent, operations, error_codes, event_types, by_operation, by_event_type }: Coverage): string {
  const called = by_operation.filter(({ calls }) => calls > 0);
  return [
    "Operations that never succeeded:",
    ...list(
      by_operation
        .filter(({ succeeded }) => succeeded === 0)
        .map((each) => `${each.operation_id}  ${each.method} /v1${each.path}${each.calls > 0 ? `  (called ${each.calls} times)` : ""}`),
    ),
    "Error codes never met, of operations that were called:",
    ...list(
      called.filter(({ codes_missed }) => codes_missed.length > 0).map((each) => `${each.operation_id}  ${each.codes_missed.join(" ")}`),
    ),
    "Event types never emitted:",
    ...list(by_event_type.filter(({ emitted }) => !emitted).map(({ type }) => type)),
    "Called without an Idempotency-Key ever:",
    ...list(called.filter(({ idempotency_keys }) => idempotency_keys === 0).map(({ operation_id }) => operation_id)),
    `Operations   ${written(operations)}`,
    `Error codes  ${written(error_codes)}`,
    `Event types  ${written(event_types)}`,
    `Coverage     ${percent} %  (the mean of the three)`,
  ].join("\n");
}

function list(lines: readonly string[]): string[] {
  return [...(lines.length > 0 ? lines.map((line) => `  ${line}`) : ["  none"]), ""];
}

function written({ met, of, percent }: Share): string {
  return `${String(met).padStart(4)} of ${String(of).padStart(4)}  ${percent} %`;
}
