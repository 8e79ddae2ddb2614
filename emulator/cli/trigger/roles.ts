import { nearest } from "../nearest.ts";
import { UsageError } from "../usage-error.ts";
import type { Assignment } from "./assignments.ts";

/** Objects that a story needs: an existing one is named by `badge_id`, a new one is made with `badge.title` and so on. */
export type Role = "user" | "sponsor" | "recipient" | "badge" | "award" | "achievement" | "webhook_endpoint";

export const PATHS: Readonly<Record<Role, string>> = {
  user: "/users",
  sponsor: "/users",
  recipient: "/users",
  badge: "/badges",
  award: "/awards",
  achievement: "/achievements",
  webhook_endpoint: "/webhook-endpoints",
};

/** Whose choice an object decides: who names an award has named its badge, too. */
const DECIDES: Readonly<Partial<Record<Role, readonly Role[]>>> = { award: ["recipient", "badge", "sponsor"], badge: ["sponsor"] };

interface Taken {
  readonly roles: readonly Role[];
  /** Whether other paths are members of the deciding request. */
  readonly body: boolean;
  /** Ids among them. */
  readonly ids: readonly string[];
}

/** Nothing that is set may be without effect. Throws UsageError for a path that this story does not take, or that another one makes void. */
export function refuseUseless(type: string, { roles, body, ids }: Taken, assignments: readonly Assignment[]): void {
  const named = roles.filter((role) => assignments.some(({ path }) => path.length === 1 && path[0] === `${role}_id`));
  const decided = new Map(named.flatMap((role) => (DECIDES[role] ?? []).map((each) => [each, role] as const)));
  for (const { path, written } of assignments) {
    const [first = ""] = path;
    const role = roles.find((each) => (path.length > 1 ? each === first : `${each}_id` === first));
    if (!role) {
      // Another object, or an id that the request does not have, would be without effect.
      const isMember = path.length > 1 ? !(first in PATHS) : !first.endsWith("_id") || ids.includes(first);
      if (body && isMember) continue;
      const known = roles.flatMap((each) => [`${each}_id`, `${each}.…`]);
      const near = nearest(first, known);
      const hint = near.length > 0 ? `; did you mean ${near.join(" or ")}?` : "";
      throw new UsageError(
        `--set ${written}: ${type} takes ${[...known, ...(body ? ["members of its request"] : [])].join(", ") || "nothing"}${hint}`,
      );
    }
    const by = decided.get(role) ?? (path.length > 1 ? named.find((each) => each === role) : undefined);
    if (by) throw new UsageError(`--set ${written} would have no effect: ${by}_id names an existing ${by}`);
  }
}
