import { CHECKS } from "../../requirements/index.ts";
import { updateBaseline } from "../baseline.ts";
import { estimate } from "../estimate.ts";
import { type RunOptions, settle } from "../options.ts";
import { UsageError } from "../outcomes.ts";
import { printable } from "../printable.ts";
import { consoleReport, MARKS } from "../reports/console.ts";
import { reportOf } from "../reports/report.ts";
import { readReports, writeReports } from "../reports/write.ts";
import { runChecks } from "../runner.ts";
import { refuseEmpty, select } from "../selection.ts";
import { verdictOf } from "../verdict.ts";
import { type Flags, IDS, readFlags } from "./flags.ts";

export interface RunFlags extends Flags {
  readonly report?: string;
  readonly dryRun?: boolean;
  readonly verbose?: boolean;
  readonly color?: boolean;
}

/** Runs the checks and tells what they found; `note` is told what goes on beside it. Returns the exit code. */
export async function run(
  flags: RunFlags,
  tell: (text: string) => void = (text) => void process.stdout.write(text),
  note: (line: string) => void = console.error,
): Promise<number> {
  if (flags.baselineUpdate && !flags.baseline) throw new UsageError("--baseline-update needs --baseline FILE");
  const options = await readFlags(flags);
  const reports = flags.report === undefined ? [] : readReports(flags.report);
  if (flags.dryRun) return dryRun(options);

  const stop = interruption();
  const result = await runChecks(CHECKS, {
    ...options,
    signal: stop.signal,
    onBegin: (runId) => note(`Run ${runId}. Should it be killed: getsmart-sandbox conformance cleanup --run-id ${runId}`),
    onResult: ({ check, status, reason }) => {
      if (flags.verbose) note(printable(`${MARKS[status][0]} ${check.id} ${reason}`));
    },
  });
  stop.done();
  writeReports(result, reports);
  const colour = (flags.color ?? true) && process.stdout.isTTY === true && !process.env.NO_COLOR;
  tell(consoleReport(reportOf(result), { colour }));
  if (flags.baselineUpdate && flags.baseline) {
    const entries = updateBaseline(flags.baseline, result.results, IDS);
    console.log(`${flags.baseline} now holds ${entries} known failures; say the reason of each.`);
  }
  return verdictOf(result).exitCode;
}

/** What would be judged, and what it would cost, without a request. */
export function dryRun(options: RunOptions): number {
  const settings = settle(options);
  const selection = select(CHECKS, settings, null);
  refuseEmpty(selection, null);
  const { paced: requests, bursts } = estimate(
    selection.chosen,
    settings.document,
    settings.mode === "full" && settings.allow.includes("rate"),
  );
  for (const { id, level, provenance, mode, requests: most } of selection.chosen) {
    console.log(`  ${id.padEnd(9)} ${level.padEnd(6)} ${provenance} ${mode.padEnd(2)} ≤ ${most} requests`);
  }
  console.log(`\n${selection.chosen.length} requirements selected of ${CHECKS.length}; ${selection.left.length} not selected.`);
  console.log(
    `Governor: at most ${settings.maxRps} requests a second (the limit is 10), so about ${Math.ceil(requests / settings.maxRps)} s.`,
  );
  console.log(
    `Budget: at most ${requests} of ${settings.budget} that are allowed${requests > settings.budget ? " – MORE THAN THE BUDGET: raise --budget or select less" : ""}.`,
  );
  if (bursts > 0) console.log(`Beside it, on the rate key and not paced: at most ${bursts} requests.`);
  return 0;
}

/** SIGINT and SIGTERM stop the checks, then what was made is cleaned up; a second one ends at once. */
export function interruption(): { readonly signal: AbortSignal; done(): void } {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    console.error("\nstopping; what was made is being deleted (again to end at once)");
    controller.abort();
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  return { signal: controller.signal, done: () => void process.off("SIGINT", stop).off("SIGTERM", stop) };
}
