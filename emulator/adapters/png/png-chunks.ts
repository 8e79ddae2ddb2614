import { crc32 } from "node:zlib";

/** PNG (third edition) §5.2: the first eight bytes. */
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

export interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

/** The chunks of a PNG from IHDR to IEND; null if it is none, is cut off, goes on after its end, or has a wrong CRC. */
export function readChunks(png: Buffer): Chunk[] | null {
  if (!png.subarray(0, 8).equals(SIGNATURE)) return null;
  const chunks: Chunk[] = [];
  let at = 8;
  while (chunks.at(-1)?.type !== "IEND") {
    if (at + 12 > png.length) return null;
    const end = at + 8 + png.readUInt32BE(at);
    if (end + 4 > png.length || crc32(png.subarray(at + 4, end)) !== png.readUInt32BE(end)) return null;
    const chunk = { type: png.toString("latin1", at + 4, at + 8), data: png.subarray(at + 8, end) };
    if (!/^[A-Za-z]{4}$/.test(chunk.type)) return null;
    chunks.push(chunk);
    at = end + 4;
  }
  return at === png.length ? chunks : null;
}

export function writeChunks(chunks: readonly Chunk[]): Buffer {
  return Buffer.concat([SIGNATURE, ...chunks.map(({ type, data }) => written(type, data))]);
}

function written(type: string, data: Buffer): Buffer {
  const chunk = Buffer.alloc(data.length + 12);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, "latin1");
  data.copy(chunk, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length);
  return chunk;
}
