import type { AwardRecord } from "../../model/award.ts";
import type { Badge } from "../../model/badge.ts";
import type { Awards } from "../../services/awards.ts";
import type { Badges } from "../../services/badges.ts";
import { awardReply, recipientOf, type ShowAward } from "./awards.ts";
import { ok, type Reads, type Reply, type Writes } from "./handler.ts";

/** Operations tagged Badges. */
export function badgeOperations(badges: Badges, awards: Awards, show: ShowAward) {
  const reads: Reads<"listBadges" | "getBadge"> = {
    listBadges({ query, world }) {
      const page = badges.list(world.records, query, query);
      return ok(page, `${page.items.length} badges.`);
    },
    getBadge({ params, world }) {
      const badge = badges.get(world.records, params.badge_id);
      return ok(badge, `Badge “${badge.title}”, ${badge.status}.`);
    },
  };
  const writes: Writes<"createBadge" | "updateBadge" | "publishBadge" | "archiveBadge" | "issueBadge" | "applyForBadge"> = {
    async createBadge({ body, unit }) {
      const badge = await badges.create(unit, body);
      return { status: 201, data: badge, message: `Created badge “${badge.title}” as a draft.`, location: `/badges/${badge.id}` };
    },
    async updateBadge({ params, body, unit, ifMatch }) {
      ifMatch(badges.get(unit, params.badge_id));
      const badge = await badges.update(unit, params.badge_id, body ?? {});
      return ok(badge, `Updated badge “${badge.title}”.`);
    },
    publishBadge({ params, unit }) {
      const badge: Badge = badges.publish(unit, params.badge_id);
      return ok(badge, `Published badge “${badge.title}”.`);
    },
    archiveBadge({ params, unit }) {
      const badge: Badge = badges.archive(unit, params.badge_id);
      return ok(badge, `Archived badge “${badge.title}”.`);
    },
    async issueBadge({ params, body, unit }) {
      const award = await awards.issue(unit, params.badge_id, body);
      return created(award, `Issued “${badges.get(unit, award.badge_id).title}” to ${recipientOf(unit, award)}`);
    },
    async applyForBadge({ params, body, unit }) {
      const award = await awards.apply(unit, params.badge_id, body);
      return created(award, `${recipientOf(unit, award)} applied for “${badges.get(unit, award.badge_id).title}”`);
    },
  };
  return { reads, writes };

  function created(award: AwardRecord, what: string): Reply {
    const state = award.pending ? "it waits for a block" : `it is ${award.status}`;
    const reply = awardReply(show(award), `${what}; ${state}.`);
    return { ...reply, status: reply.status === 200 ? 201 : reply.status, location: `/awards/${award.id}` };
  }
}
