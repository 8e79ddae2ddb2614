import { readFileSync } from "node:fs";
import { CHECKS } from "../../requirements/index.ts";
import type { Exchange } from "../exchange.ts";
import { UsageError } from "../outcomes.ts";
import { redactor, shown } from "../redact.ts";
import { consoleReport } from "../reports/console.ts";
import { reportOf } from "../reports/report.ts";
import { runChecks } from "../runner.ts";
import { verdictOf } from "../verdict.ts";
import { type Flags, readFlags } from "./flags.ts";
import { interruption } from "./run.ts";

/**
 * Repeats one check of a JSON report with the seed and the settings of that run, and shows all that it sends; the key is given anew.
 * Returns the exit code.
 */
export async function replay(file: string, id: string, flags: Flags): Promise<number> {
  const check = CHECKS.find((each) => each.id === id.toUpperCase());
  if (!check) throw new UsageError(`no requirement is called ${id}; \`conformance list\` shows all`);
  const { baseUrl, mode, seed } = readReport(file);
  const options = await readFlags({ baseUrl, ...flags, mode, seed, profile: "full" });
  const allow = mode === "full" ? (["rate", "quota"] as const) : [];
  const stop = interruption();
  const exchanges: Exchange[] = [];
  const result = await runChecks([check], {
    ...options,
    allow: [...(options.allow ?? []), ...allow],
    signal: stop.signal,
    onExchange: (exchange) => void (exchange.check === check.id && exchanges.push(exchange)),
  });
  stop.done();
  const redact = redactor(result.secrets);
  for (const { curl, status, ms, responseHeaders, responseBody } of exchanges.map((each) => shown(each, redact)))
    console.log(`\n${curl}\n→ ${status} (${ms} ms)\n${responseHeaders.join("\n")}\n\n${responseBody}`);
  process.stdout.write(consoleReport(reportOf(result), { colour: false }));
  return verdictOf(result).exitCode;
}

interface Repeatable {
  readonly baseUrl: string;
  readonly mode: string;
  readonly seed: string;
}

function readReport(file: string): Repeatable {
  const refused = (why: string) => new UsageError(`${file} is no JSON report of this kit (\`--report json=FILE\` writes one): ${why}`);
  let content: { results?: { extra?: Partial<Repeatable> } } | null;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw refused((error as Error).message);
  }
  const { baseUrl, mode, seed } = content?.results?.extra ?? {};
  if (!baseUrl || !mode || !seed) throw refused("it names no base URL, mode and seed");
  return { baseUrl, mode, seed };
}
