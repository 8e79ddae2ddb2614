import { isDeepStrictEqual } from "node:util";
import type { Achievement } from "../model/achievement.ts";
import type { Evidence, EvidenceInput } from "../model/award.ts";
import { ApiError, refuse } from "../model/errors.ts";
import type { Page, PageQuery } from "../model/page.ts";
import {
  type Progress,
  type ProgressRecord,
  type ProgressStatus,
  type ProgressUpdateRequest,
  progressId,
  progressOf,
  type RequirementProgress,
  reached,
  requirementsOf,
  statusOf,
  untouched,
} from "../model/progress.ts";
import type { Reader } from "../ports/store.ts";
import type { Unit } from "../ports/unit-of-work.ts";
import type { Achievements } from "./achievements.ts";
import type { Awards } from "./awards.ts";
import { type Badges, hasPassed } from "./badges.ts";
import { evidenceFor, fitting } from "./evidence.ts";
import { page } from "./pages.ts";
import { activeUsers, type Users } from "./users.ts";

/** Most items of evidence that an award takes. */
const MOST_EVIDENCE = 20;

/** Users on their way through achievements: not_started → in_progress → completed, which is final. */
export class UserProgress {
  readonly #users: Pick<Users, "get">;
  readonly #achievements: Pick<Achievements, "get">;
  readonly #badges: Pick<Badges, "get">;
  readonly #awards: Pick<Awards, "issue">;

  constructor(
    users: Pick<Users, "get">,
    achievements: Pick<Achievements, "get">,
    badges: Pick<Badges, "get">,
    awards: Pick<Awards, "issue">,
  ) {
    this.#users = users;
    this.#achievements = achievements;
    this.#badges = badges;
    this.#awards = awards;
  }

  /** Throws USER_NOT_FOUND, ACHIEVEMENT_NOT_FOUND. */
  get(records: Reader, userId: string, achievementId: string): Progress {
    const user = this.#users.get(records, userId);
    const achievement = this.#achievements.get(records, achievementId);
    return progressOf(recordOf(records, user.id, achievement.id), achievement);
  }

  /** A page of all achievements, with the user's progress in each. Throws USER_NOT_FOUND. */
  list(records: Reader, userId: string, status: ProgressStatus | undefined, query: PageQuery): Page<Progress> {
    const user = this.#users.get(records, userId);
    const found = page(records, "achievements", query, {
      where: ({ id }) => status === undefined || statusOf(recordOf(records, user.id, id)) === status,
    });
    return { ...found, items: found.items.map((each) => progressOf(recordOf(records, user.id, each.id), each)) };
  }

  /**
   * Applies the updates in their order, all or none; the step that reaches every target completes, once, and with `auto_issue`
   * issues the badge. A completed one is refused what others are, but for prerequisites, and does not change.
   * Throws USER_NOT_FOUND, ACHIEVEMENT_NOT_FOUND, USER_SUSPENDED, USER_DELETED, ACHIEVEMENT_NOT_ACTIVE, PREREQUISITE_NOT_MET,
   * INVALID_PROGRESS, VALIDATION_FAILED (evidence).
   */
  async record(unit: Unit, userId: string, achievementId: string, { updates, evidence }: ProgressUpdateRequest): Promise<Progress> {
    this.#users.get(unit, userId);
    const achievement = this.#achievements.get(unit, achievementId);
    activeUsers(unit, { user_id: userId });
    refuseInactive(achievement, unit.now);
    const before = recordOf(unit, userId, achievementId);
    if (!before.final) this.#refuseUnmet(unit, before, achievement);
    const steps = stepsOf(achievement, updates);
    const shown = this.#shown(unit, achievement, evidence ?? []);
    if (before.final) return progressOf(before, achievement);

    const from = requirementsOf(before, achievement);
    const to = from.map((requirement) => steps.filter(({ id }) => id === requirement.id).reduce(take, requirement));
    const completes = to.every(({ completed }) => completed);
    const record = { ...before, evidence: latest([...before.evidence, ...shown]) };
    if (!completes && isDeepStrictEqual(to, from)) {
      if (shown.length > 0) unit.put("progress", record);
      return progressOf(record, achievement);
    }
    const counters = { ...before.counters, ...Object.fromEntries(to.map(({ id, current }) => [id, current])) };
    const moved = { ...record, counters, started_at: before.started_at ?? unit.at };
    const after = completes ? await this.#complete(unit, moved, achievement, to) : moved;
    unit.put("progress", after);
    const progress = progressOf(after, achievement, completes);
    unit.emit("achievement.progress.updated", progress);
    if (completes) unit.emit("achievement.completed", progress);
    return progress;
  }

