import { against } from "./baseline.ts";
import type { Check } from "./check.ts";
import type { Leftover } from "./cleanup.ts";
import { type RunOptions, type Settings, settle } from "./options.ts";
import type { CheckResult, Status } from "./outcome.ts";
import { Failed, Inconclusive, Interrupted, NoAnswer, NotApplicable, SetupFailed, TargetUnusable, Untestable } from "./outcomes.ts";
import { preflight } from "./preflight.ts";
import { type Facts, probeOf } from "./probe.ts";
import { inOrder, neededBy, refuseEmpty, select } from "./selection.ts";
import { Session } from "./session.ts";
import { openTarget } from "./target.ts";

/** All that a run has found, as reports and verdict need it. */
export interface Run {
  readonly settings: Settings;
  readonly baseUrl: string;
  readonly runId: string;
  readonly facts: Facts | null;
  readonly results: readonly CheckResult[];
  readonly requests: number;
  readonly leftovers: readonly Leftover[];
  readonly started: number;
  readonly ended: number;
  /** Why the run ended before its last check. */
  readonly aborted: "interrupted" | { readonly unusable: string } | null;
  /** Every key that was used: what no report may contain. */
  readonly secrets: readonly string[];
}

/** Judges a target by a list of checks. Throws UsageError; everything else is in what it returns. */
export async function runChecks(checks: readonly Check[], options: RunOptions): Promise<Run> {
  const settings = settle(options);
  const target = await openTarget(settings.target);
  const session = new Session(settings, target);
  const started = Date.now();
  let facts: Facts | null = null;
  let aborted: Run["aborted"] = null;
  const results: CheckResult[] = [];
  const report = (result: CheckResult) => {
    const judged = against(settings.baseline, result, new Date().toISOString().slice(0, 10));
    results.push(judged);
    settings.onResult?.(judged);
  };
  let order: readonly Check[] = [];
  try {
    const asked = select(checks, settings, null);
    refuseEmpty(asked, null);
    facts = await preflight(session, neededBy(asked.chosen));
    const selection = select(checks, settings, facts);
    refuseEmpty(selection, facts);
    for (const { check, reason } of selection.left) report(withoutRun(check, "not_selected", reason));
    order = inOrder(selection.chosen);
    for (const check of order) {
      const broken = (check.after ?? []).filter((id) => results.some((result) => result.check.id === id && isBroken(result.status)));
      if (broken.length > 0) report(withoutRun(check, "dependency_fail", `${broken.join(", ")} does not hold, and this builds on it`));
      else report(await judge(check, session, facts));
    }
  } catch (error) {
    aborted = endOf(error as Error);
    const told = new Set(results.map(({ check }) => check.id));
    for (const check of order.filter(({ id }) => !told.has(id))) report(withoutRun(check, "untestable", "the run ended before it"));
  }
  session.cleaning();
  const leftovers = await session.cleanup.run();
  await session.close();
  await target.close();
  return {
    settings,
    baseUrl: target.baseUrl,
    runId: session.runId,
    facts,
    results: inListOrder(results, checks),
    requests: session.log.length,
    leftovers,
    started,
    ended: Date.now(),
    aborted,
    secrets: [...session.secrets],
  };
}

/** Runs one check. Throws Interrupted and TargetUnusable, which end the run. */
export async function judge(check: Check, session: Session, facts: Facts): Promise<CheckResult> {
  const begun = performance.now();
  const first = session.log.length;
  const probe = probeOf(check, session, facts);
  const told = (status: Status, reason: string, more: Partial<CheckResult> = {}): CheckResult => {
    const exchanges = session.log.slice(first).filter((exchange) => exchange.check === check.id);
    return {
      check,
      status,
      reason,
      exchanges: exchanges.slice(-6),
      requests: exchanges.filter(({ again }) => !again).length,
      ms: Math.round(performance.now() - begun),
      ...more,
    };
  };
  try {
    await probe.relieve();
    await check.run(probe);
    if (probe.expect.count === 0) return told("harness_error", "the check asserted nothing: that is no pass");
    return told("pass", "");
  } catch (error) {
    if (error instanceof Interrupted || error instanceof TargetUnusable) throw error;
    if (error instanceof Failed) {
      const status = check.level === "MUST" || error.evidence.mandatory ? "fail" : "warn";
      return told(status, error.message, { evidence: error.evidence });
    }
    if (error instanceof NoAnswer) return await unanswered(error);
    if (error instanceof NotApplicable) return told("not_applicable", error.message);
    if (error instanceof Untestable) return told("untestable", error.message);
    if (error instanceof Inconclusive) return told("inconclusive", error.message);
    if (error instanceof SetupFailed) return told("setup_fail", error.message, { evidence: { exchange: error.exchange } });
    return told("harness_error", (error as Error).message, { stack: String((error as Error).stack) });
  }

  /** One connection broken is the implementation's failure; a target that is gone is not. */
  async function unanswered(error: NoAnswer): Promise<CheckResult> {
    if (session.settings.signal.aborted) throw new Interrupted("interrupted");
    for (let attempt = 1; ; attempt++) {
      try {
        await probe.call("getCurrentApiKey", { fresh: true });
        return told(check.level === "MUST" ? "fail" : "warn", error.message, {
          evidence: { actual: "no answer", expected: "an HTTP answer" },
        });
      } catch (again) {
        if (!(again instanceof NoAnswer)) return told("inconclusive", error.message);
        if (attempt === 3) throw new TargetUnusable(`the target has gone while ${check.id} ran: ${error.message}`);
        await session.time.pause(300);
      }
    }
  }
}

function inListOrder(results: readonly CheckResult[], checks: readonly Check[]): CheckResult[] {
  return results.toSorted((a, b) => checks.indexOf(a.check) - checks.indexOf(b.check));
}

function withoutRun(check: Check, status: Status, reason: string): CheckResult {
  return { check, status, reason, exchanges: [], requests: 0, ms: 0 };
}

function isBroken(status: Status): boolean {
  return ["fail", "warn", "setup_fail", "dependency_fail", "harness_error", "xfail"].includes(status);
}

function endOf(error: Error): Run["aborted"] {
  if (error instanceof Interrupted) return "interrupted";
  if (error instanceof TargetUnusable) return { unusable: error.message };
  throw error;
}
