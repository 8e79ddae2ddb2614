import { promisify } from "node:util";
import { inflate } from "node:zlib";
import { type Chunk, readChunks } from "./png-chunks.ts";
import { type Header, type Pass, passesOf, readHeader, SAMPLES } from "./png-header.ts";

/** A PNG as it is stored: unpacked and checked, its rows still filtered. */
export interface StoredPicture {
  readonly header: Header;
  readonly passes: readonly Pass[];
  /** Row after row, each after its filter type. */
  readonly rows: Buffer;
  /** PLTE: three bytes a colour. */
  readonly palette: Buffer | null;
  /** tRNS: the alpha of palette colours, or the one colour that is transparent. */
  readonly transparency: Buffer | null;
}

const inflating = promisify(inflate);
/** Unpacked at once, in bytes: the default of 16 KiB would take thousands of turns. */
const CHUNK = 1_048_576;

/** Ancillary chunks have a small first letter: what does not know them may leave them out (§5.4). */
const isCritical = ({ type }: Chunk) => /^[A-Z]/.test(type);
const KNOWN = ["IHDR", "PLTE", "IDAT", "IEND"];

/** Null if it is not a PNG that can be read to its end, or one of too many pixels. Unpacked beside the event loop. */
export async function readPng(png: Buffer): Promise<StoredPicture | null> {
  const chunks = readChunks(png);
  const [first] = chunks ?? [];
  const header = first?.type === "IHDR" ? readHeader(first.data) : null;
  if (!chunks || !header || !isOrdered(chunks)) return null;
  const palette = chunks.find(({ type }) => type === "PLTE")?.data ?? null;
  if (palette ? palette.length === 0 || palette.length % 3 !== 0 || palette.length > 768 : header.colour === 3) return null;
  const passes = passesOf(header);
  const rows = await inflated(chunks, passes);
  if (!rows || !areFiltersKnown(rows, passes)) return null;
  return { header, passes, rows, palette, transparency: chunks.find(({ type }) => type === "tRNS")?.data ?? null };
}

/** §5.6: critical chunks once and in order; all IDAT in a row. */
function isOrdered(chunks: readonly Chunk[]): boolean {
  const critical = chunks.filter(isCritical).map(({ type }) => type);
  const data = chunks.map(({ type }) => type === "IDAT");
  return (
    critical.every((type) => KNOWN.includes(type)) &&
    /^IHDR,(PLTE,)?(IDAT,)+IEND$/.test(critical.join()) &&
    data.slice(data.indexOf(true), data.lastIndexOf(true)).every(Boolean)
  );
}

async function inflated(chunks: readonly Chunk[], passes: readonly Pass[]): Promise<Buffer | null> {
  const size = passes.reduce((sum, { height, stride }) => sum + height * (1 + stride), 0);
  const packed = Buffer.concat(chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data));
  try {
    const rows = await inflating(packed, { maxOutputLength: size, chunkSize: CHUNK });
    return rows.length === size ? rows : null;
  } catch {
    return null;
  }
}

function areFiltersKnown(rows: Buffer, passes: readonly Pass[]): boolean {
  let at = 0;
  for (const { height, stride } of passes) {
    for (let y = 0; y < height; y += 1, at += stride + 1) if ((rows[at] as number) > 4) return false;
  }
  return true;
}

/** A part of a row that is unfiltered at once, in bytes: a row can be megabytes long. */
interface RowPart {
  /** Where the row begins, after its filter type. */
  readonly row: number;
  readonly from: number;
  readonly to: number;
  /** Whether it is the first row of its pass: nothing is above it. */
  readonly isFirst: boolean;
}

/** Undoes the filter of a part of a row (§9), in place; what is left of it and above it is done. `step`: bytes of a pixel, at least one. */
export function unfilter(rows: Buffer, { row, from, to, isFirst }: RowPart, stride: number, step: number): void {
  const filter = rows[row - 1] as number;
  if (filter === 0) return;
  const above = stride + 1;
  const guess = GUESSES[filter] as Guess;
  for (let at = row + from; at < row + to; at += 1) {
    const hasLeft = at - row >= step;
    const left = hasLeft ? (rows[at - step] as number) : 0;
    const up = isFirst ? 0 : (rows[at - above] as number);
    const corner = hasLeft && !isFirst ? (rows[at - step - above] as number) : 0;
    rows[at] = (rows[at] as number) + guess(left, up, corner);
  }
}

type Guess = (left: number, up: number, corner: number) => number;

/** By filter type: what the byte was guessed to be from those before it (§9.2). */
const GUESSES: readonly Guess[] = [() => 0, (left) => left, (_, up) => up, (left, up) => (left + up) >> 1, paeth];

/** Bytes of a pixel, at least one. */
export function stepOf({ colour, depth }: Header): number {
  return Math.max(1, (SAMPLES[colour] * depth) >> 3);
}

function paeth(left: number, up: number, corner: number): number {
  const l = Math.abs(up - corner);
  const u = Math.abs(left - corner);
  const c = Math.abs(left + up - 2 * corner);
  if (l <= u && l <= c) return left;
  return u <= c ? up : corner;
}
