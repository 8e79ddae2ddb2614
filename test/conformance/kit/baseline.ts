import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import type { CheckResult } from "./outcome.ts";
import { UsageError } from "./outcomes.ts";

/** Known failures. They do not fail the run; an entry that no longer fails does, so that the file stays true. */
export interface BaselineEntry {
  readonly id: string;
  readonly reason: string;
  /** Date from which the entry no longer excuses, `2027-01-31`. */
  readonly expires?: string;
}
export type Baseline = readonly BaselineEntry[];

export const NO_BASELINE: Baseline = [];

/** Throws UsageError: an entry without a reason, an unknown id, two entries of one id. */
export function readBaseline(file: string, ids: readonly string[]): Baseline {
  let content: unknown;
  try {
    content = parse(readFileSync(file, "utf8")) ?? [];
  } catch (error) {
    throw new UsageError(`--baseline: ${file} cannot be read: ${(error as Error).message}`);
  }
  if (!Array.isArray(content)) throw new UsageError(`--baseline: ${file} is a list of {id, reason, expires?}`);
  const entries = content.map((each) => readEntry((each ?? {}) as Record<string, unknown>, ids));
  const twice = entries.find(({ id }, at) => entries.findIndex((other) => other.id === id) !== at);
  if (twice) throw new UsageError(`--baseline: ${twice.id} stands there twice`);
  return entries;
}

/** What a baseline makes of a result. `today`: `2026-11-24`. */
export function against(baseline: Baseline, result: CheckResult, today: string): CheckResult {
  const entry = baseline.find(({ id }) => id === result.check.id);
  if (!entry) return result;
  const expired = entry.expires !== undefined && entry.expires <= today;
  if (result.status === "fail" || result.status === "warn") {
    if (expired) return { ...result, reason: `${result.reason} (its baseline entry expired on ${entry.expires})` };
    return { ...result, status: "xfail", reason: `known: ${entry.reason} — ${result.reason}` };
  }
  if (result.status === "pass") {
    return { ...result, status: "xpass", reason: `passes although the baseline says “${entry.reason}”: take the entry out` };
  }
  return result;
}

/** Writes the present failures; reasons of entries that stay are kept, new ones have to be filled in by a person. */
export function updateBaseline(file: string, results: readonly CheckResult[], ids: readonly string[]): number {
  const before = existsSync(file) ? readBaseline(file, ids) : NO_BASELINE;
  const failing = results.filter(({ status }) => ["fail", "warn", "xfail"].includes(status)).map(({ check }) => check.id);
  const entries = failing.map((id) => before.find((entry) => entry.id === id) ?? { id, reason: `TODO: say why ${id} may fail for now` });
  writeFileSync(file, entries.length === 0 ? "[]\n" : stringify(entries));
  return entries.length;
}

function readEntry({ id, reason, expires, ...rest }: Record<string, unknown>, ids: readonly string[]): BaselineEntry {
  const [unknown] = Object.keys(rest);
  if (unknown) throw new UsageError(`--baseline: ${unknown} is not known; an entry is {id, reason, expires?}`);
  if (!ids.includes(String(id))) throw new UsageError(`--baseline: ${id} is no requirement`);
  if (typeof reason !== "string" || reason.trim() === "") throw new UsageError(`--baseline: ${id} needs a reason`);
  if (expires !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(String(expires))) {
    throw new UsageError(`--baseline: ${id}: expires is a date such as "2027-01-31", in quotes`);
  }
  return { id: String(id), reason, ...(expires === undefined ? {} : { expires: String(expires) }) };
}
