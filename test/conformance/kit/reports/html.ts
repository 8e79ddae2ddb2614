import type { ShownExchange } from "../redact.ts";
import { MARKS, PROVENANCE } from "./console.ts";
import { STYLE } from "./html-style.ts";
import { partsOf, problemsOf, type Report, type ReportedCheck } from "./report.ts";

/** One file, readable without JavaScript and without anything from outside. */
export function htmlReport(report: Report): string {
  const problems = problemsOf(report);
  const { must, should } = report.verdict.counts;
  const good = report.verdict.word === "CONFORMANT";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${h(report.verdict.word)} – ${h(report.baseUrl)}</title>
<style>${STYLE}</style>
</head>
<body>
<header class="${good ? "good" : "bad"}">
<p class="kicker">Conformance of <code>${h(report.baseUrl)}</code></p>
<h1>${h(report.verdict.word)}</h1>
<p class="line">${h(report.verdict.line)}</p>
<ul class="numbers">
<li><b>${must.held}/${must.selected}</b> MUST hold <small>of ${must.all}</small></li>
<li><b>${should.held}/${should.selected}</b> SHOULD hold</li>
<li><b>${report.requests}</b> requests</li>
<li><b>${((report.ended - report.started) / 1000).toFixed(1)} s</b></li>
</ul>
</header>
<main>
${report.aborted === null ? "" : `<p class="aborted">Not judged to the end: ${h(report.aborted)}</p>`}
<table class="verdicts"><caption>By whose rules</caption><tbody>
${(["published", "contract", "full"] as const).map((profile) => `<tr><th scope="row">${PROFILES[profile]}</th><td class="${report.verdicts[profile] === "CONFORMANT" ? "pass" : "fail"}">${h(report.verdicts[profile])}</td></tr>`).join("\n")}
</tbody></table>
<h2>Map</h2>
<div class="map">
${[...Map.groupBy(report.checks, ({ group }) => group)].map(([group, checks]) => `<div><h3>${h(group)}</h3><p>${checks.map(chip).join(" ")}</p></div>`).join("\n")}
</div>
<p class="legend">${LEGEND.map((status) => `<span class="chip ${status}">${MARKS[status][0]}</span> ${h(MARKS[status][1])}`).join(" · ")}</p>
<h2>${problems.length === 0 ? "Nothing to mend" : `To mend (${problems.length})`}</h2>
${problems.map(problem).join("\n")}
<h2>All requirements</h2>
<table class="all"><thead><tr><th>Id</th><th>Level</th><th>From</th><th>Requirement</th><th>Result</th></tr></thead><tbody>
${report.checks.map(row).join("\n")}
</tbody></table>
<h2>This run</h2>
<dl>
${facts(report)
  .map(([name, value]) => `<dt>${h(name)}</dt><dd>${value}</dd>`)
  .join("\n")}
</dl>
</main>
</body>
</html>
`;
}

const PROFILES = {
  published: "Published by the platform, and RFCs",
  contract: "… and the OpenAPI document",
  full: "… and the kit's own profile",
};
const LEGEND = ["pass", "fail", "warn", "untestable", "not_applicable", "not_selected"] as const;

function chip({ id, status, requirement }: ReportedCheck): string {
  const number = h(id.split("-")[1] ?? id);
  const title = h(`${id} ${MARKS[status][1]}: ${requirement}`);
  const isProblem = !["pass", "not_selected", "not_applicable"].includes(status);
  return isProblem
    ? `<a class="chip ${status}" href="#${h(id)}" title="${title}">${number}</a>`
    : `<span class="chip ${status}" title="${title}">${number}</span>`;
}

function problem(check: ReportedCheck): string {
  const { exchange } = check;
  const { sentence, commands } = partsOf(check.reason);
  const rows = [
    ...(check.pointer ? [["At", check.pointer]] : []),
    ...(check.expected === null ? [] : [["Expected", check.expected]]),
    ...(check.actual === null ? [] : [["Actual", check.actual]]),
  ];
  return `<article class="${check.status}" id="${h(check.id)}">
<h3><span class="chip ${check.status}">${MARKS[check.status][0]}</span> ${h(check.id)} <small>${h(check.level)} · ${h(PROVENANCE[check.provenance] ?? "")}${check.scored ? "" : " · not gating"} · ${h(MARKS[check.status][1])}</small></h3>
<blockquote>${h(check.requirement)}</blockquote>
<p class="reason">${h(sentence)}</p>
${commands === "" ? "" : `<pre>${h(commands)}</pre>`}
${rows.length > 0 ? `<table class="diff"><tbody>${rows.map(([name = "", value = ""]) => `<tr class="${name.toLowerCase()}"><th scope="row">${name}</th><td><code>${h(value)}</code></td></tr>`).join("")}</tbody></table>` : ""}
<p class="hint"><b>Hint</b> ${h(check.hint)}</p>
${exchange ? told(exchange, true) : ""}
${check.before.length > 0 ? `<details><summary>What the check did before</summary>${check.before.map((each) => told(each, false)).join("")}</details>` : ""}
${check.stack === null ? "" : `<pre>${h(check.stack)}</pre>`}
</article>`;
}

function told(exchange: ShownExchange, open: boolean): string {
  const request = [
    `${exchange.method} ${exchange.url}`,
    ...exchange.requestHeaders,
    ...(exchange.requestBody === null ? [] : ["", exchange.requestBody]),
  ].join("\n");
  const answer = [`HTTP ${exchange.status}`, ...exchange.responseHeaders, "", pretty(exchange.responseBody)].join("\n");
  return `<details${open ? " open" : ""}><summary>${h(exchange.method)} ${h(exchange.url)} → ${exchange.status} <small>${exchange.ms} ms</small></summary>
<div class="exchange"><pre>${h(request)}</pre><pre>${h(answer)}</pre></div>
<pre class="curl">${h(exchange.curl)}</pre></details>`;
}

function row(check: ReportedCheck): string {
  return `<tr><td><code>${h(check.id)}</code></td><td>${h(check.level)}</td><td title="${h(PROVENANCE[check.provenance] ?? "")}">${h(check.provenance)}</td><td>${h(check.requirement)}</td><td><span class="chip ${check.status}">${MARKS[check.status][0]}</span> ${h(check.status.replaceAll("_", " "))}${["not_selected", "not_applicable"].includes(check.status) ? `<small>${h(check.reason)}</small>` : ""}</td></tr>`;
}

function facts(report: Report): [string, string][] {
  const implementation = Object.values(report.implementation).filter(Boolean).join(" ");
  return [
    ["Tool", h(`${report.tool.name} ${report.tool.version}`)],
    ["Requirement set", h(report.set)],
    ["OpenAPI document", `${h(report.document.version)} <code>sha256 ${h(report.document.sha256.slice(0, 16))}…</code>`],
    ...(implementation === "" ? [] : [["Implementation", h(implementation)] as [string, string]]),
    ["Mode and profile", h(`${report.mode}, ${report.profile}`)],
    ["Seed and run", `<code>${h(report.seed)}</code> <code>${h(report.runId)}</code>`],
    ["When", h(new Date(report.started).toISOString())],
    ...(report.notes.length > 0 ? [["Notes", report.notes.map(h).join("<br>")] as [string, string]] : []),
    [
      "Left behind",
      report.leftovers.length === 0 ? "nothing" : report.leftovers.map(({ what, reason }) => h(`${what}: ${reason}`)).join("<br>"),
    ],
    ["Declared", `<code>${h(JSON.stringify(report.capabilities))}</code>`],
    ["Repeat", `<code>${h(report.reproduce)}</code>`],
  ];
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

function h(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
