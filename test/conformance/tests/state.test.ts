/** STATE-01 finds what only shows after several steps, whatever the seed: its programs are random, what they must hold is not. */
import { describe, expect, it } from "vitest";
import { amountOf } from "../kit/amounts.ts";
import { EMPTY, generate, after as modelAfter, PEOPLE, type State, type Step } from "../kit/program.ts";
import { randomOf } from "../kit/random.ts";
import { shrink } from "../kit/shrink.ts";

const KINDS = ["mint", "transfer", "burn", "rename", "issue", "progress"] as const;
const SEEDS = Array.from({ length: 500 }, (_, seed) => `seed ${seed}`);
const programOf = (seed: string, kinds: readonly Step["do"][] = KINDS) => generate(randomOf(seed, "STATE-01"), kinds);

/** How often each step succeeds, by whom it is about. */
function done(program: readonly Step[], whom: (step: Step) => number | null): readonly number[] {
  const counts = Array<number>(PEOPLE).fill(0);
  let state: State = EMPTY;
  for (const step of program) {
    const next = modelAfter(state, step);
    const who = whom(step);
    if (next !== null && who !== null) counts[who] = (counts[who] ?? 0) + 1;
    state = next ?? state;
  }
  return counts;
}

describe("programs of 500 seeds", () => {
  it("the same seed is the same program, another is another", () => {
    expect(programOf("one")).toEqual(programOf("one"));
    expect(new Set(SEEDS.map((seed) => JSON.stringify(programOf(seed)))).size).toBe(SEEDS.length);
  });

  it.each([
    ["gives by transfer", 3, (step: Step) => (step.do === "transfer" ? step.from : null)],
    ["gets by transfer", 3, (step: Step) => (step.do === "transfer" ? step.to : null)],
    ["burns", 2, (step: Step) => (step.do === "burn" ? step.from : null)],
    ["is renamed", 3, (step: Step) => (step.do === "rename" ? step.who : null)],
    ["makes progress", 3, (step: Step) => (step.do === "progress" ? step.of : null)],
  ] as const)("in each somebody %s at least %i times, with success", (_, times, whom) => {
    for (const seed of SEEDS) expect(Math.max(...done(programOf(seed), whom)), seed).toBeGreaterThanOrEqual(times);
  });

  it("in each some movements are refused, and some are of exactly what is there", () => {
    for (const seed of SEEDS) {
      let state: State = EMPTY;
      let refused = 0;
      for (const step of programOf(seed)) {
        const next = modelAfter(state, step);
        if (next === null && (step.do === "transfer" || step.do === "burn")) refused += 1;
        state = next ?? state;
      }
      expect(refused, seed).toBeGreaterThanOrEqual(4);
      expect(state.balances.every((units) => units >= 0n)).toBe(true);
    }
    const empties = SEEDS.filter((seed) => {
      let state: State = EMPTY;
      return programOf(seed).some((step) => {
        const next = modelAfter(state, step);
        const emptied = step.do === "transfer" && next !== null && next.balances[step.from] === 0n;
        state = next ?? state;
        return emptied;
      });
    });
    expect(empties.length).toBeGreaterThan(SEEDS.length / 2);
  });

  it("a target without some changes gets programs of the others", () => {
    for (const seed of SEEDS.slice(0, 50)) {
      const kinds = new Set(programOf(seed, ["mint", "transfer"]).map((step) => step.do));
      expect([...kinds].sort()).toEqual(["mint", "transfer"]);
    }
  });

  it("the model keeps the law: what there is, is what was minted and rewarded less what was burned", () => {
    for (const seed of SEEDS) {
      let state: State = EMPTY;
      let made = 0n;
      const total = ({ balances }: State) => balances.reduce((sum, each) => sum + each, 0n);
      for (const step of programOf(seed)) {
        const next = modelAfter(state, step) ?? state;
        if (step.do === "mint" || step.do === "burn" || step.do === "issue") made += total(next) - total(state);
        else expect(total(next), step.do).toBe(total(state));
        state = next;
      }
      expect(amountOf(total(state))).toBe(amountOf(made));
    }
  });
});

describe("shrinking", () => {
  it("leaves what fails and cannot lose a step", async () => {
    const needs = [3, 17, 40];
    const fails = async (steps: readonly number[]) => needs.every((each) => steps.includes(each));
    const all = Array.from({ length: 48 }, (_, i) => i);
    expect(await shrink(all, fails, 1000)).toEqual(needs);
    expect(await shrink([7], async () => true, 1000)).toEqual([7]);
  });

  it("stops after so many runs, with what still fails", async () => {
    let runs = 0;
    const fails = async (steps: readonly number[]) => {
      runs += 1;
      return steps.includes(47);
    };
    const left = await shrink(
      Array.from({ length: 48 }, (_, i) => i),
      fails,
      3,
    );
    expect(runs).toBeLessThanOrEqual(3);
    expect(left.length).toBeLessThan(48);
    expect(left).toContain(47);
  });
});
