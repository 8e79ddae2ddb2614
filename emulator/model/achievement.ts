import type { components } from "../../spec/types.ts";

export type Achievement = components["schemas"]["Achievement"];
export type AchievementCreate = components["schemas"]["AchievementCreate"];
export type AchievementUpdate = components["schemas"]["AchievementUpdate"];
