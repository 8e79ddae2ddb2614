import type { Profile } from "../options.ts";
import type { CheckResult, Status } from "../outcome.ts";
import { VERSION } from "../package-root.ts";
import { redactor, type ShownExchange, shown } from "../redact.ts";
import type { Run } from "../runner.ts";
import { isScored, SET_VERSION, type Verdict, verdictOf } from "../verdict.ts";

/** One requirement, ready to be shown: no secrets, texts only. */
export interface ReportedCheck {
  readonly id: string;
  readonly group: string;
  readonly level: string;
  readonly provenance: string;
  readonly mode: string;
  readonly requirement: string;
  readonly status: Status;
  readonly scored: boolean;
  readonly reason: string;
  readonly hint: string;
  readonly pointer: string | null;
  readonly expected: string | null;
  readonly actual: string | null;
  /** The exchange that shows the failure. */
  readonly exchange: ShownExchange | null;
  /** What the check did before it. */
  readonly before: readonly ShownExchange[];
  readonly requests: number;
  readonly ms: number;
  readonly stack: string | null;
}

/** What every report is made of. */
export interface Report {
  readonly tool: { readonly name: string; readonly version: string };
  readonly set: string;
  readonly document: { readonly version: string; readonly sha256: string };
  readonly verdict: Verdict;
  readonly verdicts: Readonly<Record<Profile, string>>;
  readonly baseUrl: string;
  readonly implementation: Readonly<Record<string, string | undefined>>;
  readonly mode: string;
  readonly profile: string;
  readonly seed: string;
  readonly runId: string;
  readonly capabilities: unknown;
  readonly notes: readonly string[];
  readonly aborted: string | null;
  readonly checks: readonly ReportedCheck[];
  readonly leftovers: readonly { readonly what: string; readonly reason: string }[];
  readonly requests: number;
  readonly started: number;
  readonly ended: number;
  /** The command that repeats the run. */
  readonly reproduce: string;
}

/** A reason's sentence, and what stands below it: commands, a line each. */
export function partsOf(reason: string): { readonly sentence: string; readonly commands: string } {
  const [sentence = "", ...lines] = reason.split("\n");
  return { sentence, commands: lines.map((line) => line.trim()).join("\n") };
}

export function reportOf(run: Run): Report {
  const redact = redactor(run.secrets);
  const { settings, facts } = run;
  const verdict = verdictOf(run);
  return {
    tool: { name: "getsmart-sandbox conformance", version: VERSION },
    set: SET_VERSION,
    document: { version: settings.document.version, sha256: settings.document.hash },
    verdict,
    verdicts: {
      published: verdictOf(run, "published").word,
      contract: verdictOf(run, "contract").word,
      full: verdictOf(run, "full").word,
    },
    baseUrl: run.baseUrl,
    implementation: facts?.capabilities.implementation ?? {},
    mode: settings.mode,
    profile: settings.profile,
    seed: settings.seed,
    runId: run.runId,
    capabilities: facts?.capabilities ?? null,
    notes: facts?.notes ?? [],
    aborted: run.aborted === null ? null : run.aborted === "interrupted" ? "interrupted" : redact(run.aborted.unusable),
    checks: run.results.map((result) => reported(result, run, redact)),
    leftovers: run.leftovers.map(({ what, reason }) => ({ what, reason: redact(reason) })),
    requests: run.requests,
    started: run.started,
    ended: run.ended,
    reproduce: reproduce(run),
  };
}

function reported(
  { check, status, reason, evidence, exchanges, requests, ms, stack }: CheckResult,
  run: Run,
  redact: (text: string) => string,
): ReportedCheck {
  const told = evidence?.exchange ?? (status === "fail" || status === "warn" ? exchanges.at(-1) : undefined);
  const isTold = !["pass", "not_selected", "not_applicable"].includes(status);
  return {
    id: check.id,
    group: check.id.split("-")[0] as string,
    level: evidence?.mandatory ? "MUST" : check.level,
    provenance: check.provenance,
    mode: check.mode,
    requirement: check.requirement,
    status,
    scored: isScored(check, run.settings.profile, run.settings.strict),
    reason: redact(reason),
    hint: check.hint,
    pointer: evidence?.pointer ?? null,
    expected: text(evidence?.expected, redact),
    actual: text(evidence?.actual, redact),
    exchange: told && isTold ? shown(told, redact) : null,
    before: isTold
      ? exchanges
          .filter((each) => each !== told)
          .slice(-3)
          .map((each) => shown(each, redact))
      : [],
    requests,
    ms,
    stack: stack === undefined ? null : redact(stack),
  };
}

function text(value: unknown, redact: (text: string) => string): string | null {
  if (value === undefined) return null;
  return redact(typeof value === "string" ? value : (JSON.stringify(value) ?? String(value)));
}

function reproduce({ settings, baseUrl }: Run): string {
  const { mode, profile, seed, only, skip, allow } = settings;
  const flags = [
    ["--mode", mode],
    ["--profile", profile],
    ["--seed", seed],
    ...(allow.length > 0 ? [["--allow", allow.join(",")]] : []),
    ...(only.length > 0 ? [["--only", `'${only.join(",")}'`]] : []),
    ...(skip.length > 0 ? [["--skip", `'${skip.join(",")}'`]] : []),
  ];
  return `npx getsmart-sandbox conformance --base-url ${baseUrl} --api-key env:KEY ${flags.map((flag) => flag.join(" ")).join(" ")}`;
}

/** Failures first that gate, then the other things that are not as they should be. */
export function problemsOf({ checks }: Report): readonly ReportedCheck[] {
  const rank = (check: ReportedCheck) =>
    ["harness_error", "fail", "xpass", "setup_fail", "dependency_fail", "untestable", "inconclusive", "warn", "xfail"].indexOf(
      check.status,
    ) + (check.scored ? 0 : 0.5);
  return checks.filter(({ status }) => !["pass", "not_selected", "not_applicable"].includes(status)).toSorted((a, b) => rank(a) - rank(b));
}
