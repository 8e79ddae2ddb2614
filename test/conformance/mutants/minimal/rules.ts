/** Objects of this implementation are plain JSON; it keeps them in arrays, oldest first. */
// biome-ignore lint/suspicious/noExplicitAny: it reads what clients send and stores what it checked.
export type Plain = Record<string, any>;

const UNIT = 10n ** 18n;

/** What can be right or wrong about an implementation, one function each, so that a mutant is one other function. */
export const RULES = {
  perSecond: 10,
  perHour: 1000,
  isKey: (given: string, keys: readonly string[]) => keys.includes(given),
  /** Requests of one bucket share a quota. */
  bucketOf: (key: string, _path: string) => key,
  /** Smallest units; null for what is no amount. */
  unitsOf(text: unknown): bigint | null {
    if (typeof text !== "string" || !/^(0|[1-9]\d{0,12})(\.\d{1,18})?$/.test(text)) return null;
    const [whole = "", fraction = ""] = text.split(".");
    return BigInt(whole) * UNIT + BigInt(fraction.padEnd(18, "0"));
  },
  decimal(units: bigint): string {
    const fraction = String(units % UNIT)
      .padStart(18, "0")
      .replace(/0+$/, "");
    return `${units / UNIT}${fraction && `.${fraction}`}`;
  },
  /** What is left after a debit; null when there is too little. */
  debited: (balance: bigint, amount: bigint): bigint | null => (balance < amount ? null : balance - amount),
  credited: (balance: bigint, amount: bigint): bigint => balance + amount,
  /** A user after a merge patch. */
  patched(user: Plain, changes: Plain): Plain {
    const { metadata, ...rest } = changes;
    const merged = metadata === null ? {} : { ...user.metadata, ...metadata };
    const kept = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
    return { ...user, ...rest, metadata: kept };
  },
  /** The page after an id, newest first. */
  page(all: readonly Plain[], after: string | null, limit: number): { readonly items: readonly Plain[]; readonly more: boolean } {
    const from = after === null ? all.length : all.findIndex(({ id }) => id === after);
    const older = all.slice(0, Math.max(0, from)).toReversed();
    return { items: older.slice(0, limit), more: older.length > limit };
  },
};

export type Rules = typeof RULES;
