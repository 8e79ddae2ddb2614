import { readFileSync } from "node:fs";
import { CHECKS } from "../../requirements/index.ts";
import { UsageError } from "../outcomes.ts";
import { consoleReport } from "../reports/console.ts";
import { reportOf } from "../reports/report.ts";
import { runChecks } from "../runner.ts";
import { verdictOf } from "../verdict.ts";
import { type Flags, readFlags } from "./flags.ts";
import { interruption } from "./run.ts";

/** Repeats one check of a JSON report with the seed and the settings of that run; the key is given anew. Returns the exit code. */
export async function replay(file: string, id: string, flags: Flags): Promise<number> {
  const check = CHECKS.find((each) => each.id === id.toUpperCase());
  if (!check) throw new UsageError(`no requirement is called ${id}`);
  const { baseUrl, mode, seed } = readReport(file);
  const options = await readFlags({ baseUrl, ...flags, mode, seed: flags.seed ?? seed, profile: "full" });
  const allow = mode === "full" ? (["rate", "quota"] as const) : [];
  const stop = interruption();
  const result = await runChecks([check], { ...options, allow: [...(options.allow ?? []), ...allow], signal: stop.signal });
  stop.done();
  const report = reportOf(result);
  for (const each of report.checks.flatMap(({ before, exchange }) => [...before, ...(exchange ? [exchange] : [])])) {
    console.log(`\n${each.curl}\n→ ${each.status} (${each.ms} ms)\n${each.responseHeaders.join("\n")}\n\n${each.responseBody}`);
  }
  process.stdout.write(consoleReport(report, { colour: false }));
  return verdictOf(result).exitCode;
}

interface Repeatable {
  readonly baseUrl: string;
  readonly mode: string;
  readonly seed: string;
}

function readReport(file: string): Repeatable {
  try {
    const { results } = JSON.parse(readFileSync(file, "utf8")) as { results: { extra: Repeatable } };
    const { baseUrl, mode, seed } = results.extra;
    if (!baseUrl || !mode || !seed) throw new Error("it names no base URL, mode and seed");
    return { baseUrl, mode, seed };
  } catch (error) {
    throw new UsageError(`${file} is no JSON report of this kit: ${(error as Error).message}`);
  }
}
