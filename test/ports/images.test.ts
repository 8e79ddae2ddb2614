import fc from "fast-check";
import { PNG } from "pngjs";
import { expect, it } from "vitest";
import { PngImages } from "../../emulator/adapters/png/images.ts";
import { pixelsOf } from "../../emulator/adapters/png/png-pixels.ts";
import { Pace } from "../../emulator/pace.ts";
import { DEEP } from "../support/depth.ts";
import { FORMATS, IEND, idat, ihdr, pngOf, rowLengths } from "../support/png.ts";
import { shouldBehaveLikeImages } from "./images.ts";

shouldBehaveLikeImages("png", () => new PngImages());

/** A PNG of this format with any bytes for pixels, palette and transparency, under any filters. */
function anyPng([colour, depth]: (typeof FORMATS)[number]) {
  const size = fc.integer({ min: 1, max: 19 });
  return fc.record({ width: size, height: size, interlaced: fc.boolean(), seed: fc.nat(), transparent: fc.boolean() }).map((given) => {
    const format = { ...given, colour, depth };
    const next = bytes(given.seed);
    const rows = rowLengths(format).map((length) => Buffer.from([next() % 5, ...Array.from({ length: length - 1 }, next)]));
    const palette = colour === 3 ? [{ type: "PLTE", data: Buffer.from(Array.from({ length: 3 * 2 ** depth }, next)) }] : [];
    const key = () => Buffer.from([0, depth === 16 ? next() : 0]).fill(depth < 16 ? next() % 2 ** depth : next(), 1);
    const alpha = { 0: () => key(), 2: () => Buffer.concat([key(), key(), key()]), 3: () => Buffer.from([next(), next()]) }[colour];
    const transparency = given.transparent && alpha ? [{ type: "tRNS", data: alpha() }] : [];
    return pngOf([ihdr(format), ...palette, ...transparency, idat(Buffer.concat(rows)), IEND]);
  });
}

/** Bytes that look random (a linear congruential generator). */
function bytes(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  };
}

it.each(FORMATS)("png: pixels of colour type %i with %i bits are those that pngjs reads", async (colour, depth) => {
  await fc.assert(
    fc.asyncProperty(anyPng([colour, depth]), async (png) => {
      const pixels = await pixelsOf(png, new Pace());
      const { data, width, height } = PNG.sync.read(png, { checkCRC: true });
      expect([pixels?.width, pixels?.height]).toEqual([width, height]);
      expect(seen(pixels?.rgba as Uint8Array)).toBe(seen(data));
    }),
    { numRuns: DEEP ? 60 : 4 },
  );
});

/** The colour of a pixel that is quite transparent does not matter. */
function seen(rgba: Uint8Array): string {
  return Buffer.from(rgba.map((value, at) => (rgba[at | 3] === 0 ? 0 : value))).toString("hex");
}
