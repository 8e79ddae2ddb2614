import type { Status } from "../outcome.ts";
import { printableAll } from "../printable.ts";
import { problemsOf, type Report, type ReportedCheck } from "./report.ts";

/** How a result looks in one character, and what it means. */
export const MARKS: Readonly<Record<Status, readonly [mark: string, meaning: string]>> = {
  pass: ["✓", "holds"],
  fail: ["✗", "does not hold"],
  warn: ["!", "should hold, and does not"],
  xfail: ["k", "does not hold, as the baseline says"],
  xpass: ["✗", "holds although the baseline says it does not"],
  not_applicable: ["–", "does not apply"],
  not_selected: ["·", "not selected"],
  untestable: ["?", "could not be judged"],
  inconclusive: ["?", "was judged, without a result"],
  setup_fail: ["?", "could not be set up"],
  dependency_fail: ["?", "builds on what does not hold"],
  harness_error: ["‼", "the kit's own fault"],
};

const COLOURS: Readonly<Record<string, number>> = { "✓": 32, "✗": 31, "!": 33, k: 36, "?": 35, "‼": 31, "–": 90, "·": 90 };

export interface Look {
  readonly colour: boolean;
}

/** The console's report: a row a group, each failure with all that is needed to mend it, and the verdict last. */
export function consoleReport(given: Report, { colour }: Look): string {
  const report = printableAll(given);
  const paint = (code: number, text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const bold = (text: string) => paint(1, text);
  const dim = (text: string) => paint(90, text);
  const mark = (status: Status) => paint(COLOURS[MARKS[status][0]] ?? 0, MARKS[status][0]);

  const isLeft = (checks: readonly ReportedCheck[]) => checks.every(({ status }) => status === "not_selected");
  const all = [...Map.groupBy(report.checks, ({ group }) => group)];
  const left = all.flatMap(([group, checks]) => (isLeft(checks) ? [group] : []));
  const groups = all
    .filter(([group]) => !left.includes(group))
    .map(([group, checks]) => `  ${group.padEnd(6)} ${checks.map(({ status }) => mark(status)).join(" ")}  ${dim(summary(checks))}`);
  // What many checks could not be set up for is told once.
  const obstacles = Map.groupBy(problemsOf(report), ({ id, status, reason }) => (status === "setup_fail" ? reason : id));
  const blocks = [...obstacles.values()].map(([check, ...others]) => block(check as ReportedCheck, others));
  return [
    "",
    bold(`Conformance of ${report.baseUrl}`),
    dim(
      `  set ${report.set} · document ${report.document.version} (${report.document.sha256.slice(0, 12)}) · seed ${report.seed} · run ${report.runId}`,
    ),
    ...report.notes.map((note) => dim(`  note: ${note}`)),
    "",
    ...groups,
    ...(left.length > 0 ? [dim(`  not selected: ${left.join(", ")}`)] : []),
    ...blocks,
    ...(report.leftovers.length > 0
      ? [
          "",
          "Left behind:",
          ...report.leftovers.map(({ what, reason }) => `  ${what}: ${reason}`),
          dim(`  getsmart-sandbox conformance cleanup --run-id ${report.runId}`),
        ]
      : []),
    "",
    ...(report.aborted === null
      ? []
      : [paint(31, report.aborted === "interrupted" ? "Interrupted; what was made is cleaned up." : `Not judged: ${report.aborted}`), ""]),
    bold(paint(report.verdict.word === "CONFORMANT" ? 32 : 31, report.verdict.line)),
    dim(
      `by published rules: ${report.verdicts.published} · by our document: ${report.verdicts.contract} · with the kit's profile: ${report.verdicts.full}`,
    ),
    "",
  ].join("\n");

  function block(check: ReportedCheck, others: readonly ReportedCheck[]): string {
    const { exchange } = check;
    const rows = [
      "",
      `${mark(check.status)} ${bold(check.id)} ${dim(`${check.level} · ${PROVENANCE[check.provenance]}${check.scored ? "" : " · not gating"}`)}  ${MARKS[check.status][1]}`,
      `  ${check.requirement}`,
      `  ${paint(check.status === "warn" ? 33 : 31, check.reason)}`,
      ...(check.pointer === null || check.pointer === "" ? [] : [`    at        ${check.pointer}`]),
      ...(check.expected === null ? [] : [`    expected  ${check.expected}`]),
      ...(check.actual === null ? [] : [`    actual    ${check.actual}`]),
      ...(exchange ? [`    answer    ${exchange.status} ${oneLine(exchange.responseBody)}`, `    repeat    ${exchange.curl}`] : []),
      ...(check.stack === null ? [] : check.stack.split("\n").map((line) => dim(`    ${line}`))),
      ...(others.length > 0 ? [`    so too    ${others.map(({ id }) => id).join(", ")}`] : []),
      dim(`    hint      ${check.hint}`),
      dim(`    more      getsmart-sandbox conformance explain ${check.id}`),
    ];
    return rows.join("\n");
  }
}

export const PROVENANCE: Readonly<Record<string, string>> = {
  P: "published by the platform",
  R: "an RFC",
  O: "the OpenAPI document",
  K: "the kit's profile",
};

function summary(checks: readonly ReportedCheck[]): string {
  const counts = [...Map.groupBy(checks, ({ status }) => status)].map(([status, list]) => `${list.length} ${status.replaceAll("_", " ")}`);
  return counts.join(", ");
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length <= 300 ? line : `${line.slice(0, 300)} …`;
}
