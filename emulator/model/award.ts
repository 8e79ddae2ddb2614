import type { components } from "../../spec/types.ts";
import { cappedInstantText, instantText } from "./instant.ts";

/** A user's badge as the API shows it. */
export type Award = components["schemas"]["Award"];
export type AwardStatus = Award["status"];
export type Evidence = Award["evidence"][number];
export type IssueRequest = components["schemas"]["IssueRequest"];
export type ApplicationRequest = components["schemas"]["ApplicationRequest"];
export type EvidenceInput = components["schemas"]["EvidenceInput"];

/** What waits for a block, and what the award becomes of it. */
export interface PendingStep {
  readonly action: NonNullable<Award["pending"]>["action"];
  readonly tx_hash: string;
  readonly transaction_id: string | null;
  /** The decision that an approval brings; null where nobody reviewed it. */
  readonly review: Award["review"];
  /** Why it is revoked. */
  readonly reason: string | null;
  /** Claim at once when the approval is confirmed. */
  readonly then_claim: boolean;
}

type Links = "verification_url" | "image_url" | "credential_url" | "explorer_url";

/** An award as kept: without the addresses, which follow from where the sandbox is served. */
export interface AwardRecord extends Omit<Award, Links | "pending"> {
  readonly pending: PendingStep | null;
  /** Its number in the badge contract, from the beginning. */
  readonly token_id: string;
  /** Whether `award.claim_expiring` was sent, or is not due. */
  readonly reminded: boolean;
  /** When to try again to close it, after the chain refused that (ms since the epoch). */
  readonly retry_at: number | null;
}

const DAY_MS = 86_400_000;

/** An award of a longer claim window is reminded of its end this long before. */
export const REMINDER_MS = 7 * DAY_MS;

/** The end of a claim window (RFC 3339). */
export function claimDeadline(approvedAt: number, windowDays: number): string {
  return cappedInstantText(approvedAt + windowDays * DAY_MS);
}

/** Throws INVALID_REQUEST for a claim window whose end cannot be written. A block that approves the award later may still cut it short. */
export function refuseEndlessWindow(now: number, windowDays: number): void {
  instantText(now + windowDays * DAY_MS);
}

/** When something happens to the award by itself (ms since the epoch): the reminder, then the end of its claim window. */
export function awardDueAt(award: AwardRecord): number | null {
  if (award.pending || award.status !== "approved" || award.claim_expires_at === null) return null;
  if (award.retry_at !== null) return award.retry_at;
  const end = Date.parse(award.claim_expires_at);
  return award.reminded ? end : end - REMINDER_MS;
}

/** Under which key an award that keeps others of its badge from the recipient is found. */
export function heldKey(badgeId: string, recipientId: string): string {
  return `${badgeId} ${recipientId}`;
}

const projections = new WeakMap<AwardRecord, { base: string; award: Award }>();

/** The award as the API shows it, with addresses below `base` (ends in /v1). The same object for the same record and base. */
export function awardOf(record: AwardRecord, base: string): Award {
  const known = projections.get(record);
  if (known?.base === base) return known.award;
  const { token_id, reminded, retry_at, pending, ...shown } = record;
  const award: Award = {
    ...shown,
    pending: pending && { action: pending.action, tx_hash: pending.tx_hash, transaction_id: pending.transaction_id },
    verification_url: `${base}/verify/${record.gets_id}`,
    image_url: `${base}/awards/${record.id}/image`,
    credential_url: `${base}/awards/${record.id}/credential`,
    explorer_url: null,
  };
  projections.set(record, { base, award });
  return award;
}
