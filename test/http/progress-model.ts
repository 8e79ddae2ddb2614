/** What progress must be, in the plainest words: no clamped counters, no common denominators, no records. */
import type { Update } from "../support/learning.ts";

export type Targets = Readonly<Record<string, number>>;

export interface Expected {
  readonly status: "not_started" | "in_progress" | "completed";
  readonly percent: number;
  readonly requirements: readonly { id: string; current: number; target: number; completed: boolean }[];
}

export class ProgressModel {
  targets: Targets;
  readonly counts: Record<string, number> = {};
  /** Types of the events so far. */
  readonly events: string[] = [];
  #final: Expected | null = null;

  constructor(targets: Targets) {
    this.targets = targets;
  }

  get expected(): Expected {
    if (this.#final) return this.#final;
    const requirements = Object.entries(this.targets).map(([id, target]) => {
      const current = Math.min(this.counts[id] ?? 0, target);
      return { id, current, target, completed: current === target };
    });
    return { status: this.events.length > 0 ? "in_progress" : "not_started", percent: percentByTrying(requirements), requirements };
  }

  /** Whether the request completes; the code, if it is refused. */
  record(updates: readonly Update[]): boolean | "INVALID_PROGRESS" {
    const ids = Object.keys(this.targets);
    for (const { requirement_id, mode, value } of updates) {
      if (requirement_id === undefined ? ids.length > 1 : !ids.includes(requirement_id as string)) return "INVALID_PROGRESS";
      if (mode === "increment" && value === 0) return "INVALID_PROGRESS";
    }
    if (this.#final) return false;
    const before = JSON.stringify(this.expected.requirements);
    for (const { id, current } of this.expected.requirements) this.counts[id] = current;
    for (const { requirement_id, mode, value } of updates) {
      const id = requirement_id ?? (ids[0] as string);
      const count = this.counts[id] as number;
      this.counts[id] = Math.min(mode === "increment" ? count + value : Math.max(count, value), this.targets[id] as number);
    }
    const { requirements } = this.expected;
    const completes = requirements.every(({ completed }) => completed);
    if (completes || JSON.stringify(requirements) !== before) this.events.push("achievement.progress.updated");
    if (!completes) return false;
    this.events.push("achievement.completed");
    this.#final = { status: "completed", percent: 100, requirements };
    return true;
  }
}

/** The greatest whole p with p × n × Πt ≤ 100 × Σ c × Π(other t). */
function percentByTrying(requirements: Expected["requirements"]): number {
  const product = (skip: number) => requirements.reduce((all, { target }, at) => (at === skip ? all : all * BigInt(target)), 1n);
  const got = requirements.reduce((sum, { current }, at) => sum + BigInt(current) * product(at), 0n) * 100n;
  let percent = 0;
  while (BigInt(percent + 1) * BigInt(requirements.length) * product(-1) <= got) percent += 1;
  return percent;
}
