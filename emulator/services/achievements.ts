import { isDeepStrictEqual } from "node:util";
import type { Achievement, AchievementCreate, AchievementUpdate } from "../model/achievement.ts";
import { refuse } from "../model/errors.ts";
import type { Page, PageQuery } from "../model/page.ts";
import type { Reader } from "../ports/store.ts";
import type { Unit } from "../ports/unit-of-work.ts";
import type { Badges } from "./badges.ts";
import { patched } from "./merge-patch.ts";
import { page } from "./pages.ts";

interface AchievementFilter {
  readonly kind?: Achievement["kind"] | undefined;
  readonly status?: Achievement["status"] | undefined;
  readonly code?: string | undefined;
}

/** Missions, courses and counters: what has to be reached, when, after what, and which badge comes of it. */
export class Achievements {
  readonly #badges: Pick<Badges, "get">;

  constructor(badges: Pick<Badges, "get">) {
    this.#badges = badges;
  }

  /** Throws VALIDATION_FAILED, ACHIEVEMENT_NOT_FOUND (prerequisites), BADGE_NOT_FOUND, CODE_ALREADY_EXISTS. */
  create(unit: Unit, input: AchievementCreate): Achievement {
    const achievement: Achievement = {
      id: unit.newId("ach"),
      object: "achievement",
      code: input.code,
      name: input.name,
      description: input.description,
      kind: input.kind,
      requirements: requirementsFrom(input.requirements),
      prerequisites: input.prerequisites ?? [],
      badge_id: input.badge_id ?? null,
      auto_issue: input.auto_issue ?? false,
      starts_at: instant(input.starts_at ?? null),
      ends_at: instant(input.ends_at ?? null),
      status: input.status ?? "active",
      created_at: unit.at,
      updated_at: unit.at,
    };
    this.#check(unit, achievement);
    unit.put("achievements", achievement);
    unit.emit("achievement.created", achievement);
    return achievement;
  }

  /** Throws ACHIEVEMENT_NOT_FOUND. */
  get(records: Reader, id: string, path = "/achievement_id"): Achievement {
    const achievement = records.get("achievements", id);
    if (!achievement) throw refuse("ACHIEVEMENT_NOT_FOUND", `There is no achievement with the id ${id}.`, path);
    return achievement;
  }

  list(records: Reader, { kind, status, code }: AchievementFilter, query: PageQuery): Page<Achievement> {
    const where = (achievement: Achievement) =>
      (kind === undefined || achievement.kind === kind) && (status === undefined || achievement.status === status);
    return page(records, "achievements", query, { ...(code === undefined ? {} : { index: { name: "code", key: code } }), where });
  }

  /**
   * Merge patch (RFC 7396). It touches nobody's progress: that is measured anew when it is next recorded.
   * Throws as `create`; VALIDATION_FAILED also where the achievement would come before itself.
   */
  update(unit: Unit, id: string, patch: AchievementUpdate): Achievement {
    const before = this.get(unit, id);
    const achievement: Achievement = {
      ...before,
      code: patch.code ?? before.code,
      name: patch.name ?? before.name,
      description: patch.description ?? before.description,
      kind: patch.kind ?? before.kind,
      requirements: patch.requirements ? requirementsFrom(patch.requirements) : before.requirements,
      prerequisites: patched(patch.prerequisites, before.prerequisites, []),
      badge_id: patched(patch.badge_id, before.badge_id, null),
      auto_issue: patched(patch.auto_issue, before.auto_issue, false),
      starts_at: patch.starts_at === undefined ? before.starts_at : instant(patch.starts_at),
      ends_at: patch.ends_at === undefined ? before.ends_at : instant(patch.ends_at),
      status: patched(patch.status, before.status, "active"),
    };
    if (isDeepStrictEqual(achievement, before)) return before;
    this.#check(unit, achievement);
    const updated = { ...achievement, updated_at: unit.at };
    unit.put("achievements", updated);
    unit.emit("achievement.updated", updated);
    return updated;
  }

  /** What the schema cannot say. */
  #check(unit: Unit, achievement: Achievement): void {
    validate(achievement);
    const { id, code, prerequisites, badge_id } = achievement;
    prerequisites.forEach((prerequisite, at) => {
      this.get(unit, prerequisite, `/prerequisites/${at}`);
    });
    if (badge_id !== null) this.#badges.get(unit, badge_id);
    refuseCycle(unit, achievement);
    if (unit.by("achievements", "code", code).some((other) => other.id !== id)) {
      throw refuse("CODE_ALREADY_EXISTS", `Another achievement has the code ${code}.`, "/code");
    }
  }
}

function validate({ requirements, badge_id, auto_issue, starts_at, ends_at }: Achievement): void {
  const ids = requirements.map((requirement) => requirement.id);
  const twice = ids.findIndex((id, at) => ids.indexOf(id) !== at);
  if (twice !== -1) throw refuse("VALIDATION_FAILED", `Two requirements have the id ${ids[twice]}.`, `/requirements/${twice}/id`);
  if (auto_issue && badge_id === null) throw refuse("VALIDATION_FAILED", "auto_issue needs a badge_id.", "/badge_id");
  if (starts_at !== null && ends_at !== null && Date.parse(ends_at) <= Date.parse(starts_at)) {
    throw refuse("VALIDATION_FAILED", "ends_at must be later than starts_at.", "/ends_at");
  }
}

/** Nobody could ever begin an achievement that comes before itself. All prerequisites exist. */
function refuseCycle(unit: Unit, { id, prerequisites }: Achievement): void {
  const seen = new Set<string>();
  for (const [at, first] of prerequisites.entries()) {
    const open = [first];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next === id) {
        throw refuse("VALIDATION_FAILED", `${id} cannot come before itself, not even through others.`, `/prerequisites/${at}`);
      }
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(unit.get("achievements", next)?.prerequisites ?? []));
    }
  }
}

function requirementsFrom(input: AchievementCreate["requirements"]): Achievement["requirements"] {
  return input.map(({ id, name, target, unit = null }) => ({ id, name, target, unit }));
}

function instant(sent: string | null): string | null {
  return sent && new Date(sent).toISOString();
}
