import { amountOf, unitsOf } from "./amounts.ts";
import type { Random } from "./random.ts";

/** One step of a random program. People are A, B, C … by their number; what a step does to them the model says. */
export type Step =
  | { readonly do: "mint"; readonly to: number; readonly amount: string }
  | { readonly do: "transfer"; readonly from: number; readonly to: number; readonly amount: string }
  | { readonly do: "burn"; readonly from: number; readonly amount: string }
  | { readonly do: "rename"; readonly who: number; readonly name: string }
  | { readonly do: "issue"; readonly to: number }
  | { readonly do: "progress"; readonly of: number; readonly by: number };

/** The whole of what the model knows. */
export interface State {
  /** Smallest units. */
  readonly balances: readonly bigint[];
  /** Who has the badge. */
  readonly awarded: readonly boolean[];
  readonly progress: readonly number[];
  /** Null: as it was created. */
  readonly names: readonly (string | null)[];
}

export const PEOPLE = 3;
export const REWARD = "2.5";
export const TARGET = 5;

export const EMPTY: State = {
  balances: Array(PEOPLE).fill(0n),
  awarded: Array(PEOPLE).fill(false),
  progress: Array(PEOPLE).fill(0),
  names: Array(PEOPLE).fill(null),
};

/** What a step makes of a state; null when it is refused, and then nothing changes. */
export function after(state: State, step: Step): State | null {
  const { balances, awarded, progress, names } = state;
  const paid = (who: number, units: bigint, list = balances) => list.with(who, (list[who] ?? 0n) + units);
  switch (step.do) {
    case "mint":
      return { ...state, balances: paid(step.to, unitsOf(step.amount)) };
    case "burn":
    case "transfer": {
      const units = unitsOf(step.amount);
      if ((balances[step.from] ?? 0n) < units) return null;
      const less = paid(step.from, -units);
      return { ...state, balances: step.do === "burn" ? less : paid(step.to, units, less) };
    }
    case "rename":
      return { ...state, names: names.with(step.who, step.name) };
    case "issue":
      if (awarded[step.to]) return null;
      return { ...state, awarded: awarded.with(step.to, true), balances: paid(step.to, unitsOf(REWARD)) };
    case "progress":
      return { ...state, progress: progress.with(step.of, Math.min(TARGET, (progress[step.of] ?? 0) + step.by)) };
  }
}

/** How many steps of each kind a program has. With three people somebody is bound to do each of these, but issuing, at least thrice. */
const COUNTS: Readonly<Record<Step["do"], number>> = { mint: 10, transfer: 10, burn: 8, rename: 7, issue: 5, progress: 8 };
/** So many transfers, and burns, are of more than there is. */
const REFUSED = 2;

/**
 * A program of steps that a target offers, in random order after everybody was minted the same. Whoever gives has something as long as
 * anybody does: so many movements succeed whatever the seed, some of exactly what is there; the last are of the smallest unit too much.
 */
export function generate(random: Random, offered: readonly Step["do"][]): readonly Step[] {
  const kinds = shuffled(
    random,
    offered.flatMap((kind) => Array<Step["do"]>(COUNTS[kind] - (kind === "mint" ? PEOPLE : 0)).fill(kind)),
  );
  const left: Partial<Record<Step["do"], number>> = { ...COUNTS };
  const steps: Step[] = [];
  let state = EMPTY;
  const add = (step: Step) => {
    steps.push(step);
    state = after(state, step) ?? state;
  };
  if (offered.includes("mint")) for (let to = 0; to < PEOPLE; to++) add({ do: "mint", to, amount: "1" });
  for (const kind of kinds) {
    const isTooMuch = (left[kind] ?? 0) <= REFUSED;
    left[kind] = (left[kind] ?? 0) - 1;
    add(stepOf(kind, random, state, isTooMuch));
  }
  return steps;
}

function stepOf(kind: Step["do"], random: Random, { balances }: State, isTooMuch: boolean): Step {
  const who = random.int(0, PEOPLE - 1);
  switch (kind) {
    case "mint":
      return { do: kind, to: who, amount: random.pick(["1", "1", "2.5", random.amount(1, 4, 18)]) };
    case "transfer": {
      const { from, amount } = movement(random, balances, isTooMuch);
      return { do: kind, from, to: (from + random.int(1, PEOPLE - 1)) % PEOPLE, amount };
    }
    case "burn":
      return { do: kind, ...movement(random, balances, isTooMuch) };
    case "rename":
      return { do: kind, who, name: random.word() };
    case "issue":
      return { do: kind, to: who };
    case "progress":
      return { do: kind, of: who, by: random.int(1, 3) };
  }
}

/** Somebody who has something, and a part of it, or all while others have some too. */
function movement(random: Random, balances: readonly bigint[], isTooMuch: boolean): { readonly from: number; readonly amount: string } {
  const rich = [...balances.keys()].filter((who) => (balances[who] ?? 0n) > 0n);
  const from = rich.length === 0 ? random.int(0, PEOPLE - 1) : random.pick(rich);
  const all = balances[from] ?? 0n;
  if (isTooMuch || all === 0n) return { from, amount: amountOf(all + 1n) };
  const part = (all * BigInt(random.int(1, 7))) / 8n;
  const parts = [part > 0n ? part : 1n, part > 0n ? part : 1n, ...(all > UNIT ? [UNIT] : []), ...(rich.length > 1 ? [all] : [])];
  return { from, amount: amountOf(random.pick(parts)) };
}

const UNIT = unitsOf("1");

function shuffled<T>(random: Random, list: readonly T[]): readonly T[] {
  const mixed = [...list];
  for (let last = mixed.length - 1; last > 0; last--) {
    const other = random.int(0, last);
    [mixed[last], mixed[other]] = [mixed[other] as T, mixed[last] as T];
  }
  return mixed;
}

/** A program as commands for a shell; `$A` and so on are ids of users made before, `$BADGE` and `$ACHIEVEMENT` likewise. */
export function asCurl(steps: readonly Step[]): string {
  return steps.map((step) => `  ${curlOf(step)}`).join("\n");
}

const id = (who: number) => `$${String.fromCharCode(65 + who)}`;

function curlOf(step: Step): string {
  const post = (path: string, body: Record<string, unknown>, method = "POST") =>
    `curl -X ${method} "$BASE${path}" -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" -d "${JSON.stringify(body).replaceAll('"', '\\"')}"`;
  switch (step.do) {
    case "mint":
      return post("/tokens/mint", { user_id: id(step.to), amount: step.amount });
    case "transfer":
      return post("/tokens/transfer", { from_user_id: id(step.from), to_user_id: id(step.to), amount: step.amount });
    case "burn":
      return post("/tokens/burn", { user_id: id(step.from), amount: step.amount });
    case "rename":
      return post(`/users/${id(step.who)}`, { display_name: step.name }, "PATCH");
    case "issue":
      return post("/badges/$BADGE/issue", { recipient_id: id(step.to), auto_claim: true });
    case "progress":
      return post(`/users/${id(step.of)}/achievements/$ACHIEVEMENT/progress`, { updates: [{ mode: "increment", value: step.by }] });
  }
}

/** For messages: `A 2.5, B 0, C 1`. */
export function balancesOf(units: readonly bigint[]): string {
  return units.map((each, who) => `${id(who).slice(1)} ${amountOf(each)}`).join(", ");
}
