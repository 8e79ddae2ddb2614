import type { Status } from "../outcome.ts";
import type { Report, ReportedCheck } from "./report.ts";

/** Common Test Report Format (ctrf.io); everything else that we know is under `extra`. `conformance replay` reads this. */
export function ctrfReport(report: Report): string {
  const tests = report.checks.map(test);
  const count = (status: string) => tests.filter((each) => each.status === status).length;
  const { checks, ...extra } = report;
  return `${JSON.stringify(
    {
      reportFormat: "CTRF",
      specVersion: "0.0.0",
      generatedBy: report.tool.name,
      timestamp: new Date(report.ended).toISOString(),
      results: {
        tool: { name: report.tool.name, version: report.tool.version },
        summary: {
          tests: tests.length,
          passed: count("passed"),
          failed: count("failed"),
          skipped: count("skipped"),
          pending: count("pending"),
          other: count("other"),
          start: report.started,
          stop: report.ended,
        },
        tests,
        environment: {
          appName: report.implementation.name ?? "unknown",
          appVersion: report.implementation.version ?? "unknown",
          testEnvironment: report.baseUrl,
        },
        extra,
      },
    },
    null,
    2,
  )}\n`;
}

const STATUS: Readonly<Record<Status, "passed" | "failed" | "skipped" | "other">> = {
  pass: "passed",
  fail: "failed",
  xpass: "failed",
  warn: "other",
  xfail: "skipped",
  not_applicable: "skipped",
  not_selected: "skipped",
  untestable: "other",
  inconclusive: "other",
  setup_fail: "other",
  dependency_fail: "other",
  harness_error: "other",
};

function test(check: ReportedCheck) {
  return {
    name: `${check.id} ${check.requirement}`,
    status: STATUS[check.status],
    duration: check.ms,
    rawStatus: check.status,
    suite: check.group,
    tags: [check.level, check.provenance],
    ...(check.reason === "" ? {} : { message: check.reason }),
    ...(check.stack === null ? {} : { trace: check.stack }),
    extra: check,
  };
}
