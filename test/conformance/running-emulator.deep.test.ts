/** The kit before the emulator on a port, in each of its modes. */
import { readFileSync, rmSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { createSandbox } from "../../emulator/sandbox.ts";
import { newFolder } from "../support/folder.ts";
import { httpController } from "./kit/controller.ts";
import { loadDocument } from "./kit/document.ts";
import { estimate, tooLow } from "./kit/estimate.ts";
import { type Run, type RunOptions, runConformance, verdictOf } from "./kit/index.ts";
import { settle } from "./kit/options.ts";
import { ALL } from "./tests/profile.ts";

const RUN_MS = 300_000;

describe("a running emulator", () => {
  const folder = newFolder();
  afterAll(() => rmSync(folder, { recursive: true }));

  it("standard, over a port, without limits", { timeout: RUN_MS }, async () => {
    await using sandbox = await createSandbox();
    const origin = await sandbox.listen();
    const run = await judged("standard", { target: `${origin}/v1`, apiKey: sandbox.apiKey });
    expect(notPassed(run)).toEqual(OVER_CLEAR_LOOPBACK);
    expect(run.leftovers).toEqual([]);
    const { paced } = estimate(
      run.results.filter(({ status }) => status !== "not_selected").map(({ check }) => check),
      loadDocument(),
    );
    expect(paced, "what --dry-run says is the most").toBeGreaterThanOrEqual(run.results.reduce((sum, { requests }) => sum + requests, 0));
    expect(paced, "a standard run fits into the default budget").toBeLessThanOrEqual(
      settle({ target: `${origin}/v1`, apiKey: "any" }).budget,
    );
  });

  it("full, over a port, with limits on and a controller: the hour passes at once", { timeout: RUN_MS }, async () => {
    await using sandbox = await createSandbox({ limits: { perSecond: 10, perHour: 1000 } });
    const origin = await sandbox.listen();
    const controller = httpController(`${origin}/_sandbox`, undefined);
    const full = { mode: "full", allow: ["rate", "quota"], controller, receiver: "loopback" } as const;
    const run = await judged("full", { target: `${origin}/v1`, apiKey: sandbox.apiKey, ...full });
    expect(notPassed(run)).toEqual(OVER_CLEAR_LOOPBACK);
    expect(run.results.filter(({ status }) => status === "not_selected")).toEqual([]);
    expect(run.leftovers).toEqual([]);
  });

  it("standard, over TLS with an authority of its own", { timeout: RUN_MS }, async () => {
    await using sandbox = await createSandbox({ https: { caDir: folder } });
    const origin = await sandbox.listen();
    const ca = readFileSync(sandbox.caFile as string, "utf8");
    const run = await judged("TLS", { target: `${origin}/v1`, apiKey: sandbox.apiKey, ca });
    expect(notPassed(run)).toEqual([]);
  });
});

/** SEC-01 and SEC-02 are about TLS. */
const OVER_CLEAR_LOOPBACK = ["SEC-01 not_applicable", "SEC-02 not_applicable"];

async function judged(name: string, options: RunOptions): Promise<Run> {
  const run = await runConformance({ ...ALL, ...options });
  console.log(`${name}: ${verdictOf(run).line} · ${((run.ended - run.started) / 1000).toFixed(1)} s`);
  for (const { check, status, reason } of run.results)
    if (!["pass", "not_selected"].includes(status)) console.log(`  ${check.id} ${status}: ${reason}`);
  expect(run.aborted).toBeNull();
  expect(tooLow(run.results)).toEqual([]);
  return run;
}

function notPassed(run: Run): string[] {
  return run.results
    .filter(({ status }) => status !== "pass" && status !== "not_selected")
    .map(({ check, status }) => `${check.id} ${status}`);
}
