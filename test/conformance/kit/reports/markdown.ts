import { MARKS, PROVENANCE } from "./console.ts";
import { partsOf, problemsOf, type Report, type ReportedCheck } from "./report.ts";

/** A summary for a CI step (`$GITHUB_STEP_SUMMARY`). */
export function markdownReport(report: Report): string {
  const icon = report.verdict.word === "CONFORMANT" ? "✅" : "❌";
  const problems = problemsOf(report);
  return [
    `## ${icon} ${report.verdict.word}`,
    "",
    `\`${report.verdict.line}\``,
    "",
    ...(report.aborted === null ? [] : [`**Not judged to the end:** ${escaped(report.aborted)}`, ""]),
    `Target ${report.baseUrl} · document ${report.document.version} · published rules: **${report.verdicts.published}** · our document: **${report.verdicts.contract}** · kit's profile: **${report.verdicts.full}**`,
    "",
    "| group | holds | does not | warnings | not judged | not selected or n/a |",
    "|---|---|---|---|---|---|",
    ...[...Map.groupBy(report.checks, ({ group }) => group)].map(([group, checks]) => row(group, checks)),
    "",
    ...problems.flatMap(problem),
    ...(report.leftovers.length > 0
      ? ["### Left behind", "", ...report.leftovers.map(({ what, reason }) => `* ${what}: ${escaped(reason)}`), ""]
      : []),
    `Repeat: \`${report.reproduce}\``,
    "",
  ].join("\n");
}

function row(group: string, checks: readonly ReportedCheck[]): string {
  const count = (...statuses: string[]) => checks.filter(({ status }) => statuses.includes(status)).length || "";
  return `| ${group} | ${count("pass")} | ${count("fail", "xfail", "xpass")} | ${count("warn")} | ${count("untestable", "inconclusive", "setup_fail", "dependency_fail", "harness_error")} | ${count("not_selected", "not_applicable")} |`;
}

function problem(check: ReportedCheck): string[] {
  const { exchange } = check;
  const { sentence, commands } = partsOf(check.reason);
  return [
    `### ${MARKS[check.status][0]} ${check.id}: ${MARKS[check.status][1]}`,
    "",
    `> ${check.requirement}`,
    "",
    `${escaped(sentence)} _(${check.level}, ${PROVENANCE[check.provenance]}${check.scored ? "" : ", not gating"})_`,
    "",
    ...(commands === "" ? [] : ["```sh", commands, "```", ""]),
    ...(check.pointer ? [`* at \`${check.pointer}\``] : []),
    ...(check.expected === null ? [] : [`* expected \`${code(check.expected)}\``]),
    ...(check.actual === null ? [] : [`* actual \`${code(check.actual)}\``]),
    `* hint: ${check.hint}`,
    "",
    ...(exchange
      ? [
          "<details><summary>Request and answer</summary>",
          "",
          "```sh",
          exchange.curl,
          "```",
          "```http",
          `HTTP ${exchange.status}`,
          ...exchange.responseHeaders,
          "",
          exchange.responseBody.replaceAll("```", "` ` `"),
          "```",
          "",
          "</details>",
          "",
        ]
      : []),
  ];
}

function escaped(text: string): string {
  return text.replaceAll(/([\\`*_<>|])/g, "\\$1");
}

function code(text: string): string {
  return text.replaceAll("`", "'").replaceAll("\n", " ");
}
