import { partsOf, type Report, type ReportedCheck } from "./report.ts";

/** One `<testcase>` a requirement, so that CI shows their names; a known failure is skipped with its reason. */
export function junitReport(report: Report): string {
  const suites = [...Map.groupBy(report.checks, ({ group }) => group)].map(([group, checks]) => suite(group, checks, report));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${xml(report.tool.name)}" tests="${report.checks.length}" failures="${count(report.checks, isFailure)}" errors="${count(report.checks, isError)}" skipped="${count(report.checks, isSkipped)}" time="${seconds(report.ended - report.started)}">`,
    ...suites,
    "</testsuites>",
    "",
  ].join("\n");
}

function suite(group: string, checks: readonly ReportedCheck[], report: Report): string {
  const time = checks.reduce((sum, { ms }) => sum + ms, 0);
  return [
    `  <testsuite name="${group}" tests="${checks.length}" failures="${count(checks, isFailure)}" errors="${count(checks, isError)}" skipped="${count(checks, isSkipped)}" time="${seconds(time)}" timestamp="${new Date(report.started).toISOString()}">`,
    "    <properties>",
    `      <property name="verdict" value="${xml(report.verdict.line)}"/>`,
    `      <property name="base_url" value="${xml(report.baseUrl)}"/>`,
    `      <property name="seed" value="${xml(report.seed)}"/>`,
    "    </properties>",
    ...checks.map(testcase),
    "  </testsuite>",
  ].join("\n");
}

function testcase(check: ReportedCheck): string {
  const inside = [
    "      <properties>",
    `        <property name="level" value="${check.level}"/>`,
    `        <property name="provenance" value="${check.provenance}"/>`,
    `        <property name="status" value="${check.status}"/>`,
    "      </properties>",
    ...outcome(check),
  ];
  return [
    `    <testcase classname="conformance.${check.group}" name="${xml(`${check.id} ${check.requirement}`)}" time="${seconds(check.ms)}">`,
    ...inside,
    "    </testcase>",
  ].join("\n");
}

function outcome(check: ReportedCheck): string[] {
  if (check.status === "pass") return [];
  const message = `message="${xml(partsOf(check.reason).sentence)}"`;
  if (isFailure(check)) return [`      <failure type="${check.status}" ${message}>${xml(details(check))}</failure>`];
  if (isError(check)) return [`      <error type="${check.status}" ${message}>${xml(details(check))}</error>`];
  return [`      <skipped ${message}/>`];
}

function details({ requirement, reason, pointer, expected, actual, exchange, hint, stack }: ReportedCheck): string {
  return [
    requirement,
    reason,
    ...(pointer ? [`at: ${pointer}`] : []),
    ...(expected === null ? [] : [`expected: ${expected}`]),
    ...(actual === null ? [] : [`actual: ${actual}`]),
    ...(exchange ? [`${exchange.method} ${exchange.url} → ${exchange.status}`, exchange.responseBody, exchange.curl] : []),
    ...(stack === null ? [] : [stack]),
    `hint: ${hint}`,
  ].join("\n");
}

/** A SHOULD that does not hold is no failure of the build unless it gates. */
function isFailure({ status, scored }: ReportedCheck): boolean {
  return status === "fail" || status === "xpass" || (status === "warn" && scored);
}

function isError({ status }: ReportedCheck): boolean {
  return ["harness_error", "setup_fail", "dependency_fail", "untestable", "inconclusive"].includes(status);
}

function isSkipped(check: ReportedCheck): boolean {
  return check.status !== "pass" && !isFailure(check) && !isError(check);
}

function count(checks: readonly ReportedCheck[], is: (check: ReportedCheck) => boolean): number {
  return checks.filter(is).length;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** Characters that XML 1.0 cannot hold are dropped. */
function xml(text: string): string {
  return (
    text
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what XML forbids.
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
  );
}
