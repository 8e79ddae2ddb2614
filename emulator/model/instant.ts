import { ApiError } from "./errors.ts";

/** RFC 3339 has four digits for the year (§5.6, `date-fullyear`): no instant outside of them can be written. */
const FIRST_INSTANT = Date.parse("0000-01-01T00:00:00.000Z");
export const LAST_INSTANT = Date.parse("9999-12-31T23:59:59.999Z");

/** Whether an instant (ms since the epoch) can be written; false for NaN. */
export function isWritable(instant: number): boolean {
  return instant >= FIRST_INSTANT && instant <= LAST_INSTANT;
}

/** An instant as RFC 3339, UTC with milliseconds. Throws INVALID_REQUEST for one that cannot be written. */
export function instantText(instant: number): string {
  if (isWritable(instant)) return new Date(instant).toISOString();
  throw new ApiError(
    "INVALID_REQUEST",
    "This leads to an instant outside the years 0000 to 9999, which RFC 3339 cannot write; choose a nearer one, or reset the sandbox if its clock is near the end.",
  );
}

/** An instant that the sandbox itself computes, as RFC 3339: one after the last that can be written is that last one. */
export function cappedInstantText(instant: number): string {
  return instantText(Math.min(instant, LAST_INSTANT));
}
