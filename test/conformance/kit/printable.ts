/**
 * Text of the target, as a terminal may show it: control characters, line separators and what is not seen or turns the direction of text are
 * written `\u001b`. Line breaks and tabs stay.
 */
export function printable(text: string): string {
  return text.replaceAll(/(?![\n\t\u200d])[\p{Cc}\p{Zl}\p{Zp}\p{Cf}]/gu, (found) =>
    Array.from({ length: found.length }, (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, "0")}`).join(""),
  );
}

/** The same for every text of a plain object. */
export function printableAll<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_name, each) => (typeof each === "string" ? printable(each) : each)) as T;
}