  /** What a deleted user showed on the way. Counters stay, under an id that names nobody any more. */
  forget(unit: Unit, userId: string): void {
    for (const record of unit.by("progress", "user", userId)) {
      if (record.evidence.length > 0) unit.put("progress", { ...record, evidence: [] });
    }
  }

  /** Completion stands also when the badge cannot be issued; a chain that is down fails the request. */
  async #complete(
    unit: Unit,
    { evidence, ...record }: ProgressRecord,
    { badge_id, auto_issue }: Achievement,
    final: readonly RequirementProgress[],
  ): Promise<ProgressRecord> {
    const completed: ProgressRecord = { ...record, evidence: [], final, completed_at: unit.at };
    if (!auto_issue || badge_id === null) return completed;
    const request = { recipient_id: record.user_id, evidence: fitting(this.#badges.get(unit, badge_id), evidence) };
    try {
      const award = await unit.attempt(() => this.#awards.issue(unit, badge_id, request, "achievement"));
      return { ...completed, award_id: award.id };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { ...completed, issue_error: { code: error.code, message: error.message } };
    }
  }

  #refuseUnmet(unit: Unit, { user_id }: ProgressRecord, { prerequisites }: Achievement): void {
    const unmet = prerequisites.filter((id) => !recordOf(unit, user_id, id).final).map((id) => this.#achievements.get(unit, id));
    if (unmet.length === 0) return;
    const code = "PREREQUISITE_NOT_MET";
    const details = unmet.map(({ id, name }) => ({ path: "", code, message: `${name} has to be completed first.`, achievement_id: id }));
    throw new ApiError(code, details.map(({ message }) => message).join(" "), { details });
  }

  #shown(unit: Unit, { badge_id }: Achievement, items: readonly EvidenceInput[]): Evidence[] {
    return evidenceFor(badge_id === null ? { evidence_requirements: [] } : this.#badges.get(unit, badge_id), items);
  }
}

interface Step {
  /** The requirement's. */
  readonly id: string;
  readonly mode: "increment" | "at_least";
  readonly value: number;
}

function recordOf(records: Reader, userId: string, achievementId: string): ProgressRecord {
  return records.get("progress", progressId(userId, achievementId)) ?? untouched(userId, achievementId);
}

function refuseInactive({ name, status, starts_at, ends_at }: Achievement, now: number): void {
  const why =
    status === "retired"
      ? "is retired"
      : starts_at !== null && !hasPassed(starts_at, now)
        ? `starts at ${starts_at}`
        : hasPassed(ends_at, now)
          ? `ended at ${ends_at}`
          : null;
  if (why !== null) throw refuse("ACHIEVEMENT_NOT_ACTIVE", `${name} ${why}.`, "");
}

/** The updates, each with its requirement. Throws INVALID_PROGRESS. */
function stepsOf({ requirements }: Achievement, updates: ProgressUpdateRequest["updates"]): Step[] {
  return updates.map(({ requirement_id = null, mode, value }, at) => {
    const named = requirement_id ?? (requirements.length === 1 ? requirements[0]?.id : undefined);
    const path = `/updates/${at}/requirement_id`;
    if (named === undefined) throw refuse("INVALID_PROGRESS", "The achievement has several requirements; say which.", path);
    if (!requirements.some(({ id }) => id === named)) {
      throw refuse("INVALID_PROGRESS", `The achievement has no requirement with the id ${named}.`, path);
    }
    if (mode === "increment" && value === 0) throw refuse("INVALID_PROGRESS", "To count up by 0 makes no sense.", `/updates/${at}/value`);
    return { id: named, mode, value };
  });
}

function take({ id, current, target }: RequirementProgress, { mode, value }: Step): RequirementProgress {
  return reached(id, mode === "increment" ? current + value : Math.max(current, value), target);
}

/** The latest items; one sent again (`at_least` is repeated safely) counts once. */
function latest(items: readonly Evidence[]): Evidence[] {
  return items.filter((item, at) => !items.slice(at + 1).some((later) => isDeepStrictEqual(later, item))).slice(-MOST_EVIDENCE);
}
