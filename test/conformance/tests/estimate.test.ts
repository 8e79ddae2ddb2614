/** What a run says that it will cost is what it costs at most: each check by itself, and what is done once for all. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEEP } from "../../support/depth.ts";
import type { Check } from "../kit/check.ts";
import { loadDocument } from "../kit/document.ts";
import { estimate, PREFLIGHT_REQUESTS, SHARED_REQUESTS, SURVEY_REQUESTS, tooLow } from "../kit/estimate.ts";
import type { Exchange } from "../kit/exchange.ts";
import type { Variant } from "../mutants/mutant.ts";
import { VARIANTS } from "../mutants/variants.ts";
import { Worlds } from "../mutants/world.ts";
import { CHECKS } from "../requirements/index.ts";

const document = loadDocument();
const named = (...ids: readonly string[]) => CHECKS.filter(({ id }) => ids.includes(id));
const variant = (id: string) => VARIANTS.find((each) => each.id === id) as Variant;

const JUDGED: [variant: string, checks: string[]][] = [
  ["V00", DEEP ? ["HTTP-06", "USER-02", "TOKEN-01", "STATE-01"] : ["USER-02", "TOKEN-01"]],
  ["V17", ["USER-02", "TOKEN-01", "TOKEN-02", "BADGE-04"]],
  ["V18", ["TOKEN-01", "TOKEN-08", "TOKEN-09", "BADGE-03", "IDEMP-02"]],
];

describe("a run", () => {
  let worlds: Worlds;
  beforeAll(() => {
    worlds = new Worlds();
  });
  afterAll(() => worlds.close());

  /** Its results, and how many requests were sent for each common purpose; the cleanup, which no budget holds up, is left out. */
  async function judged(server: Variant, checks: readonly Check[]) {
    const exchanges: Exchange[] = [];
    const run = await worlds.judge({ ...server, options: { ...server.options, onExchange: (each) => void exchanges.push(each) } }, checks);
    expect(run.results.filter(({ status }) => status !== "pass").map(({ check, reason }) => `${check.id} ${reason}`)).toEqual([]);
    return {
      run,
      count: (purpose: string) =>
        exchanges.filter(({ check, sent }) => check === purpose && (purpose === "sweep" || sent.method !== "DELETE")).length,
    };
  }

  // The whole list is compared in running-emulator.deep.test.ts.
  it.each(DEEP ? JUDGED : JUDGED.slice(0, 1))("on %s no check sends more than it says: %s", { timeout: 120_000 }, async (id, ids) => {
    const { run } = await judged(variant(id), named(...ids));
    expect(tooLow(run.results)).toEqual([]);
  });

  it("what is done once for all checks is at most what the estimate adds for it", { timeout: 120_000 }, async () => {
    const checks = named("ENV-01", "ENV-04", "AUTH-01", "RATE-07", "USER-05", "IDEMP-04", "AUTH-09", "HTTP-08");
    const { run, count } = await judged({ ...variant("V01"), id: "V01" }, checks);
    expect(count("survey")).toBeGreaterThan(0);
    expect(count("survey")).toBeLessThanOrEqual(SURVEY_REQUESTS);
    expect(count("sweep")).toBe(document.operations.filter(({ secured }) => secured).length);
    expect(count("shared")).toBeGreaterThan(0);
    expect(count("shared")).toBeLessThanOrEqual(SHARED_REQUESTS);
    const { paced, bursts } = estimate(checks, document, true);
    const own = run.results.reduce((sum, { requests }) => sum + requests, 0);
    expect(own + count("survey") + count("sweep") + count("shared") + PREFLIGHT_REQUESTS).toBeLessThanOrEqual(paced + bursts);
  });
});

describe("an estimate that is too low", () => {
  const [check] = named("HOOK-06") as [Check];

  it("is told, with what was sent", () => {
    expect(tooLow([{ check: { ...check, requests: 3, bursts: 2 }, requests: 5 }])).toEqual([]);
    expect(tooLow([{ check: { ...check, requests: 3, bursts: 2 }, requests: 6 }])).toEqual(["HOOK-06 sent 6, not at most 5"]);
    expect(tooLow([{ check: named("HTTP-06")[0] as Check, requests: 1000 }])).toEqual([
      expect.stringMatching(/^HTTP-06 sent 1000, not at most \d+$/),
    ]);
  });

  it("bursts cost something only where they may be sent", () => {
    expect(estimate([check], document, true).bursts).toBe(check.bursts);
    expect(estimate([check], document).bursts).toBe(0);
  });
});
