/** Exact decimal arithmetic on amount strings, 18 places. */
const PLACES = 18;
const UNIT = 10n ** BigInt(PLACES);

/** In smallest units. Throws on what is no plain decimal. */
export function unitsOf(amount: string): bigint {
  const [, sign = "", whole, fraction = ""] = /^(-?)(\d+)(?:\.(\d{1,18}))?$/.exec(amount) ?? [];
  if (whole === undefined) throw new RangeError(`${amount} is no decimal amount`);
  const units = BigInt(whole) * UNIT + BigInt(fraction.padEnd(PLACES, "0"));
  return sign === "" ? units : -units;
}

/** As an amount is written: without trailing zeros. */
export function amountOf(units: bigint): string {
  const sign = units < 0n ? "-" : "";
  const digits = (units < 0n ? -units : units).toString().padStart(PLACES + 1, "0");
  const whole = digits.slice(0, -PLACES);
  let end = digits.length;
  while (end > whole.length && digits[end - 1] === "0") end -= 1;
  const fraction = digits.slice(whole.length, end);
  return `${sign}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

export function plus(a: string, b: string): string {
  return amountOf(unitsOf(a) + unitsOf(b));
}

export function minus(a: string, b: string): string {
  return amountOf(unitsOf(a) - unitsOf(b));
}

/** The same number, however it is written (`1.50` and `1.5`); what is no amount equals nothing. */
export function sameAmount(a: unknown, b: unknown): boolean {
  if (typeof a !== "string" || typeof b !== "string") return false;
  try {
    return unitsOf(a) === unitsOf(b);
  } catch {
    return false;
  }
}

export const SMALLEST = amountOf(1n);
