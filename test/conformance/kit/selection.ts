import type { CapabilityName } from "./capabilities.ts";
import type { Check } from "./check.ts";
import { matches } from "./glob.ts";
import type { Settings } from "./options.ts";
import { TargetUnusable } from "./outcomes.ts";
import type { Facts } from "./probe.ts";

export interface Selection {
  readonly chosen: readonly Check[];
  /** Not selected is not passed: each with its reason. */
  readonly left: readonly { readonly check: Check; readonly reason: string }[];
}

type Asked = Pick<Settings, "mode" | "allow" | "only" | "skip" | "controller" | "receiver" | "rateKey" | "apiKeyB">;

/** Which checks a run is about. `facts` are unknown before preflight (`--dry-run`, `list`); then nothing is left out because of them. */
export function select(checks: readonly Check[], asked: Asked, facts: Facts | null): Selection {
  const reasons = checks.map((check) => ({
    check,
    reason: filteredOut(check, asked) ?? (facts === null ? null : unfit(check, asked, facts)),
  }));
  return {
    chosen: reasons.flatMap(({ check, reason }) => (reason === null ? [check] : [])),
    left: reasons.flatMap(({ check, reason }) => (reason === null ? [] : [{ check, reason }])),
  };
}

/** Capabilities that decide about checks of this list. */
export function neededBy(checks: readonly Check[]): ReadonlySet<CapabilityName> {
  return new Set(checks.flatMap(({ needs = [] }) => needs));
}

/** Throws TargetUnusable when there would be nothing to judge, or limits that are off would be. */
export function refuseEmpty({ chosen, left }: Selection, facts: Facts | null): void {
  const rate = chosen.filter(({ id }) => id.startsWith("RATE-"));
  if (rate.length > 0 && facts?.limits?.enabled === false) {
    throw new TargetUnusable(
      "the target says in GET /meta that its limits are off; RATE-* cannot be judged there (start it with limits on)",
    );
  }
  if (chosen.length > 0) return;
  const reasons = [...new Set(left.map(({ reason }) => reason))];
  throw new TargetUnusable(`nothing is selected: ${reasons.slice(0, 3).join("; ")}`);
}

function filteredOut({ id, mode }: Check, { only, skip, mode: runMode, allow, controller, receiver }: Asked): string | null {
  if (only.length > 0 && !only.some((glob) => matches(glob, id))) return `not among --only ${only.join(",")}`;
  if (skip.some((glob) => matches(glob, id))) return `--skip ${skip.join(",")}`;
  const cost = mode[0];
  if (runMode === "readonly" && cost !== "r") return "mode readonly: it writes";
  if (cost === "q" && runMode !== "full") return "it uses up quota: --mode full --allow rate";
  if (cost === "q" && mode.includes("c") && !controller && !allow.includes("quota"))
    return "it needs a controller of the clock, or --allow quota";
  if (mode.includes("x") && !receiver) return "it needs a webhook receiver: --webhook-receiver";
  if (cost !== "q" && mode.includes("c") && !controller) return "it needs a controller of the clock: --controller";
  if (cost === "q" && !allow.includes("rate") && !mode.includes("c")) return "it uses up quota: --allow rate";
  return null;
}

function unfit({ mode, needs = [] }: Check, { apiKeyB, rateKey }: Asked, { capabilities }: Facts): string | null {
  const missing = needs.find((name) => !capabilities[name]);
  if (missing) return `the target is without the capability ${missing}, as it was declared or found out`;
  const canMakeKeys = capabilities.keys && !capabilities.unsupported.includes("createApiKey");
  if (mode.includes("2") && apiKeyB === null && !canMakeKeys) return "it needs a second key: --api-key-b";
  if (mode[0] === "q" && rateKey === null && !canMakeKeys) return "it needs a key whose quota may be used up: --rate-key";
  return null;
}

/** What judges the traffic comes after what makes it; what uses up quota comes last, alone, the whole hour at the very end. */
export function inOrder(checks: readonly Check[]): readonly Check[] {
  const rank = ({ mode, judgesTraffic }: Check) => (mode === "qc" ? 3 : mode[0] === "q" ? 2 : judgesTraffic ? 1 : 0);
  return checks.toSorted((a, b) => rank(a) - rank(b));
}
