/**
 * Amounts of GETS: decimal strings on the wire, integer base units (10^-18 GETS) inside.
 * Exact at 18 places and far beyond 53 bits; a JSON number never carries an amount.
 */
export const DECIMALS = 18;

const AMOUNT = /^(0|[1-9]\d{0,12})(?:\.(\d{1,18}))?$/;

/** Base units of a decimal string such as `"12.5"`. Throws a RangeError on any other shape. */
export function parseAmount(text: string): bigint {
  const match = AMOUNT.exec(text);
  if (!match) throw new RangeError(`not an amount: ${text}`);
  const [, whole = "0", fraction = ""] = match;
  return BigInt(whole + fraction.padEnd(DECIMALS, "0"));
}

/** The decimal string of base units (≥ 0), without trailing zeros: `12500000000000000000n` → `"12.5"`. */
export function formatAmount(units: bigint): string {
  const digits = units.toString().padStart(DECIMALS + 1, "0");
  const whole = digits.slice(0, -DECIMALS);
  let end = digits.length;
  while (end > whole.length && digits[end - 1] === "0") end -= 1;
  const fraction = digits.slice(whole.length, end);
  return fraction === "" ? whole : `${whole}.${fraction}`;
}
