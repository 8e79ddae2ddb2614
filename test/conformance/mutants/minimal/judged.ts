import { loadDocument } from "../../kit/document.ts";
import { type Run, runChecks } from "../../kit/runner.ts";
import { CHECKS } from "../../requirements/index.ts";
import { RULES, type Rules } from "./rules.ts";
import { minimalServer, OPERATIONS } from "./server.ts";

const KEYS = ["gets_test_MinimalImplementationFirstKey00000001", "gets_test_MinimalImplementationSecondKey0000002"] as const;
const RATE_KEY = "gets_test_MinimalImplementationRateKey000000003";

/** Judges the minimal implementation, with some rules replaced, by all that it declares to offer. */
export async function judgeMinimal(changes: Partial<Rules> = {}, only: readonly string[] = []): Promise<Run> {
  const document = loadDocument();
  const unsupported = document.operations.map(({ id }) => id).filter((id) => !OPERATIONS.includes(id));
  let advanced = 0;
  const app = minimalServer({ ...RULES, ...changes }, [...KEYS, RATE_KEY], () => performance.now() + advanced);
  return await runChecks(CHECKS, {
    target: app,
    apiKey: KEYS[0],
    apiKeyB: KEYS[1],
    rateKey: RATE_KEY,
    document,
    only,
    // It has no badges and no achievements; the seed publishes them, so no capability excuses a target from them.
    skip: ["BADGE-*", "ACH-*", "AWARD-*", "VERIFY-*"],
    mode: "full",
    allow: ["rate", "quota"],
    profile: "full",
    strict: true,
    budget: 5000,
    controller: { advance: async (ms) => void (advanced += ms) },
    capabilities: {
      ...{ webhooks: false, idempotency: false, badges_flow: false, keys: false },
      ...{ limiter: "sliding", limiter_follows_clock: true, unsupported },
    },
  });
}
