/** What IHDR says (PNG §11.2.1). */
export interface Header {
  readonly width: number;
  readonly height: number;
  /** Bits of a sample, or of a palette index. */
  readonly depth: number;
  readonly colour: Colour;
  readonly interlaced: boolean;
}

/** Grey, RGB, palette, grey with alpha, RGBA. */
type Colour = 0 | 2 | 3 | 4 | 6;

/** Samples of a pixel. */
export const SAMPLES: Readonly<Record<Colour, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Table 11.1: the depths each colour type may have. */
const DEPTHS: Readonly<Record<Colour, readonly number[]>> = { 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] };

/** A picture of 256 KiB can claim, and even unpack to, gigabytes: more than eight million pixels are not read. */
const MOST_PIXELS = 8_000_000;

/** Null if the header is not one of the PNG specification, or of too large a picture. */
export function readHeader(data: Buffer): Header | null {
  if (data.length !== 13) return null;
  const [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
  const [depth, colour, compression, filter, interlace] = data.subarray(8) as unknown as [number, Colour, number, number, number];
  if (width === 0 || height === 0 || width * height > MOST_PIXELS) return null;
  if (!DEPTHS[colour]?.includes(depth) || compression !== 0 || filter !== 0 || interlace > 1) return null;
  return { width, height, depth, colour, interlaced: interlace === 1 };
}

/** A part of the picture that is stored as a picture of its own: pixel (x, y) of it is pixel (left + x·right, top + y·down). */
export interface Pass {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly down: number;
  /** Bytes of a row, without its filter type. */
  readonly stride: number;
}

/** Adam7 (§8.1): left, top, right, down. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** The passes that are not empty: one, or up to seven when it is interlaced. */
export function passesOf({ width, height, depth, colour, interlaced }: Header): Pass[] {
  return (interlaced ? ADAM7 : [[0, 0, 1, 1] as const])
    .map(([left, top, right, down]) => {
      const across = Math.ceil((width - left) / right);
      const stride = Math.ceil((across * SAMPLES[colour] * depth) / 8);
      return { width: across, height: Math.ceil((height - top) / down), left, top, right, down, stride };
    })
    .filter((pass) => pass.width > 0 && pass.height > 0);
}
