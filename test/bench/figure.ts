import { fork } from "node:child_process";
import { once } from "node:events";

/** Named numbers of one measurement; the name says the unit: `mint_us`, `rss_mb`. */
export type Values = Readonly<Record<string, number>>;

/** Something measured in several variants, each time in a process of its own. */
export interface Figure {
  readonly title: string;
  readonly rounds: number;
  readonly variants: readonly string[];
  /** Makes what a variant needs, once, in a process of its own; its values are reported too. */
  prepare?(variant: string, scratch: string): Promise<Values>;
  measure(variant: string, scratch: string): Promise<Values>;
  /** What the medians say about an aim. */
  judge?(medians: Readonly<Record<string, Values>>): readonly string[];
}

export interface Task {
  readonly figure: string;
  readonly variant: string;
  readonly step: "prepare" | "measure";
  readonly scratch: string;
}

/** Runs one task in a fresh process. */
export async function inFreshProcess(script: string, task: Task): Promise<Values> {
  const child = fork(script, ["--task", JSON.stringify(task)], { execArgv: ["--expose-gc", "--max-old-space-size=8192"] });
  const exit = once(child, "exit").then(([code]) => {
    throw new Error(`${task.figure} ${task.variant} ended with ${code}`);
  });
  const [values] = await Promise.race([once(child, "message"), exit]);
  child.kill("SIGKILL");
  await exit.catch(() => {});
  return values as Values;
}

/** Every round takes the variants in the opposite order of the one before: drift and warm caches favour none of them. */
export async function measureAll(script: string, name: string, figure: Figure, scratch: string) {
  const raw: Record<string, Values[]> = {};
  const prepared: Record<string, Values> = {};
  for (const variant of figure.variants) {
    raw[variant] = [];
    if (figure.prepare) prepared[variant] = await inFreshProcess(script, { figure: name, variant, step: "prepare", scratch });
  }
  for (let round = 0; round < figure.rounds; round++) {
    for (const variant of round % 2 === 0 ? figure.variants : figure.variants.toReversed()) {
      raw[variant]?.push(await inFreshProcess(script, { figure: name, variant, step: "measure", scratch }));
    }
  }
  return { prepared, raw };
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}

export function quantile(numbers: readonly number[], part: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

export function mediansOf(runs: readonly Values[]): Values {
  const names = [...new Set(runs.flatMap((run) => Object.keys(run)))];
  return Object.fromEntries(names.map((name) => [name, median(runs.flatMap((run) => run[name] ?? []))]));
}

/** Resident and used memory in MB, after a collection. */
export function memory(): Values {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  return { rss_mb: rss / 2 ** 20, heap_mb: heapUsed / 2 ** 20 };
}
