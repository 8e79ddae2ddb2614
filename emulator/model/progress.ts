import type { components } from "../../spec/types.ts";
import type { Achievement } from "./achievement.ts";
import type { Evidence } from "./award.ts";

/** How far a user has come in an achievement, as the API shows it. */
export type Progress = components["schemas"]["Progress"];
export type ProgressStatus = Progress["status"];
export type ProgressUpdateRequest = components["schemas"]["ProgressUpdateRequest"];
export type RequirementProgress = Progress["requirements"][number];

/** Progress as kept, under user and achievement. Until completion the targets are the achievement's, as it then is. */
export interface ProgressRecord {
  /** `progressId(user_id, achievement_id)`. */
  readonly id: string;
  readonly user_id: string;
  readonly achievement_id: string;
  /** Counter by requirement id, also of requirements that the achievement had once and may have again. */
  readonly counters: Readonly<Record<string, number>>;
  /** What the user showed on the way, oldest first, for the award. Forgotten at completion, and with the user. */
  readonly evidence: readonly Evidence[];
  /** The requirements as they were at completion: final, whatever becomes of the achievement. Null before. */
  readonly final: readonly RequirementProgress[] | null;
  readonly award_id: string | null;
  readonly issue_error: Progress["issue_error"];
  /** Null while only evidence was sent. */
  readonly started_at: string | null;
  readonly completed_at: string | null;
}

export function progressId(userId: string, achievementId: string): string {
  return `${userId} ${achievementId}`;
}

export function untouched(user_id: string, achievement_id: string): ProgressRecord {
  const id = progressId(user_id, achievement_id);
  const open = { counters: {}, evidence: [], final: null, award_id: null, issue_error: null, started_at: null, completed_at: null };
  return { id, user_id, achievement_id, ...open };
}

export function statusOf({ final, started_at }: ProgressRecord): ProgressStatus {
  if (final) return "completed";
  return started_at === null ? "not_started" : "in_progress";
}

/** The counters against the targets: those of now, or, once completed, of then. */
export function requirementsOf({ final, counters }: ProgressRecord, achievement: Achievement): readonly RequirementProgress[] {
  return final ?? achievement.requirements.map(({ id, target }) => reached(id, Object.hasOwn(counters, id) ? counters[id] : 0, target));
}

/** A counter stops at its target. */
export function reached(id: string, count = 0, target: number): RequirementProgress {
  return { id, current: Math.min(count, target), target, completed: count >= target };
}

/** ⌊100 × mean(current / target)⌋, exactly: fractions are added over a common denominator, not as floating point. */
export function percentOf(requirements: readonly RequirementProgress[]): number {
  const denominator = requirements.reduce((product, { target }) => product * BigInt(target), 1n);
  const sum = requirements.reduce((total, { current, target }) => total + (BigInt(current) * denominator) / BigInt(target), 0n);
  return Number((100n * sum) / (denominator * BigInt(requirements.length)));
}

/** `newly_completed` belongs to one answer and its events, so it is not kept. */
export function progressOf(record: ProgressRecord, achievement: Achievement, newly_completed = false): Progress {
  const requirements = requirementsOf(record, achievement);
  return {
    object: "achievement_progress",
    user_id: record.user_id,
    achievement_id: record.achievement_id,
    status: statusOf(record),
    percent: percentOf(requirements),
    requirements,
    award_id: record.award_id,
    issue_error: record.issue_error,
    started_at: record.started_at,
    completed_at: record.completed_at,
    newly_completed,
  };
}
