/** Control characters, line separators, and what turns the direction of text (Unicode UAX #9). */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_C}]/gu;

/**
 * Text from outside, as a terminal may show it: what would move its cursor, set its title or reorder a line is written `\u001b` (as in JSON,
 * so that printed JSON means the same). Line breaks and tabs stay.
 */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, (found) => (found === "\n" || found === "\t" ? found : escaped(found)));
}

/** The same for a name or a value inside a line: it cannot begin one of its own. */
export function oneLine(text: string): string {
  return text.replaceAll(UNPRINTABLE, escaped);
}

function escaped(found: string): string {
  return `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
