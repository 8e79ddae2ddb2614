import type { components } from "../../spec/types.ts";

export type EventRecord = components["schemas"]["Event"];
export type EventType = EventRecord["type"];
