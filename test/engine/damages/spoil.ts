import type { Random } from "../../support/random.ts";

/** A kind of damage to the bytes of a file; null: the file is gone. It may leave them as they are. */
type Damage = (bytes: Buffer, random: Random) => Buffer | null;

const NEWLINE = 0x0a;

export const DAMAGES = {
  "a byte flipped": (bytes, random) => flipped(bytes, random, random.below(bytes.length)),
  "a byte of the header flipped": (bytes, random) =>
    flipped(bytes, random, random.below(Math.min(bytes.length, bytes.indexOf(NEWLINE) + 1))),
  "a byte at the end flipped": (bytes, random) => flipped(bytes, random, bytes.length - 1 - random.below(Math.min(40, bytes.length))),
  "bytes flipped": (bytes, random) => {
    let spoiled = bytes;
    for (let i = random.int(2, 8); i > 0; i--) spoiled = flipped(spoiled, random, random.below(bytes.length));
    return spoiled;
  },
  "bytes deleted": (bytes, random) => {
    const [from, to] = range(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  "bytes zeroed": (bytes, random) => {
    const [from, to] = range(bytes, random);
    return Buffer.from(bytes).fill(0, from, to);
  },
  "bytes twice": (bytes, random) => {
    const [from, to] = range(bytes, random);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  "bytes overwritten by other ones of the file": (bytes, random) => {
    const [from, to] = range(bytes, random);
    const spoiled = Buffer.from(bytes);
    bytes.copy(spoiled, random.below(bytes.length), from, to);
    return spoiled;
  },
  "bytes put in": (bytes, random) => {
    const at = random.below(bytes.length + 1);
    const more = Buffer.from(Array.from({ length: random.int(1, 20) }, () => random.below(256)));
    return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]);
  },
  "cut short": (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  "cut by a few bytes": (bytes, random) => bytes.subarray(0, bytes.length - random.int(1, Math.min(3, bytes.length))),
  "cut to half": (bytes) => bytes.subarray(0, bytes.length >> 1),
  "its beginning lost": (bytes, random) => bytes.subarray(random.int(1, bytes.length)),
  emptied: () => Buffer.alloc(0),
  "a line deleted": (bytes, random) => onLines(bytes, (lines) => lines.toSpliced(random.below(lines.length), 1)),
  "a line twice": (bytes, random) =>
    onLines(bytes, (lines) => {
      const at = random.below(lines.length);
      return lines.toSpliced(at, 0, lines[at] as string);
    }),
  "two lines swapped": (bytes, random) =>
    onLines(bytes, (lines) => {
      const [a, b] = [random.below(lines.length), random.below(lines.length)];
      return lines.with(a, lines[b] as string).with(b, lines[a] as string);
    }),
  "a digit changed": (bytes, random) => {
    const digits = [...bytes.keys()].filter((at) => (bytes[at] as number) >= 0x30 && (bytes[at] as number) <= 0x39);
    const spoiled = Buffer.from(bytes);
    const at = random.pick(digits);
    spoiled[at] = 0x30 + (((bytes[at] as number) - 0x30 + random.int(1, 9)) % 10);
    return spoiled;
  },
  gone: () => null,
} satisfies Readonly<Record<string, Damage>>;

export type DamageName = keyof typeof DAMAGES;
export const DAMAGE_NAMES = Object.keys(DAMAGES) as DamageName[];

function flipped(bytes: Buffer, random: Random, at: number): Buffer {
  const spoiled = Buffer.from(bytes);
  spoiled[at] = (spoiled[at] as number) ^ (1 << random.below(8));
  return spoiled;
}

function range(bytes: Buffer, random: Random): [number, number] {
  const from = random.below(bytes.length);
  return [from, Math.min(bytes.length, from + random.int(1, random.chance(0.5) ? 8 : bytes.length))];
}

function onLines(bytes: Buffer, change: (lines: readonly string[]) => readonly string[]): Buffer {
  const lines = bytes.toString("latin1").split("\n").slice(0, -1);
  return Buffer.from(
    change(lines)
      .map((line) => `${line}\n`)
      .join(""),
    "latin1",
  );
}
