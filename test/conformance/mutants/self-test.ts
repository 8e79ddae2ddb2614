import { fork } from "node:child_process";
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { UsageError } from "../kit/outcomes.ts";
import { CHECKS } from "../requirements/index.ts";
import { MUTANTS } from "./broken/index.ts";
import { killMatrix, shortMatrix } from "./matrix.ts";
import type { Proof } from "./prove.ts";
import { TASKS, tasksFor } from "./tasks.ts";

export interface SelfTestOptions {
  readonly only: readonly string[];
  /** Processes at the same time; null: one more than cores, since each waits now and then, and five at most. */
  readonly jobs: number | null;
  readonly write: boolean;
}

/**
 * Proves the kit. Every requirement must notice at least one broken server, every mutant must be noticed by those that it names and by no
 * others, every variant must be green, every façade seen through, every broken harness not green. Returns 0 if so, 1 if not.
 */
export async function proveKit({ only, jobs, write }: SelfTestOptions): Promise<number> {
  const tasks = tasksFor(only);
  if (tasks.length === 0) throw new UsageError(`nothing of the self-test is called ${only.join(", ")}`);
  const begun = performance.now();
  const proofs = await inParallel(tasks, jobs ?? Math.min(5, availableParallelism() + 1), ({ id, survived, unexpected, ms }) => {
    const isGood = survived.length === 0 && unexpected.length === 0;
    process.stdout.write(
      isGood
        ? "."
        : `\n✗ ${id} (${ms} ms)\n${[...survived.map((each) => `    not so: ${each}`), ...unexpected.map((each) => `    unexpected: ${each}`)].join("\n")}\n`,
    );
  });
  const seconds = Math.round((performance.now() - begun) / 1000);
  const isWhole = tasks.length === TASKS.length;
  const unproven = isWhole ? unprovenBy(proofs) : [];
  const bad = proofs.filter(({ survived, unexpected }) => survived.length > 0 || unexpected.length > 0);
  if (isWhole && write) writeFileSync(new URL("../KILL-MATRIX.md", import.meta.url), killMatrix(proofs));
  if (isWhole) console.log(`\n\nRequirements, and the broken servers that each is red on:\n${shortMatrix(proofs)}`);
  const killed = MUTANTS.filter(({ id }) => proofs.some((proof) => proof.id === id && proof.survived.length === 0)).length;
  const proven = isWhole ? `${CHECKS.length - unproven.length} of ${CHECKS.length} requirements proven, ` : "";
  console.log(`\n${proven}${killed} mutants killed, ${tasks.length} servers and conditions in ${seconds} s.`);
  if (unproven.length > 0) console.log(`UNPROVEN (no broken server is noticed by): ${unproven.join(", ")}`);
  if (bad.length > 0) console.log(`Not as they should be: ${bad.map(({ id }) => id).join(", ")}`);
  return unproven.length + bad.length === 0 ? 0 : 1;
}

/** Requirements that no mutant is meant for and killed by. */
export function unprovenBy(proofs: readonly Proof[]): readonly string[] {
  const killedBy = (id: string) => proofs.find((proof) => proof.id === id)?.killedBy ?? [];
  const proven = new Set(MUTANTS.flatMap(({ id, kills }) => kills.filter((check) => killedBy(id).includes(check))));
  return CHECKS.map(({ id }) => id).filter((id) => !proven.has(id));
}

/** Long ones first, so that no process is left with one at the end. */
function inParallel(tasks: readonly string[], jobs: number, tell: (proof: Proof) => void): Promise<readonly Proof[]> {
  const isLong = (id: string) =>
    Number(/^[VF]/.test(id) || MUTANTS.some((mutant) => mutant.id === id && mutant.kills.some((check) => /^(RATE|HOOK)/.test(check))));
  const queue = tasks.toSorted((a, b) => isLong(b) - isLong(a));
  const proofs: Proof[] = [];
  return new Promise((resolve, reject) => {
    for (let i = 0; i < Math.min(jobs, queue.length); i++) {
      const worker = fork(fileURLToPath(new URL("./worker.ts", import.meta.url)), { stdio: ["ignore", "ignore", "inherit", "ipc"] });
      worker.on("error", reject);
      worker.on("exit", (code) =>
        proofs.length < tasks.length && code !== 0 ? reject(new Error(`a process of the self-test ended with ${code}`)) : undefined,
      );
      worker.on("message", (message: "ready" | Proof) => {
        if (message !== "ready") {
          proofs.push(message);
          tell(message);
        }
        const next = queue.shift();
        if (next !== undefined) worker.send(next);
        else worker.disconnect();
        if (proofs.length === tasks.length) resolve(proofs);
      });
    }
  });
}
