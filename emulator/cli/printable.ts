/** Control characters, line separators, and characters that are not seen or turn the direction of text; the joiner of emoji may stay. */
const UNPRINTABLE = /(?!\u200d)[\p{Cc}\p{Zl}\p{Zp}\p{Cf}]/gu;

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
  const units = Array.from({ length: found.length }, (_, at) => found.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
