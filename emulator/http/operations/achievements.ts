import type { Progress } from "../../model/progress.ts";
import type { Reader } from "../../ports/store.ts";
import type { Achievements } from "../../services/achievements.ts";
import type { UserProgress } from "../../services/progress.ts";
import { nameOf, type Users } from "../../services/users.ts";
import { ok, type Reads, type Writes } from "./handler.ts";

/** Operations tagged Achievements. */
export function achievementOperations(achievements: Achievements, progress: UserProgress, users: Users) {
  const reads: Reads<"listAchievements" | "getAchievement" | "getUserAchievement" | "listUserAchievements"> = {
    listAchievements({ query, world }) {
      const page = achievements.list(world.records, query, query);
      return ok(page, `${page.items.length} achievements.`);
    },
    getAchievement({ params, world }) {
      const achievement = achievements.get(world.records, params.achievement_id);
      return ok(achievement, `Achievement “${achievement.name}”, ${achievement.status}.`);
    },
    getUserAchievement({ params, world }) {
      const found = progress.get(world.records, params.user_id, params.achievement_id);
      return ok(found, said(world.records, found));
    },
    listUserAchievements({ params, query, world }) {
      const page = progress.list(world.records, params.user_id, query.status, query);
      return ok(page, `${page.items.length} achievements of ${nameOf(users.get(world.records, params.user_id))}.`);
    },
  };
  const writes: Writes<"createAchievement" | "updateAchievement" | "recordProgress"> = {
    createAchievement({ body, unit }) {
      const achievement = achievements.create(unit, body);
      const message = `Created the ${achievement.kind} “${achievement.name}”.`;
      return { status: 201, data: achievement, message, location: `/achievements/${achievement.id}` };
    },
    updateAchievement({ params, body, unit, ifMatch }) {
      ifMatch(achievements.get(unit, params.achievement_id));
      const achievement = achievements.update(unit, params.achievement_id, body ?? {});
      return ok(achievement, `Updated achievement “${achievement.name}”.`);
    },
    /** The message names the user, so their deletion forgets the kept answer. */
    async recordProgress({ params, body, unit }) {
      const recorded = await progress.record(unit, params.user_id, params.achievement_id, body);
      return { ...ok(recorded, said(unit, recorded)), subjects: [recorded.user_id] };
    },
  };
  return { reads, writes };

  function said(records: Reader, { user_id, achievement_id, status, percent, issue_error, newly_completed }: Progress): string {
    const who = nameOf(users.get(records, user_id));
    const { name } = achievements.get(records, achievement_id);
    if (status === "not_started") return `${who} has not started “${name}”.`;
    if (status === "in_progress") return `${who} is at ${percent} % of “${name}”.`;
    if (!newly_completed) return `${who} has completed “${name}”.`;
    return `${who} completed “${name}”${issue_error ? "; the badge could not be issued" : ""}.`;
  }
}
