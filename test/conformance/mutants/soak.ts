import { availableParallelism, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { createSandbox } from "../../../emulator/sandbox.ts";
import { httpController } from "../kit/controller.ts";
import type { RunOptions } from "../kit/options.ts";
import { type Run, runChecks } from "../kit/runner.ts";
import { verdictOf } from "../kit/verdict.ts";
import { CHECKS } from "../requirements/index.ts";
import { isQuiet } from "./prove.ts";

/**
 * Judges the emulator again and again, each time with another seed, on a machine that has more to do than it can. The emulator is right
 * in every one of them, so whatever is red is a fault of the kit. Ends with 1 if anything was.
 *
 *     npm run soak                                       16 standard runs and 4 full ones
 *     npm run soak -- --standard 0 --full 20 --burners 6
 */
const { values } = parseArgs({
  options: {
    standard: { type: "string", default: "16" },
    full: { type: "string", default: "4" },
    burners: { type: "string", default: String(availableParallelism() + 1) },
  },
});
const [standard, full, burners] = [Number(values.standard), Number(values.full), Number(values.burners)];

const spinning = Array.from({ length: burners }, () => new Worker("for (;;);", { eval: true }));
const modes = [...Array<"standard">(standard).fill("standard"), ...Array<"full">(full).fill("full")];
let red = 0;
for (const [index, mode] of modes.entries()) {
  const run = await judged(mode);
  const found = run.results.filter(({ status }) => !isQuiet(status));
  const isGood = found.length === 0 && run.aborted === null;
  if (!isGood) red += 1;
  const seconds = ((run.ended - run.started) / 1000).toFixed(1);
  console.log(
    `${index + 1}/${modes.length} ${isGood ? "green" : "RED"} ${verdictOf(run).line} · ${seconds} s · load ${loadavg()[0]?.toFixed(1)}`,
  );
  for (const { check, status, reason } of found) console.log(`  ${check.id} ${status}: ${reason}`);
  if (run.aborted !== null) console.log(`  ended early: ${JSON.stringify(run.aborted)}`);
}
await Promise.all(spinning.map((worker) => worker.terminate()));
console.log(`${modes.length} runs beside ${burners} busy threads on ${availableParallelism()} cores: ${red} red that should be green`);
process.exitCode = red === 0 && modes.length > 0 ? 0 : 1;

async function judged(mode: "standard" | "full"): Promise<Run> {
  const isFull = mode === "full";
  await using sandbox = await createSandbox(isFull ? { limits: { perSecond: 10, perHour: 1000 } } : {});
  const origin = await sandbox.listen();
  const more: Partial<RunOptions> = isFull
    ? { allow: ["rate", "quota"], controller: httpController(`${origin}/_sandbox`, undefined), receiver: "loopback" }
    : {};
  return await runChecks(CHECKS, { target: `${origin}/v1`, apiKey: sandbox.apiKey, mode, profile: "full", strict: true, ...more });
}
