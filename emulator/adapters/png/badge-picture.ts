import { Pace } from "../../pace.ts";
import type { BadgePicture } from "../../ports/images.ts";
import { Canvas, mix, type Paint, type Rgb, shade } from "./canvas.ts";
import { type Metal, metalOf } from "./metals.ts";
import type { Pixels } from "./png-pixels.ts";
import { internationalText, writePng } from "./png-write.ts";
import { qrModules } from "./qr.ts";
import { around, type Box, circle, outline, polygon, rounded, seal, star } from "./shapes.ts";
import { clipped, type Style, widthOf, wrap, write } from "./text.ts";

const WIDTH = 600;
const HEIGHT = 800;
const MIDDLE = WIDTH / 2;
const WHITE: Rgb = [255, 255, 255];
const PAPER: Rgb = [247, 248, 251];
const INK: Rgb = [27, 33, 48];
const FAINT: Rgb = [104, 112, 130];

/** Where things stand. */
const BANNER = 214;
const EMBLEM = { x: MIDDLE, y: 190, radius: 118 };
const OWN: Box = { left: 120, top: 48, right: 480, bottom: 330 };
const OWN_INSIDE: Box = { left: OWN.left + 14, top: OWN.top + 14, right: OWN.right - 14, bottom: OWN.bottom - 14 };
/** How large an own picture can be shown. */
export const OWN_ROOM = { width: OWN_INSIDE.right - OWN_INSIDE.left, height: OWN_INSIDE.bottom - OWN_INSIDE.top };
const LEVEL_Y = 371;
const TITLE: Box = { left: 44, top: 404, right: 556, bottom: 504 };
const SPONSOR_Y = 536;
const QR: Box = { left: 44, top: 566, right: 244, bottom: 766 };
const BESIDE_QR = 278;

/** A badge as a card: medal or own picture, level, title, sponsor, QR code, GETS ID. `own`: null for the medal. */
export async function badgePicture(picture: BadgePicture, own: Pixels | null): Promise<Buffer> {
  const pace = new Pace();
  const canvas = new Canvas(WIDTH, HEIGHT, PAPER);
  const metal = metalOf(picture.level);
  canvas.fill(
    rounded({ left: -9, top: -9, right: WIDTH + 9, bottom: BANNER }, 0),
    shade(metal.dark, mix(metal.dark, metal.base, 0.7), 0, BANNER),
  );
  if (own) {
    canvas.fill(rounded(OWN, 18), WHITE);
    canvas.fill(outline(rounded(OWN, 18), 6), shade(metal.light, metal.base, OWN.top, OWN.bottom));
    canvas.place(own, OWN_INSIDE);
  } else {
    drawMedal(canvas, metal);
  }
  await pace.turn();
  if (picture.level) drawLevel(canvas, picture.level.name, metal);
  drawTitle(canvas, picture.title);
  const sponsorStyle: Style = { size: 15, weight: 1.9 };
  if (picture.sponsor !== "") write(canvas, clipped(`by ${picture.sponsor}`, 512, sponsorStyle), [MIDDLE, SPONSOR_Y], sponsorStyle, FAINT);
  await pace.turn();
  drawQr(canvas, picture.url);
  drawGetsId(canvas, picture.gets_id, metal);
  await pace.turn();
  return await writePng(canvas, picture.credential === null ? [] : [internationalText("openbadgecredential", picture.credential)]);
}

/** Two ribbons, a seal and a star. */
function drawMedal(canvas: Canvas, { dark, base, light }: Metal): void {
  const { x, y, radius } = EMBLEM;
  for (const side of [-1, 1]) {
    const [inner, outer] = [x + side * 12, x + side * 74];
    const [low, notch] = [y + radius + 32, y + radius + 14];
    canvas.fill(
      polygon([
        [inner, y + 40],
        [outer, y + 40],
        [outer + side * 16, low],
        [(inner + outer) / 2 + side * 14, notch],
        [inner + side * 6, low + 6],
      ]),
      mix(dark, base, 0.35),
    );
  }
  canvas.fill(seal([x, y], radius, 24), WHITE);
  canvas.fill(seal([x, y], radius - 7, 24), shade(light, base, y - radius, y + radius));
  canvas.fill(circle([x, y], radius - 24), shade(base, mix(base, dark, 0.3), y - radius, y + radius));
  canvas.fill(outline(circle([x, y], radius - 24), 3), mix(light, WHITE, 0.45));
  canvas.fill(outline(circle([x, y], radius - 34), 1.5), light, 0.8);
  canvas.fill(star([x, y + 7], 63), dark, 0.35);
  canvas.fill(star([x, y + 3], 63), shade(WHITE, mix(light, WHITE, 0.3), y - 60, y + 60));
}

function drawLevel(canvas: Canvas, name: string, { dark, base }: Metal): void {
  const style: Style = { size: 15, weight: 2.2 };
  const label = clipped(name.toUpperCase(), 420, style);
  const pill = rounded(around([MIDDLE, LEVEL_Y], widthOf(label, style) + 44, 36), 18);
  canvas.fill(pill, WHITE);
  canvas.fill(pill, mix(dark, base, 0.25));
  write(canvas, label, [MIDDLE, LEVEL_Y + 7.5], style, WHITE);
}

/** The title as large as it fits, in at most three lines. */
function drawTitle(canvas: Canvas, title: string): void {
  const fits = [36, 32, 28, 24, 21, 18].map((size) => {
    const style: Style = { size, weight: 2.4 };
    return { style, lines: wrap(title, TITLE.right - TITLE.left, style) };
  });
  const height = ({ style, lines }: (typeof fits)[number]) => style.size + (lines.length - 1) * style.size * 1.75;
  const chosen =
    fits.find((fit) => fit.lines.length <= 3 && height(fit) <= TITLE.bottom - TITLE.top) ?? (fits.at(-1) as (typeof fits)[number]);
  const { style, lines } = chosen;
  const first = (TITLE.top + TITLE.bottom - height(chosen)) / 2 + style.size;
  lines.forEach((line, index) => {
    write(canvas, line, [MIDDLE, first + index * style.size * 1.75], style, INK);
  });
}

/** Black on white, each module whole pixels, with the quiet zone of four modules that ISO/IEC 18004 asks for. */
function drawQr(canvas: Canvas, url: string): void {
  const modules = qrModules(url);
  const size = QR.right - QR.left;
  const pixels = Math.max(1, Math.floor(size / (modules.length + 8)));
  const inset = Math.floor((size - modules.length * pixels) / 2);
  canvas.fill(rounded(QR, 12), WHITE);
  canvas.fill(outline(rounded(QR, 12), 1.5), mix(PAPER, INK, 0.12));
  modules.forEach((row, y) => {
    row.forEach((isDark, x) => {
      const [left, top] = [QR.left + inset + x * pixels, QR.top + inset + y * pixels];
      if (isDark) canvas.fill(rounded({ left, top, right: left + pixels, bottom: top + pixels }, 0), INK);
    });
  });
}

function drawGetsId(canvas: Canvas, getsId: string, { dark, base }: Metal): void {
  const accent: Paint = mix(dark, base, 0.25);
  write(canvas, "GETS ID", [BESIDE_QR, 608], { size: 13, weight: 2 }, FAINT, "start");
  write(canvas, getsId, [BESIDE_QR, 664], { size: 34, weight: 2.5 }, accent, "start");
  write(canvas, "Scan the code to verify", [BESIDE_QR, 712], { size: 14, weight: 1.7 }, FAINT, "start");
  write(canvas, "this badge.", [BESIDE_QR, 740], { size: 14, weight: 1.7 }, FAINT, "start");
}
