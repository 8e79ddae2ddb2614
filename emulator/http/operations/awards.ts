import type { Award, AwardRecord } from "../../model/award.ts";
import type { Reader } from "../../ports/store.ts";
import type { Awards } from "../../services/awards.ts";
import { nameOf, type Users } from "../../services/users.ts";
import { ok, type Reads, type Reply, type Writes } from "./handler.ts";

/** The award as the API shows it, at the address it is served at now. */
export type ShowAward = (award: AwardRecord) => Award;

/** Operations tagged Awards; the picture is with the credentials. */
export function awardOperations(awards: Awards, users: Users, show: ShowAward) {
  const reads: Reads<"listAwards" | "listUserAwards" | "getAward"> = {
    listAwards({ query, world }) {
      const page = awards.list(world.records, query, query);
      return ok({ ...page, items: page.items.map(show) }, `${page.items.length} awards.`);
    },
    listUserAwards({ params, query, world }) {
      const user = users.get(world.records, params.user_id);
      const page = awards.list(world.records, { ...query, recipient_id: user.id }, query);
      return ok({ ...page, items: page.items.map(show) }, `${page.items.length} awards to ${nameOf(user)}.`);
    },
    getAward({ params, world }) {
      const award = awards.get(world.records, params.award_id);
      return ok(show(award), `The award to ${recipientOf(world.records, award)} is ${award.status}.`);
    },
  };
  const writes: Writes<"approveAward" | "rejectAward" | "claimAward" | "revokeAward"> = {
    async approveAward({ params, body, unit }) {
      const award = await awards.approve(unit, params.award_id, body?.note ?? null);
      return awardReply(show(award), said(award, "Approved", "Approving", recipientOf(unit, award)));
    },
    rejectAward({ params, body, unit }) {
      const award = awards.reject(unit, params.award_id, body.reason);
      return awardReply(show(award), `Rejected the application of ${recipientOf(unit, award)}.`);
    },
    async claimAward({ params, unit }) {
      const award = await awards.claim(unit, params.award_id);
      return awardReply(show(award), said(award, "Claimed", "Claiming", recipientOf(unit, award)));
    },
    async revokeAward({ params, body, unit }) {
      const award = await awards.revoke(unit, params.award_id, body.reason);
      return awardReply(show(award), said(award, "Revoked", "Revoking", recipientOf(unit, award)));
    },
  };
  return { reads, writes };
}

/** 200, or 202 while it waits for a block. The message names the recipient, so their deletion forgets the kept answer. */
export function awardReply(award: Award, message: string): Reply {
  return { status: award.pending ? 202 : 200, data: award, message, subjects: [award.recipient_id] };
}

export function recipientOf(records: Reader, award: AwardRecord): string {
  const user = records.get("users", award.recipient_id);
  return user ? nameOf(user) : award.recipient_id;
}

function said(award: AwardRecord, past: string, present: string, recipient: string): string {
  return award.pending ? `${present} the award to ${recipient}; it waits for a block.` : `${past} the award to ${recipient}.`;
}
