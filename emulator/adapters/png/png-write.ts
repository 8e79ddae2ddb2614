import { promisify } from "node:util";
import { deflate } from "node:zlib";
import { type Chunk, writeChunks } from "./png-chunks.ts";

/** Opaque pixels: red, green, blue of each, eight bits. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

const deflated = promisify(deflate);

/** A PNG of RGB, eight bits. `texts`: chunks that stand before the pixels. The same input gives the same bytes. Compressed beside the event loop. */
export async function writePng({ width, height, rgb }: Raster, texts: readonly Chunk[]): Promise<Buffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return writeChunks([
    { type: "IHDR", data: header },
    ...texts,
    { type: "IDAT", data: await deflated(filtered(rgb, width * 3, height)) },
    { type: "IEND", data: Buffer.alloc(0) },
  ]);
}

/** Each row as its difference to the one above (filter type 2, §9.2): badges are made of plain areas and vertical shades. */
function filtered(rgb: Uint8Array, stride: number, height: number): Buffer {
  const rows = Buffer.alloc((stride + 1) * height);
  for (let y = 0; y < height; y += 1) {
    rows[y * (stride + 1)] = 2;
    for (let x = 0; x < stride; x += 1) {
      const at = y * stride + x;
      rows[y * (stride + 1) + 1 + x] = (rgb[at] as number) - (y === 0 ? 0 : (rgb[at - stride] as number));
    }
  }
  return rows;
}

/** An `iTXt` chunk without compression, language or translation (§11.3.3.4). */
export function internationalText(keyword: string, text: string): Chunk {
  return { type: "iTXt", data: Buffer.concat([Buffer.from(keyword, "latin1"), Buffer.alloc(5), Buffer.from(text)]) };
}
