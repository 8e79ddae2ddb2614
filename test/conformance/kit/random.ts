import { createHash } from "node:crypto";

/** Values that nobody can have prepared answers for, and that the same seed gives again. */
export interface Random {
  /** A whole number from `from` to `to`, both included. */
  int(from: number, to: number): number;
  pick<T>(list: readonly T[]): T;
  /** Lower-case letters and digits. */
  word(length?: number): string;
  /** A display name that naive code breaks: right-to-left text, a character beyond the BMP, a combining accent. */
  name(): string;
  /** A decimal amount with up to `places` places, never ending in zero. */
  amount(from: number, to: number, places?: number): string;
  /** Random characters of Crockford's base 32, as in an ULID. */
  base32(length: number): string;
  base62(length: number): string;
}

export function randomOf(seed: string, purpose: string): Random {
  const next = sfc32(createHash("sha256").update(`${seed}\n${purpose}`).digest());
  const int = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  const pick = <T>(list: readonly T[]) => list[int(0, list.length - 1)] as T;
  const from = (alphabet: string, length: number) => Array.from({ length }, () => pick([...alphabet])).join("");
  return {
    int,
    pick,
    word: (length = 8) => from("abcdefghijklmnopqrstuvwxyz0123456789", length),
    name: () =>
      `${pick(["Zoë", "Ada", "नेहा", "王芳"])} ${pick(["שרה", "ليلى"])} ${pick(["🦉", "🧮", "🪐"])} e\u0301 ${from("abcdefghij", 6)}`,
    amount: (low, high, places = 6) => {
      const fraction = places === 0 ? "" : `.${from("0123456789", int(0, places - 1))}${int(1, 9)}`;
      return `${int(low, high - 1)}${fraction}`;
    },
    base32: (length) => from("0123456789ABCDEFGHJKMNPQRSTVWXYZ", length),
    base62: (length) => from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", length),
  };
}

/** Small fast counter (PractRand-tested); numbers from 0 up to 1. */
function sfc32(bytes: Buffer): () => number {
  let [a, b, c, d] = [0, 4, 8, 12].map((at) => bytes.readInt32LE(at)) as [number, number, number, number];
  return () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    return (t >>> 0) / 2 ** 32;
  };
}
