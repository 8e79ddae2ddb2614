import { crc32 } from "node:zlib";
import type { Random } from "./random.ts";

/**
 * Keys of this API: `gets_test_`, 30 random base62 characters, and the CRC-32 of those 40 in six base62 digits. Keys of other shapes are
 * varied character by character within their class.
 */
const OURS = /^(gets_(?:test|live)_)[0-9A-Za-z]{36}$/;
const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** A key of the same shape, checksum included, that nobody has been given. */
export function strangerTo(key: string, random: Random): string {
  const [, prefix] = OURS.exec(key) ?? [];
  if (prefix) return withChecksum(prefix + random.base62(30));
  const start = key.length - secretPartOf(key).length;
  const varied = [...key.slice(start)].map((char) =>
    /\d/.test(char)
      ? String(random.int(0, 9))
      : /[a-z]/.test(char)
        ? random.pick([...BASE62.slice(36)])
        : /[A-Z]/.test(char)
          ? random.pick([...BASE62.slice(10, 36)])
          : char,
  );
  return key.slice(0, start) + varied.join("");
}

/** Keys that differ from a good one in one character, each with what was done. No white space: that is a parser's matter. */
export function nearMisses(key: string, random: Random): readonly { readonly what: string; readonly key: string }[] {
  const start = key.length - secretPartOf(key).length;
  const letters = [...key].flatMap((char, at) => (at >= start && /[A-Za-z]/.test(char) ? [at] : []));
  const flip = (at: number) =>
    key.slice(0, at) + (key[at] === key[at]?.toLowerCase() ? key[at]?.toUpperCase() : key[at]?.toLowerCase()) + key.slice(at + 1);
  const dropped = random.int(start, key.length - 2);
  return [
    { what: "one character added at the end", key: `${key}${random.base62(1)}` },
    { what: "one character added in front", key: `${random.base62(1)}${key}` },
    { what: "the last character dropped", key: key.slice(0, -1) },
    { what: "a character in the middle dropped", key: key.slice(0, dropped) + key.slice(dropped + 1) },
    ...(letters.length === 0
      ? []
      : [
          { what: "the case of one letter changed", key: flip(random.pick(letters)) },
          { what: "the case of the last letter changed", key: flip(letters.at(-1) as number) },
        ]),
  ];
}

/** What is secret in a key: what follows the last underscore, or all of it. */
export function secretPartOf(key: string): string {
  const part = key.slice(key.lastIndexOf("_") + 1);
  return part.length >= 12 ? part : key;
}

function withChecksum(body: string): string {
  let sum = crc32(body);
  let digits = "";
  for (let i = 0; i < 6; i++) {
    digits = BASE62[sum % 62] + digits;
    sum = Math.floor(sum / 62);
  }
  return body + digits;
}
