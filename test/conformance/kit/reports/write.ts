import { accessSync, constants, existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { UsageError } from "../outcomes.ts";
import { leaks } from "../redact.ts";
import type { Run } from "../runner.ts";
import { ctrfReport } from "./ctrf.ts";
import { htmlReport } from "./html.ts";
import { junitReport } from "./junit.ts";
import { markdownReport } from "./markdown.ts";
import { type Report, reportOf } from "./report.ts";

const FORMATS: Readonly<Record<string, (report: Report) => string>> = {
  junit: junitReport,
  json: ctrfReport,
  html: htmlReport,
  md: markdownReport,
};

export interface Wanted {
  readonly format: string;
  readonly file: string;
}

/** `junit=out.xml,html=out.html`. Throws UsageError: unknown formats, and places where nothing can be written – before the run. */
export function readReports(text: string): readonly Wanted[] {
  return text.split(",").map((each) => {
    const [, format = "", file = ""] = /^(\w+)=(.+)$/.exec(each.trim()) ?? [];
    if (!Object.hasOwn(FORMATS, format))
      throw new UsageError(
        `--report: ${each} is not one of ${Object.keys(FORMATS)
          .map((name) => `${name}=FILE`)
          .join(", ")}`,
      );
    refuseUnwritable(file);
    return { format, file };
  });
}

/** A report that would show a key is not written. */
export class SecretInReport extends Error {
  override readonly name = "SecretInReport";
}

/** Writes the reports of a run. Throws SecretInReport, which is the kit's own fault. */
export function writeReports(run: Run, wanted: readonly Wanted[]): void {
  const report = reportOf(run);
  for (const { format, file } of wanted) {
    const text = FORMATS[format]?.(report) ?? "";
    if (leaks(text, run.secrets)) throw new SecretInReport(`the ${format} report would contain an API key; it was not written`);
    writeFileSync(file, text);
  }
}

function refuseUnwritable(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    if (existsSync(file) && statSync(file).isDirectory()) throw new Error("it is a folder");
    accessSync(existsSync(file) ? file : dirname(file), constants.W_OK);
  } catch (error) {
    throw new UsageError(`--report: ${file} cannot be written: ${(error as Error).message}`);
  }
}
