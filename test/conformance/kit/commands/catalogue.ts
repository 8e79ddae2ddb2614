import { CHECKS, GROUPS } from "../../requirements/index.ts";
import type { Check } from "../check.ts";
import { matches } from "../glob.ts";
import { UsageError } from "../outcomes.ts";
import { PROVENANCE } from "../reports/console.ts";
import { SET_VERSION } from "../verdict.ts";
import { list as globs } from "./flags.ts";

/** `conformance list`. */
export function list({ only, json }: { readonly only?: string; readonly json?: boolean }): number {
  const wanted = globs(only);
  const checks = CHECKS.filter(({ id }) => wanted.length === 0 || wanted.some((glob) => matches(glob, id)));
  if (checks.length === 0) throw new UsageError(`no requirement is called ${only}`);
  if (json) {
    console.log(JSON.stringify(checks.map(plain), null, 2));
    return 0;
  }
  for (const { name, title, checks: all } of GROUPS) {
    const shown = all.filter((check) => checks.includes(check));
    if (shown.length === 0) continue;
    console.log(`\n${name} – ${title}`);
    for (const { id, level, provenance, mode, requirement } of shown) {
      console.log(`  ${id.padEnd(9)} ${level.padEnd(6)} ${provenance} ${mode.padEnd(2)}  ${requirement}`);
    }
  }
  console.log(
    `\n${checks.length} requirements of ${SET_VERSION}. P ${PROVENANCE.P} · R ${PROVENANCE.R} · O ${PROVENANCE.O} · K ${PROVENANCE.K}`,
  );
  return 0;
}

/** `conformance explain ID`. */
export function explain(id: string): number {
  const check = CHECKS.find((each) => each.id === id.toUpperCase());
  if (!check) throw new UsageError(`no requirement is called ${id}; \`conformance list\` shows all`);
  const { level, provenance, mode, requirement, hint, requests, bursts, after = [], needs = [] } = check;
  console.log(`${check.id}  ${level}, from ${PROVENANCE[provenance]}\n\n  ${requirement}\n\nHint: ${hint}`);
  console.log(`Costs: ${COSTS[mode[0] as keyof typeof COSTS]}; at most ${requests} requests.`);
  if (bursts) console.log(`With --mode full --allow rate, where limits are on, ${bursts} more at once on the rate key.`);
  if (mode.includes("2")) console.log("Needs a second key: --api-key-b, or a target where keys can be made.");
  if (mode.includes("c")) console.log(mode[0] === "q" ? "Needs --controller, or --allow quota." : "Needs --controller.");
  if (mode.includes("x")) console.log("Needs --webhook-receiver.");
  if (needs.length > 0) console.log(`Applies to targets with the capability ${needs.join(" and ")}.`);
  if (after.length > 0) console.log(`Builds on ${after.join(", ")}.`);
  const flags = [
    ...(mode[0] === "q" ? ["--mode full --allow rate,quota"] : []),
    ...(mode.includes("x") ? ["--webhook-receiver loopback"] : []),
    ...(mode.includes("c") ? ["--controller URL"] : []),
    "--base-url URL --api-key env:KEY",
  ];
  console.log(`\nAlone: getsmart-sandbox conformance --only ${check.id} --profile full ${flags.join(" ")}`);
  return 0;
}

const COSTS = {
  r: "it reads only (mode readonly)",
  w: "it makes and deletes users of its own (mode standard)",
  m: "it mints tokens for its own users, which stay minted (mode standard)",
  q: "it uses up the quota of a key (mode full)",
};

function plain({ run: _, ...rest }: Check) {
  return rest;
}
