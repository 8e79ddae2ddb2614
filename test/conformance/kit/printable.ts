/**
 * Text of the target, as a terminal may show it: control characters, line separators and what turns the direction of text (UAX #9) are
 * written `\u001b`. Line breaks and tabs stay.
 */
export function printable(text: string): string {
  return text.replaceAll(
    /(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_C}]/gu,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The same for every text of a plain object. */
export function printableAll<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_name, each) => (typeof each === "string" ? printable(each) : each)) as T;
}
