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

/** A program of steps that a target offers: amounts are small, so that some movements are of exactly what is there and some of too much. */
export function generate(random: Random, length: number, offered: readonly Step["do"][]): readonly Step[] {
  const amount = () => random.pick(["1", "1", "1", "2.5", random.amount(1, 4, 18)]);
  const step = (kind: Step["do"], from: number): Step => {
    switch (kind) {
      case "mint":
        return { do: kind, to: from, amount: amount() };
      case "transfer":
        return { do: kind, from, to: (from + random.int(1, PEOPLE - 1)) % PEOPLE, amount: amount() };
      case "burn":
        return { do: kind, from, amount: amount() };
      case "rename":
        return { do: kind, who: from, name: random.word() };
      case "issue":
        return { do: kind, to: from };
      case "progress":
        return { do: kind, of: from, by: random.int(1, 3) };
    }
  };
  return Array.from({ length }, () => step(random.pick(offered), random.int(0, PEOPLE - 1)));
}

/**
 * Delta debugging: drops ever smaller stretches of steps as long as the program still fails. `fails` runs a candidate; at most `most` are run.
 * What is left fails, and cannot lose a single step (unless `most` was reached).
 */
export async function shrink<S>(
  steps: readonly S[],
  fails: (steps: readonly S[]) => Promise<boolean>,
  most: number,
): Promise<readonly S[]> {
  let left = steps;
  let runs = 0;
  for (let size = Math.ceil(left.length / 2); size >= 1; ) {
    let dropped = false;
    for (let at = 0; at < left.length && left.length > 1 && runs < most; ) {
      const candidate = left.toSpliced(at, size);
      runs += 1;
      if (candidate.length > 0 && (await fails(candidate))) [left, dropped] = [candidate, true];
      else at += size;
    }
    if (size === 1 && !dropped) break;
    size = size === 1 ? 1 : Math.ceil(size / 2);
    if (runs >= most) break;
  }
  return left;
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
