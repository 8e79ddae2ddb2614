import type { EventRecord, EventType } from "../../model/event.ts";
import { progressId } from "../../model/progress.ts";
import type { Finding, Patient } from "./finding.ts";

/** Each state change has exactly one event of its type. */
export function events({ records }: Patient): Finding {
  const problems: string[] = [];
  const counts = new Map<string, number>();
  for (const { type, data } of records.events ?? []) {
    const key = `${subjectOf(data)} ${type}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const countOf = (subject: string, type: EventType) => counts.get(`${subject} ${type}`) ?? 0;
  const expect = (subject: string, type: EventType, happened: boolean) => {
    const found = countOf(subject, type);
    if (found !== Number(happened)) problems.push(`${subject} has ${found} events ${type}, not ${Number(happened)}`);
  };
  for (const { id, status } of records.transactions ?? []) {
    expect(id, "token.transaction.created", true);
    expect(id, "token.transaction.confirmed", status === "confirmed");
    expect(id, "token.transaction.failed", status === "failed");
  }
  for (const { id, status } of records.users ?? []) {
    expect(id, "user.created", true);
    expect(id, "user.deleted", status === "deleted");
  }
  for (const { id, status } of records.badges ?? []) {
    expect(id, "badge.created", true);
    expect(id, "badge.archived", status === "archived");
    // A badge can open again, and expire again.
    const open = countOf(id, "badge.published") - countOf(id, "badge.expired");
    const possible = status === "archived" ? [0, 1] : [Number(status === "published")];
    if (!possible.includes(open)) problems.push(`${id} is ${status}, and was published ${open} times more often than it expired`);
  }
  for (const { id, status, source, approved_at, claimed_at } of records.awards ?? []) {
    expect(id, "award.applied", source === "application");
    expect(id, "award.approved", approved_at !== null);
    expect(id, "award.claimed", claimed_at !== null);
    for (const end of ["rejected", "expired", "revoked"] as const) expect(id, `award.${end}`, status === end);
    if (countOf(id, "award.claim_expiring") > 1) problems.push(`${id} has several events award.claim_expiring`);
  }
  for (const { id } of records.achievements ?? []) expect(id, "achievement.created", true);
  for (const { id, final, started_at } of records.progress ?? []) {
    expect(id, "achievement.completed", final !== null);
    if (countOf(id, "achievement.progress.updated") > 0 !== (started_at !== null)) {
      problems.push(
        `${id}: progress ${started_at === null ? "without a start has" : "that started has no"} events achievement.progress.updated`,
      );
    }
  }
  return { invariant: "each state change has exactly one event of its type", problems };
}

function subjectOf(data: EventRecord["data"]): string {
  if (data.object === "achievement_progress") return progressId(data.user_id, data.achievement_id);
  return data.object === "webhook_test" ? data.endpoint_id : data.id;
}

export function deliveries({ records, store }: Patient): Finding {
  const problems = (records.webhook_deliveries ?? [])
    .filter(({ event_id }) => !store.get("events", event_id))
    .map(({ id, event_id }) => `${id}: there is no event ${event_id}`);
  return { invariant: "each delivery is of an event that exists", problems };
}
