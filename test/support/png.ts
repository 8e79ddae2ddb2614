/** PNG as the tests read and write it: on their own (PNG third edition), with pngjs and jsQR beside. */
import { crc32, deflateSync } from "node:zlib";
import jsqr from "jsqr";
import { PNG } from "pngjs";

export interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

/** How the pixels are stored. */
export interface Format {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colour: number;
  readonly interlaced?: boolean;
}

export const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Each colour type with each depth it may have (table 11.1). */
export const FORMATS: readonly (readonly [colour: number, depth: number])[] = [
  ...[1, 2, 4, 8, 16].map((depth) => [0, depth] as const),
  ...[8, 16].map((depth) => [2, depth] as const),
  ...[1, 2, 4, 8].map((depth) => [3, depth] as const),
  ...[4, 6].flatMap((colour) => [8, 16].map((depth) => [colour, depth] as const)),
];

export function pngOf(chunks: readonly Chunk[]): Buffer {
  const parts = chunks.map(({ type, data }) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    return Buffer.concat([uint32(data.length), body, uint32(crc32(body))]);
  });
  return Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), ...parts]);
}

export function ihdr({ width, height, depth, colour, interlaced = false }: Format): Chunk {
  return { type: "IHDR", data: Buffer.concat([uint32(width), uint32(height), Buffer.from([depth, colour, 0, 0, Number(interlaced)])]) };
}

export function idat(rows: Uint8Array): Chunk {
  return { type: "IDAT", data: deflateSync(rows) };
}

export const IEND: Chunk = { type: "IEND", data: Buffer.alloc(0) };

/** The bytes of every row, pass by pass, filter type included (§8). */
export function rowLengths({ width, height, depth, colour, interlaced = false }: Format): number[] {
  const starts = interlaced
    ? ([
        [0, 0, 8, 8],
        [4, 0, 8, 8],
        [0, 4, 4, 8],
        [2, 0, 4, 4],
        [0, 2, 2, 4],
        [1, 0, 2, 2],
        [0, 1, 1, 2],
      ] as const)
    : ([[0, 0, 1, 1]] as const);
  return starts.flatMap(([x, y, dx, dy]) => {
    const across = Math.max(0, Math.ceil((width - x) / dx));
    const down = across === 0 ? 0 : Math.max(0, Math.ceil((height - y) / dy));
    return Array.from({ length: down }, () => 1 + Math.ceil((across * depth * (SAMPLES[colour] as number)) / 8));
  });
}

/** A picture of one grey. */
export function greyPng(width: number, height: number): Buffer {
  const format = { width, height, depth: 8, colour: 0 };
  return pngOf([ihdr(format), idat(Buffer.concat(rowLengths(format).map((length) => Buffer.alloc(length, 0).fill(128, 1)))), IEND]);
}

export function chunksOf(png: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    chunks.push({ type: png.toString("latin1", at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  return chunks;
}

/** What Open Badges 3.0 §5.3.1 extracts: the text of the first `iTXt` with the keyword `openbadgecredential`; null if there is none. */
export function bakedText(png: Buffer): string | null {
  for (const { type, data } of chunksOf(png)) {
    const [keyword, rest] = [data.toString("latin1", 0, data.indexOf(0)), data.subarray(data.indexOf(0) + 1)];
    if (type !== "iTXt" || keyword !== "openbadgecredential") continue;
    if (rest[0] !== 0) throw new Error("it is compressed");
    const afterLanguage = rest.indexOf(0, 2) + 1;
    return rest.toString("utf8", rest.indexOf(0, afterLanguage) + 1);
  }
  return null;
}

/** What a camera reads in the picture; null if nothing. */
export function scanned(png: Buffer): string | null {
  const { data, width, height } = PNG.sync.read(png);
  return jsqr.default(new Uint8ClampedArray(data), width, height)?.data ?? null;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
