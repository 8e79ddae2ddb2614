import { inflateSync } from "node:zlib";
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

/** Ancillary chunks have a small first letter: what does not know them may leave them out (§5.4). */
const isCritical = ({ type }: Chunk) => /^[A-Z]/.test(type);
const KNOWN = ["IHDR", "PLTE", "IDAT", "IEND"];

/** Null if it is not a PNG that can be read to its end, or one of too many pixels. */
export function readPng(png: Buffer): StoredPicture | null {
  const chunks = readChunks(png);
  const [first] = chunks ?? [];
  const header = first?.type === "IHDR" ? readHeader(first.data) : null;
  if (!chunks || !header || !isOrdered(chunks)) return null;
  const palette = chunks.find(({ type }) => type === "PLTE")?.data ?? null;
  if (palette ? palette.length === 0 || palette.length % 3 !== 0 || palette.length > 768 : header.colour === 3) return null;
  const passes = passesOf(header);
  const rows = inflated(chunks, passes);
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

function inflated(chunks: readonly Chunk[], passes: readonly Pass[]): Buffer | null {
  const size = passes.reduce((sum, { height, stride }) => sum + height * (1 + stride), 0);
  const packed = Buffer.concat(chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data));
  try {
    const rows = inflateSync(packed, { maxOutputLength: size });
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

/** Undoes the filters of a pass (§9), in place. `at`: where its first row begins; returns where the next pass does. */
export function unfilter(rows: Buffer, at: number, { height, stride }: Pass, { colour, depth }: Header): number {
  const step = Math.max(1, (SAMPLES[colour] * depth) >> 3);
  for (let y = 0, row = at + 1; y < height; y += 1, row += stride + 1) {
    const filter = rows[row - 1] as number;
    for (let x = 0; filter > 0 && x < stride; x += 1) {
      const left = x < step ? 0 : (rows[row + x - step] as number);
      const up = y === 0 ? 0 : (rows[row + x - stride - 1] as number);
      const corner = x < step || y === 0 ? 0 : (rows[row + x - step - stride - 1] as number);
      const guess = filter === 1 ? left : filter === 2 ? up : filter === 3 ? (left + up) >> 1 : paeth(left, up, corner);
      rows[row + x] = (rows[row + x] as number) + guess;
    }
  }
  return at + height * (stride + 1);
}

function paeth(left: number, up: number, corner: number): number {
  const [l, u, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  if (l <= u && l <= c) return left;
  return u <= c ? up : corner;
}
