import type { components } from "../../spec/types.ts";

/** A template: what a sponsor offers. */
export type Badge = components["schemas"]["Badge"];
export type BadgeCreate = components["schemas"]["BadgeCreate"];
export type BadgeUpdate = components["schemas"]["BadgeUpdate"];
