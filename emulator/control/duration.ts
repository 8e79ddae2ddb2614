import { ApiError } from "../model/errors.ts";

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** Milliseconds of a duration such as `90d`, `1h30m` or `250ms`. Throws INVALID_REQUEST. */
export function parseDuration(text: string): number {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d|w))+$/.test(text)) {
    throw new ApiError("INVALID_REQUEST", `${text} is not a duration; write it as 90d, 1h30m or 250ms.`, { param: "by" });
  }
  let ms = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g)) {
    ms += Number(number) * UNITS[unit as keyof typeof UNITS];
  }
  return Math.round(ms);
}
