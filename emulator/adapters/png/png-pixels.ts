import type { Pace } from "../../pace.ts";
import { readPng, type StoredPicture, stepOf, unfilter } from "./png-read.ts";

/** Pixels with straight alpha: red, green, blue, alpha of each, eight bits. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/** Pixels and bytes that are done without a look at the time. */
const BLOCK = 4096;

/** The pixels of a PNG of any colour type, depth and interlacing; null if it cannot be read. Colour management is not applied. */
export async function pixelsOf(png: Buffer, pace: Pace): Promise<Pixels | null> {
  const stored = await readPng(png);
  if (!stored) return null;
  const { header, passes, rows } = stored;
  const rgba = new Uint8Array(header.width * header.height * 4);
  const put = painter(stored, rgba);
  const step = stepOf(header);
  let row = 1;
  for (const { width, height, left, top, right, down, stride } of passes) {
    for (let y = 0; y < height; y += 1, row += stride + 1) {
      for (let from = 0; from < stride; from += BLOCK) {
        unfilter(rows, { row, from, to: Math.min(stride, from + BLOCK), isFirst: y === 0 }, stride, step);
        if (pace.isDue()) await pace.turn();
      }
      const sample = sampler(rows, row, header.depth);
      const to = ((top + y * down) * header.width + left) * 4;
      for (let x = 0; x < width; x += 1) {
        put(sample, x, to + x * right * 4);
        if (x % BLOCK === 0 && pace.isDue()) await pace.turn();
      }
    }
  }
  return { width: header.width, height: header.height, rgba };
}

type Sampler = (index: number) => number;

/** The n-th sample of a row, in its own depth (§7.2: packed from the high bits down). */
function sampler(rows: Buffer, at: number, depth: number): Sampler {
  if (depth === 16) return (index) => rows.readUInt16BE(at + index * 2);
  if (depth === 8) return (index) => rows[at + index] as number;
  const mask = (1 << depth) - 1;
  return (index) => ((rows[at + ((index * depth) >> 3)] as number) >> (8 - depth - ((index * depth) & 7))) & mask;
}

/** Writes pixel `x` of a row to its place, by colour type. */
function painter({ header, palette, transparency }: StoredPicture, rgba: Uint8Array) {
  const { colour, depth } = header;
  const scale = 255 / (2 ** depth - 1);
  const clear = (index: number) => (transparency && transparency.length >= index * 2 + 2 ? transparency.readUInt16BE(index * 2) : -1);
  const keys = [clear(0), clear(1), clear(2)] as const;
  const write = (at: number, r: number, g: number, b: number, a: number) => {
    rgba[at] = r * scale + 0.5;
    rgba[at + 1] = g * scale + 0.5;
    rgba[at + 2] = b * scale + 0.5;
    rgba[at + 3] = a * scale + 0.5;
  };
  const full = 2 ** depth - 1;
  return (sample: Sampler, x: number, at: number): void => {
    if (colour === 3) {
      const index = sample(x);
      for (let channel = 0; channel < 3; channel += 1) rgba[at + channel] = palette?.[index * 3 + channel] ?? 0;
      rgba[at + 3] = transparency?.[index] ?? 255;
    } else if (colour === 0 || colour === 4) {
      const grey = sample(colour === 0 ? x : x * 2);
      const alpha = colour === 4 ? sample(x * 2 + 1) : grey === keys[0] ? 0 : full;
      write(at, grey, grey, grey, alpha);
    } else {
      const first = x * (colour === 2 ? 3 : 4);
      const [r, g, b] = [sample(first), sample(first + 1), sample(first + 2)];
      write(at, r, g, b, colour === 6 ? sample(first + 3) : r === keys[0] && g === keys[1] && b === keys[2] ? 0 : full);
    }
  };
}
