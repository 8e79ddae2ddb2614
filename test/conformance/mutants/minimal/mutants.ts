import { RULES, type Rules } from "./rules.ts";

/** The minimal implementation with one rule replaced, and who must notice. Without a change it must be conformant. */
export interface MinimalMutant {
  readonly id: string;
  readonly breaks: string;
  readonly changes: Partial<Rules>;
  readonly kills: readonly string[];
  readonly also?: readonly string[];
}

export const MINIMAL: readonly MinimalMutant[] = [
  { id: "N00", breaks: "nothing: all that it declares holds", changes: {}, kills: [] },
  {
    id: "N01",
    breaks: "keys are compared without case",
    changes: { isKey: (given, keys) => keys.some((key) => key.toLowerCase() === given.toLowerCase()) },
    kills: ["AUTH-05"],
  },
  { id: "N02", breaks: "every path has a quota of its own", changes: { bucketOf: (key, path) => key + path }, kills: ["RATE-09"] },
  { id: "N03", breaks: "all keys share a quota", changes: { bucketOf: () => "all" }, kills: ["RATE-07"] },
  { id: "N04", breaks: "nine a second", changes: { perSecond: 9 }, kills: ["RATE-01"], also: ["RATE-09"] },
  {
    id: "N05",
    breaks: "amounts pass through a floating-point number",
    changes: {
      unitsOf(text) {
        const units = RULES.unitsOf(text);
        return units === null ? null : BigInt(Math.round(Number(units)));
      },
    },
    kills: ["TOKEN-09"],
    also: ["TOKEN-01", "TOKEN-03", "TOKEN-04", "TOKEN-05"],
  },
  {
    id: "N06",
    breaks: "a debit of too much leaves nothing and succeeds",
    changes: { debited: (balance, amount) => (balance < amount ? 0n : balance - amount) },
    kills: ["TOKEN-04"],
    also: ["TOKEN-02", "TOKEN-05", "TOKEN-08"],
  },
  {
    id: "N07",
    breaks: "a credit of whole tokens loses the rest",
    changes: { credited: (balance, amount) => balance + amount - (amount % 10n ** 9n) },
    kills: ["TOKEN-09"],
    also: ["TOKEN-01", "TOKEN-03", "TOKEN-05"],
  },
  {
    id: "N08",
    breaks: "a patch resets what it does not name",
    changes: { patched: (user, changes) => ({ ...RULES.patched(user, changes), metadata: changes.metadata ?? {} }) },
    kills: ["USER-02"],
  },
];
