import type { components } from "../../spec/types.ts";

export type Achievement = components["schemas"]["Achievement"];
export type AchievementCreate = components["schemas"]["AchievementCreate"];
export type AchievementUpdate = components["schemas"]["AchievementUpdate"];
export type Requirement = Achievement["requirements"][number];

/** How far a user has come, as the API shows it. */
export type Progress = components["schemas"]["Progress"];
export type ProgressUpdate = components["schemas"]["ProgressUpdate"];

/** Progress as kept, under user and achievement. Targets are the achievement's; `newly_completed` belongs to an answer. */
export interface ProgressRecord {
  /** `progressId(user_id, achievement_id)`. */
  readonly id: string;
  readonly user_id: string;
  readonly achievement_id: string;
  /** Counter by requirement id. */
  readonly counters: Readonly<Record<string, number>>;
  /** The progress as it was at completion: final, whatever becomes of the achievement. Null before. */
  readonly completed: Pick<Progress, "requirements"> | null;
  readonly award_id: string | null;
  readonly issue_error: Progress["issue_error"];
  readonly started_at: string;
  readonly completed_at: string | null;
}

export function progressId(userId: string, achievementId: string): string {
  return `${userId} ${achievementId}`;
}
