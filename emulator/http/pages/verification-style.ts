/** The one style sheet of the verification page. Verdicts differ by words and shape as well as by colour. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f3f4f7; --card: #fff; --line: #d5d8e0; --ink: #1b1e26; --soft: #535a69; --link: #1a4fb4;
  --good: #0b6b3a; --good-soft: #e3f4ea; --wait: #7a4d00; --wait-soft: #fdf1d8; --bad: #a3161c; --bad-soft: #fde7e6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12141a; --card: #1b1e27; --line: #363b49; --ink: #eceef4; --soft: #a9b0c0; --link: #9dbdff;
    --good: #7fdca6; --good-soft: #123423; --wait: #f2c572; --wait-soft: #382a0f; --bad: #ff9d97; --bad-soft: #421a1b;
  }
}
* { box-sizing: border-box; margin: 0; }
body { background: var(--page); color: var(--ink); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: anywhere; }
header, main, footer { max-width: 46rem; margin-inline: auto; padding-inline: 1rem; }
header { padding-block: 1.25rem .75rem; color: var(--soft); font-weight: 600; }
footer { padding-block: .5rem 2rem; color: var(--soft); font-size: .875rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.25rem; margin-bottom: 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; }
h2 { font-size: 1.125rem; line-height: 1.3; margin-bottom: .75rem; }
p + p, p + ol, ol + p { margin-top: .6rem; }
a { color: var(--link); }
code { font: .875em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.verdict { display: grid; grid-template-columns: 3rem 1fr; gap: 0 1rem; align-items: start; border-width: 2px; }
.verdict svg { width: 3rem; height: 3rem; }
.verdict p { margin-top: .35rem; }
.good { background: var(--good-soft); border-color: var(--good); }
.wait { background: var(--wait-soft); border-color: var(--wait); }
.bad { background: var(--bad-soft); border-color: var(--bad); }
.good h1, .good svg { color: var(--good); }
.wait h1, .wait svg { color: var(--wait); }
.bad h1, .bad svg { color: var(--bad); }
.badge { display: grid; gap: 1rem; }
.badge img { width: 9rem; max-width: 100%; height: auto; border-radius: .5rem; }
.badge h2 { font-size: 1.375rem; margin-bottom: .25rem; }
.soft { color: var(--soft); }
.text { white-space: pre-line; }
dl { display: grid; grid-template-columns: 1fr; }
dt { color: var(--soft); font-size: .875rem; margin-top: .75rem; }
dt:first-child { margin-top: 0; }
dd { padding: 0; }
.checks { list-style: none; padding: 0; }
.checks li { display: grid; grid-template-columns: 4.75rem 1fr; gap: .75rem; padding-block: .6rem; border-top: 1px solid var(--line); }
.checks li:first-child { border-top: 0; padding-top: 0; }
.checks li:last-child { padding-bottom: 0; }
.checks strong { font-size: .875rem; line-height: 1.7; white-space: nowrap; }
.passed { color: var(--good); }
.failed { color: var(--bad); }
.steps { padding-inline-start: 1.25rem; }
.steps li + li { margin-top: .6rem; }
.command { display: block; margin-top: .35rem; padding: .6rem .75rem; background: var(--page); border: 1px solid var(--line); border-radius: .5rem; }
@media (min-width: 40rem) {
  .badge.pictured { grid-template-columns: 9rem 1fr; align-items: start; }
  dl { grid-template-columns: 9.5rem 1fr; gap: .6rem 1rem; }
  dt { margin-top: 0; line-height: 1.77; }
}
@media print {
  :root {
    color-scheme: light;
    --page: #fff; --card: #fff; --line: #999; --ink: #000; --soft: #333; --link: #000;
    --good: #0b6b3a; --good-soft: #fff; --wait: #7a4d00; --wait-soft: #fff; --bad: #a3161c; --bad-soft: #fff;
  }
  body { font-size: 10.5pt; }
  section { break-inside: avoid; padding: .75rem 1rem; margin-bottom: .6rem; }
}
`;
