import { Pace } from "../../pace.ts";
import { span } from "./canvas.ts";
import { type Pixels, pixelsOf } from "./png-pixels.ts";

type Size = Pick<Pixels, "width" | "height">;

let before: Promise<unknown> = Promise.resolve();

/**
 * A template's own picture, reduced to what fits into `room`; null if it cannot be read. Eight million pixels take a second and a hundred
 * megabytes: in short turns, and one picture after the other.
 */
export function ownPixels(png: Buffer, room: Size): Promise<Pixels | null> {
  const reading = before.then(() => read(png, room));
  before = reading.catch(() => null);
  return reading;
}

async function read(png: Buffer, room: Size): Promise<Pixels | null> {
  const pace = new Pace();
  const pixels = await pixelsOf(png, pace);
  return pixels && (await reduced(pixels, room, pace));
}

/** Each pixel is the mean of those that fall on it. A picture that is smaller than the room stays as it is. */
async function reduced(pixels: Pixels, room: Size, pace: Pace): Promise<Pixels> {
  const { width, height } = pixels;
  const scale = Math.min(room.width / width, room.height / height);
  if (scale >= 1) return pixels;
  const [across, down] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  const rgba = new Uint8Array(across * down * 4);
  for (let y = 0; y < down; y += 1) {
    for (let x = 0; x < across; x += 1) {
      rgba.set(meanOf(pixels, span(x, across, width), span(y, down, height)), (y * across + x) * 4);
      if (pace.isDue()) await pace.turn();
    }
  }
  return { width: across, height: down, rgba };
}

type Span = ReturnType<typeof span>;

/** Colours count by how opaque they are. */
function meanOf({ width, rgba }: Pixels, columns: Span, rows: Span): number[] {
  let [r, g, b, a] = [0, 0, 0, 0];
  for (let row = rows.from; row < rows.to; row += 1) {
    const end = (row * width + columns.to) * 4;
    for (let at = (row * width + columns.from) * 4; at < end; at += 4) {
      const alpha = rgba[at + 3] as number;
      r += (rgba[at] as number) * alpha;
      g += (rgba[at + 1] as number) * alpha;
      b += (rgba[at + 2] as number) * alpha;
      a += alpha;
    }
  }
  const count = (rows.to - rows.from) * (columns.to - columns.from);
  return a === 0 ? [0, 0, 0, 0] : [r / a + 0.5, g / a + 0.5, b / a + 0.5, a / count + 0.5];
}
