import { setTimeout } from "node:timers/promises";

/** A stop takes no longer. */
const WITHIN_MS = 5000;

/** Stops by `end`. What it has not done after five seconds is abandoned, and `abandon` hears of it; then `release` in any case. */
export async function stopWithin(end: () => Promise<void>, abandon: (sentence: string) => void, release: () => void): Promise<void> {
  const done = end().then(() => true);
  try {
    if (await Promise.race([done, setTimeout(WITHIN_MS, false, { ref: false })])) return;
    abandon(`not stopped cleanly after ${WITHIN_MS / 1000} s: the rest is abandoned; the journal holds every acknowledged write`);
    done.catch(() => {});
  } finally {
    release();
  }
}
