import { invalidParams } from "./json-rpc.ts";

/** A whole number ≥ 0 that a caller gave as a number, as 0x-prefixed hexadecimal or as decimal text. Throws invalidParams. */
export function readNumber(value: unknown, name: string): number {
  const number =
    typeof value === "number" || (typeof value === "string" && /^(0x[0-9a-f]+|\d+)$/i.test(value)) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(number) || number < 0) throw invalidParams(`${name} is a whole number, or a quantity such as 0x10.`);
  return number;
}

/** A number as JSON-RPC writes it: without leading zeros. */
export function quantity(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}
