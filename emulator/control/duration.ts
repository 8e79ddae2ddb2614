import { ApiError } from "../model/errors.ts";

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

const LONGEST = 1000;

/** Milliseconds of a duration such as `90d`, `1h30m` or `250ms`. `param`: the member that holds it. Throws INVALID_REQUEST. */
export function parseDuration(text: string, param = "by"): number {
  if (text.length > LONGEST || !/^(\d+(\.\d+)?(ms|s|m|h|d|w))+$/.test(text)) {
    const shown = text.length > LONGEST ? `${text.slice(0, 20)}…` : text;
    throw new ApiError("INVALID_REQUEST", `${shown} is not a duration; write it as 90d, 1h30m or 250ms.`, { param });
  }
  let ms = 0;
  // Sticky: each part begins where the one before ended.
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/gy)) {
    ms += Number(number) * UNITS[unit as keyof typeof UNITS];
  }
  return Math.round(ms);
}
