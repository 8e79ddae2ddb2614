import type { BadgePicture } from "../../ports/images.ts";
import type { Rgb } from "./canvas.ts";

/** The shades of a level's colour. */
export interface Metal {
  readonly dark: Rgb;
  readonly base: Rgb;
  readonly light: Rgb;
}

const BRONZE: Metal = { dark: [98, 54, 26], base: [184, 115, 62], light: [231, 178, 128] };
const SILVER: Metal = { dark: [70, 80, 96], base: [150, 161, 176], light: [222, 228, 236] };
const GOLD: Metal = { dark: [122, 82, 8], base: [219, 166, 38], light: [252, 222, 130] };
/** By rank; from the fourth on they repeat. */
const BY_RANK: readonly [Metal, ...Metal[]] = [
  BRONZE,
  SILVER,
  GOLD,
  { dark: [12, 88, 78], base: [32, 160, 138], light: [148, 226, 208] },
  { dark: [24, 58, 130], base: [56, 116, 214], light: [158, 198, 250] },
  { dark: [112, 20, 52], base: [206, 52, 92], light: [250, 162, 182] },
  { dark: [66, 34, 120], base: [128, 84, 206], light: [206, 182, 250] },
];
const BY_NAME: Readonly<Record<string, Metal>> = { bronze: BRONZE, silver: SILVER, gold: GOLD };
/** For badges without levels. */
const PLAIN: Metal = { dark: [30, 36, 92], base: [82, 92, 220], light: [176, 184, 252] };

/** The colour of a level: its own if its name is that of a metal, else by its rank. */
export function metalOf(level: BadgePicture["level"]): Metal {
  if (!level) return PLAIN;
  return BY_NAME[level.name.toLowerCase()] ?? BY_RANK[Math.abs(level.rank) % BY_RANK.length] ?? BRONZE;
}
