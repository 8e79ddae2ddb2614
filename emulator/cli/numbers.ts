import { InvalidArgumentError } from "commander";

/** A whole number; how large it may be the sandbox says. */
export function whole(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is not a whole number.");
}

/** A decimal number; how large it may be the sandbox says. */
export function fraction(text: string): number {
  if (/^\d{0,15}\.?\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is not a number.");
}
