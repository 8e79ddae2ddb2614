import type { Canvas, Paint } from "./canvas.ts";
import { GLYPHS, MARKS, UNKNOWN } from "./font.ts";
import { type Point, type Shape, strokes } from "./shapes.ts";

export interface Style {
  /** Height of a capital, in pixels. */
  readonly size: number;
  /** Width of a stroke, in sixteenths of that height. */
  readonly weight: number;
}

/** Height of a capital on the font's grid. */
const CAPITAL = 16;
const SPACE = 3;
/** How much higher a mark stands on a capital. */
const RAISED = 6;
const CURVE_STEPS = 8;

type Lines = readonly (readonly Point[])[];
interface Glyph {
  readonly lines: Lines;
  readonly width: number;
}

const drawn = new Map<string, Glyph>();

/** The width of a line of text, in pixels. */
export function widthOf(text: string, { size, weight }: Style): number {
  const glyphs = glyphsOf(text);
  const units = glyphs.reduce((sum, { width }) => sum + width, 0) + Math.max(0, glyphs.length - 1) * gap(weight) + weight;
  return (units * size) / CAPITAL;
}

/** Writes a line of text with its middle, or its beginning, at `x`, standing on `baseline`. */
export function write(
  canvas: Canvas,
  text: string,
  [x, baseline]: Point,
  style: Style,
  paint: Paint,
  align: "middle" | "start" = "middle",
) {
  const scale = style.size / CAPITAL;
  let at = x + (style.weight * scale) / 2 - (align === "middle" ? widthOf(text, style) / 2 : 0);
  for (const { lines, width } of glyphsOf(text)) {
    if (lines.length > 0) canvas.fill(placed(lines, [at, baseline - style.size], scale, style.weight * scale), paint);
    at += (width + gap(style.weight)) * scale;
  }
}

/** Lines of at most this width, broken between words; a word that is too long is broken too. */
export function wrap(text: string, most: number, style: Style): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (widthOf(longer, style) <= most) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    line = "";
    for (const character of word.normalize("NFC")) {
      if (line !== "" && widthOf(line + character, style) > most) {
        lines.push(line);
        line = "";
      }
      line += character;
    }
  }
  return line === "" ? lines : [...lines, line];
}

/** The beginning of a text that fits into a line of this width; an ellipsis tells of the rest. */
export function clipped(text: string, most: number, style: Style): string {
  const characters = [...text.normalize("NFC")];
  if (widthOf(text, style) <= most) return text;
  while (characters.length > 0 && widthOf(`${characters.join("")}…`, style) > most) characters.pop();
  return `${characters.join("").trimEnd()}…`;
}

function gap(weight: number): number {
  return 2 + weight;
}

function placed(lines: Lines, [x, y]: Point, scale: number, width: number): Shape {
  return strokes(
    lines.map((line) => line.map(([dx, dy]): Point => [x + dx * scale, y + dy * scale])),
    width,
  );
}

/** A glyph for each letter with its marks (Unicode NFD). What is invisible – joiners, variation selectors – is left out. */
function glyphsOf(text: string): Glyph[] {
  const clusters = text.normalize("NFD").match(/[^\p{M}\p{Cf}]\p{M}*/gu) ?? [];
  return clusters.map((cluster) => {
    const glyph = drawn.get(cluster) ?? draw(cluster);
    if (drawn.size < 1000) drawn.set(cluster, glyph);
    return glyph;
  });
}

function draw(cluster: string): Glyph {
  const [letter, ...marks] = [...cluster] as [string, ...string[]];
  if (/[\s\p{Cc}]/u.test(letter)) return { lines: [], width: SPACE };
  const known = marks.flatMap((mark) => (MARKS[mark] === undefined ? [] : [linesOf(MARKS[mark])]));
  const bare = known.length === 0 ? letter : ({ i: "ı", j: "ȷ" }[letter] ?? letter);
  const base = linesOf(GLYPHS[bare] ?? UNKNOWN);
  const width = Math.max(...[base, ...known].map(widest));
  const raise = Math.min(...base.flat().map(([, y]) => y)) < RAISED ? RAISED : 0;
  return { lines: [...moved(base, (width - widest(base)) / 2, 0), ...known.flatMap((mark) => marked(mark, width, raise))], width };
}

/** A mark in the middle of a letter; one that hangs below stays where it is. */
function marked(mark: Lines, width: number, raise: number): Lines {
  const isBelow = mark.flat().some(([, y]) => y >= CAPITAL);
  return moved(mark, (width - widest(mark)) / 2, isBelow ? 0 : -raise);
}

function widest(lines: Lines): number {
  return Math.max(...lines.flat().map(([x]) => x));
}

function moved(lines: Lines, right: number, down: number): Lines {
  return lines.map((line) => line.map(([x, y]): Point => [x + right, y + down]));
}

function linesOf(glyph: string): Lines {
  return glyph.split(" ").map((stroke) => {
    const points = (stroke.match(/[0-9a-z]{2}/g) ?? []).map(
      (pair): Point => [Number.parseInt(pair[0] as string, 36), Number.parseInt(pair[1] as string, 36)],
    );
    if (stroke.startsWith("~")) return curve(points);
    return stroke.startsWith("@") ? closedCurve(points) : points;
  });
}

/** A quadratic B-spline that reaches its first and last point. */
function curve(points: readonly Point[]): Point[] {
  const inner = points.slice(1, -1);
  const ends = inner.map((point, index) =>
    index === inner.length - 1 ? (points.at(-1) as Point) : between(point, inner[index + 1] as Point),
  );
  const starts = [points[0] as Point, ...ends];
  return [points[0] as Point, ...inner.flatMap((control, index) => bent(starts[index] as Point, control, ends[index] as Point))];
}

function closedCurve(points: readonly Point[]): Point[] {
  const seam = between(points.at(-1) as Point, points[0] as Point);
  return curve([seam, ...points, seam]);
}

/** Points on a quadratic Bézier curve, without the first. */
function bent(from: Point, control: Point, to: Point): Point[] {
  return Array.from({ length: CURVE_STEPS }, (_, index): Point => {
    const t = (index + 1) / CURVE_STEPS;
    const at = (axis: 0 | 1) => (1 - t) ** 2 * from[axis] + 2 * t * (1 - t) * control[axis] + t ** 2 * to[axis];
    return [at(0), at(1)];
  });
}

function between(a: Point, b: Point): Point {
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
}
