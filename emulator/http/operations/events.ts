import { getEvent, listEvents } from "../../services/events.ts";
import { ok, type Reads } from "./handler.ts";

/** Operations tagged Events. */
export function eventOperations() {
  const reads: Reads<"listEvents" | "getEvent"> = {
    listEvents({ query, world }) {
      const page = listEvents(world.records, query, query);
      return ok(page, `${page.items.length} events.`);
    },
    getEvent({ params, world }) {
      const event = getEvent(world.records, params.event_id);
      return ok(event, `Event ${event.type}.`);
    },
  };
  return { reads, writes: {} };
}
