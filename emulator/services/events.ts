import { refuse } from "../model/errors.ts";
import type { EventRecord, EventType } from "../model/event.ts";
import type { Page, PageQuery } from "../model/page.ts";
import type { Reader } from "../ports/store.ts";
import { page } from "./pages.ts";

interface EventFilter {
  readonly type?: EventType | undefined;
  /** RFC 3339, exclusive. */
  readonly created_after?: string | undefined;
}

/** Throws EVENT_NOT_FOUND. */
export function getEvent(records: Reader, id: string): EventRecord {
  const event = records.get("events", id);
  if (!event) throw refuse("EVENT_NOT_FOUND", `There is no event with the id ${id}.`, "/event_id");
  return event;
}

export function listEvents(records: Reader, filter: EventFilter, query: PageQuery): Page<EventRecord> {
  const after = filter.created_after === undefined ? Number.NEGATIVE_INFINITY : Date.parse(filter.created_after);
  return page(records, "events", query, {
    where: (event) => (filter.type === undefined || event.type === filter.type) && Date.parse(event.timestamp) > after,
  });
}
