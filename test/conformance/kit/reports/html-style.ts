/** Light and dark by the reader's setting; print works too. */
export const STYLE = `
:root{color-scheme:light dark;--ink:#1c2430;--soft:#5d6878;--paper:#fff;--card:#f6f8fa;--rule:#dde3ea;--good:#1a7f4b;--bad:#b3261e;--warn:#9a6700;--ask:#7a3fb0}
@media(prefers-color-scheme:dark){:root{--ink:#e6eaf0;--soft:#9aa6b6;--paper:#12161c;--card:#1b212a;--rule:#2e3743;--good:#4cc38a;--bad:#ff7b72;--warn:#e3b341;--ask:#c297ff}}
*{box-sizing:border-box}
body{margin:0;font:16px/1.55 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
header{padding:2rem max(1rem,calc(50% - 32rem));border-bottom:6px solid var(--bad);background:var(--card)}
header.good{border-color:var(--good)}
h1{margin:.1em 0;font-size:2.6rem;letter-spacing:.01em;color:var(--bad)}
header.good h1{color:var(--good)}
.kicker,.line{margin:0;color:var(--soft)}
.line{font-size:.9rem}
.numbers{display:flex;flex-wrap:wrap;gap:.4rem 2rem;padding:0;margin:1rem 0 0;list-style:none}
.numbers b{font-size:1.35rem}
main{padding:1rem max(1rem,calc(50% - 32rem)) 4rem}
h2{margin:2.2rem 0 .6rem;font-size:1.35rem}
h3{margin:0;font-size:1.05rem}
small{color:var(--soft);font-weight:400}
td small{display:block}
code,pre{font:.85rem/1.5 ui-monospace,Consolas,monospace}
code{overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}
caption{text-align:left;font-weight:600;padding:.4rem 0}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid var(--rule)}
.verdicts{width:auto;margin-top:1rem}
td.pass{color:var(--good);font-weight:600}td.fail{color:var(--bad);font-weight:600}
.map{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:.8rem}
.map div{padding:.7rem .9rem;background:var(--card);border-radius:.5rem}
.map p{margin:.4rem 0 0;line-height:2}
.chip{display:inline-block;min-width:1.9em;padding:0 .4em;border-radius:.35em;text-align:center;font-size:.85rem;text-decoration:none;color:#fff;background:#8793a3}
.chip.pass{background:#1a7f4b}.chip.fail,.chip.xpass,.chip.harness_error{background:#b3261e}.chip.warn{background:#9a6700}
.chip.untestable,.chip.inconclusive,.chip.setup_fail,.chip.dependency_fail{background:#7a3fb0}.chip.xfail{background:#1f6f8b}
.chip.not_selected,.chip.not_applicable{background:none;color:var(--soft);outline:1px solid var(--rule)}
.legend{color:var(--soft);font-size:.85rem}
article{margin:1rem 0;padding:1rem 1.2rem;background:var(--card);border-left:5px solid var(--ask);border-radius:.4rem}
article.fail,article.xpass,article.harness_error{border-color:var(--bad)}article.warn{border-color:var(--warn)}article.xfail{border-color:#1f6f8b}
blockquote{margin:.6rem 0;padding-left:.8rem;border-left:3px solid var(--rule);font-style:italic}
.reason{margin:.5rem 0;font-weight:600}
.hint{margin:.6rem 0;color:var(--soft)}
.diff{width:auto}.diff .expected td{color:var(--good)}.diff .actual td{color:var(--bad)}
details{margin:.6rem 0}
summary{cursor:pointer;font:.85rem/1.5 ui-monospace,Consolas,monospace}
.exchange{display:grid;grid-template-columns:repeat(auto-fit,minmax(20rem,1fr));gap:.6rem;margin-top:.5rem}
pre{margin:0;padding:.7rem;background:var(--paper);border:1px solid var(--rule);border-radius:.4rem;white-space:pre-wrap;overflow-wrap:anywhere;max-height:24rem;overflow:auto}
.curl{margin-top:.6rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1.2rem}
dt{color:var(--soft)}dd{margin:0}
.aborted{padding:.8rem 1rem;background:var(--card);border-left:5px solid var(--bad);font-weight:600}
@media(max-width:40rem){dl{grid-template-columns:1fr}.all th:nth-child(2),.all td:nth-child(2),.all th:nth-child(3),.all td:nth-child(3){display:none}}
`;
