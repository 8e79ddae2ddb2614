import type { EventType } from "../model/event.ts";
import type { Reader } from "../ports/store.ts";

/** What came after an event that somebody saw last. */
export interface Missed {
  /** The newest event of all; null when there is none. */
  readonly latest: string | null;
  /** Whether the event that was seen last is still there: not after a reset, or in another sandbox. */
  readonly known: boolean;
  /** Oldest first, no more than the newest thousand. */
  readonly events: readonly { readonly id: string; readonly type: EventType }[];
  /** Whether there are older ones that are not told. */
  readonly more: boolean;
}

const MOST_TOLD = 1000;

/** Stands for "no event yet": nobody's id. */
export const BEFORE_ALL = "none";

/** `seen`: the id of the last event seen, BEFORE_ALL, or null for somebody who was never here. */
export function missedSince(records: Reader, seen: string | null): Missed {
  const latest = records.newest("events", { limit: 1 })[0]?.id ?? null;
  if (seen === null) return { latest, known: true, events: [], more: false };
  if (seen !== BEFORE_ALL && !records.get("events", seen)) return { latest, known: false, events: [], more: false };
  let found = false;
  const newer = records.newest("events", {
    limit: MOST_TOLD + 1,
    where: ({ id }) => {
      found ||= id === seen;
      return !found;
    },
  });
  const events = newer.slice(0, MOST_TOLD).map(({ id, type }) => ({ id, type }));
  return { latest, known: true, events: events.reverse(), more: newer.length > MOST_TOLD };
}
