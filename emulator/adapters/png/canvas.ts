import type { Pixels } from "./png-pixels.ts";
import type { Raster } from "./png-write.ts";
import type { Box, Shape } from "./shapes.ts";

/** Red, green, blue: 0–255. */
export type Rgb = readonly [number, number, number];
/** One colour, or one for each height. */
export type Paint = Rgb | ((y: number) => Rgb);

/** A picture to paint on: shapes come out smooth at their edges. */
export class Canvas implements Raster {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;

  constructor(width: number, height: number, background: Rgb) {
    this.width = width;
    this.height = height;
    this.rgb = new Uint8Array(Buffer.alloc(width * height * 3, Uint8Array.from(background)));
  }

  /** Each pixel takes as much of the paint as the shape covers of it. */
  fill({ box, distance }: Shape, paint: Paint, opacity = 1): void {
    const [left, right] = [Math.max(0, Math.floor(box.left) - 1), Math.min(this.width, Math.ceil(box.right) + 1)];
    const [top, bottom] = [Math.max(0, Math.floor(box.top) - 1), Math.min(this.height, Math.ceil(box.bottom) + 1)];
    for (let y = top; y < bottom; y += 1) {
      const colour = typeof paint === "function" ? paint(y) : paint;
      for (let x = left; x < right; x += 1) {
        const covered = 0.5 - distance(x + 0.5, y + 0.5);
        if (covered > 0) this.#blend(x, y, colour, Math.min(1, covered) * opacity);
      }
    }
  }

  /** Places a picture inside the box, as large as it fits, in the middle. Each pixel is the mean of those that fall on it. */
  place({ width, height, rgba }: Pixels, box: Box): void {
    const scale = Math.min((box.right - box.left) / width, (box.bottom - box.top) / height);
    const [across, down] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
    const [left, top] = [Math.round((box.left + box.right - across) / 2), Math.round((box.top + box.bottom - down) / 2)];
    for (let y = 0; y < down; y += 1) {
      const rows = span(y, down, height);
      for (let x = 0; x < across; x += 1) {
        const columns = span(x, across, width);
        const sum = [0, 0, 0, 0] as [number, number, number, number];
        for (let row = rows.from; row < rows.to; row += 1) {
          for (let at = (row * width + columns.from) * 4; at < (row * width + columns.to) * 4; at += 4) {
            const alpha = rgba[at + 3] as number;
            for (let channel = 0; channel < 3; channel += 1)
              sum[channel] = (sum[channel] as number) + (rgba[at + channel] as number) * alpha;
            sum[3] += alpha;
          }
        }
        if (sum[3] === 0) continue;
        const count = (rows.to - rows.from) * (columns.to - columns.from);
        this.#blend(left + x, top + y, [sum[0] / sum[3], sum[1] / sum[3], sum[2] / sum[3]], sum[3] / (255 * count));
      }
    }
  }

  #blend(x: number, y: number, colour: Rgb, opacity: number): void {
    const at = (y * this.width + x) * 3;
    for (let channel = 0; channel < 3; channel += 1) {
      const before = this.rgb[at + channel] as number;
      this.rgb[at + channel] = before + ((colour[channel] as number) - before) * opacity + 0.5;
    }
  }
}

/** Which of `from` pixels fall on the n-th of `to`: at least one. */
export function span(n: number, to: number, from: number): { from: number; to: number } {
  const first = Math.floor((n * from) / to);
  return { from: first, to: Math.max(first + 1, Math.floor(((n + 1) * from) / to)) };
}

/** A paint that goes from one colour at the top to another at the bottom. */
export function shade(from: Rgb, to: Rgb, top: number, bottom: number): Paint {
  return (y) => mix(from, to, Math.min(1, Math.max(0, (y - top) / (bottom - top))));
}

/** Between two colours: 0 is the first, 1 the second. */
export function mix(a: Rgb, b: Rgb, share: number): Rgb {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}
