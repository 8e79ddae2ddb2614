import {
  type ApplicationRequest,
  type AwardRecord,
  type AwardStatus,
  awardOf,
  claimDeadline,
  heldKey,
  type IssueRequest,
  type PendingStep,
  REMINDER_MS,
  refuseEndlessWindow,
} from "../model/award.ts";
import type { Badge } from "../model/badge.ts";
import { ApiError, refuse } from "../model/errors.ts";
import type { Page, PageQuery } from "../model/page.ts";
import type { User } from "../model/user.ts";
import type { Reader } from "../ports/store.ts";
import type { Mined, Unit } from "../ports/unit-of-work.ts";
import { type Badges, hasPassed } from "./badges.ts";
import { evidenceFor, refuseMissingEvidence } from "./evidence.ts";
import { page } from "./pages.ts";
import type { Leg, Rewards } from "./rewards.ts";
import { activeUsers } from "./users.ts";

interface AwardFilter {
  readonly badge_id?: string | undefined;
  readonly sponsor_id?: string | undefined;
  readonly recipient_id?: string | undefined;
  readonly status?: AwardStatus | undefined;
}

type AwardAction = "approve" | "reject" | "claim" | "revoke";

/** What can be done with an award in each state. */
const ACTIONS: Readonly<Record<AwardStatus, readonly AwardAction[]>> = {
  applied: ["approve", "reject"],
  approved: ["claim", "revoke"],
  claimed: ["revoke"],
  rejected: [],
  expired: [],
  revoked: [],
};

const GETS_ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const RETRY_MS = 3_600_000;

/** A step and what it carries to its end. */
type Step = Omit<PendingStep, "tx_hash" | "transaction_id">;

/**
 * Awards: applied → approved | rejected; approved → claimed | expired; approved | claimed → revoked.
 * What needs the chain is a step: done at once when it is mined at once, otherwise `pending` until `settled`.
 */
export class Awards {
  readonly #badges: Badges;
  readonly #rewards: Rewards;
  readonly #base: () => string;

  /** `base`: the address that the API is served at, ending in /v1. */
  constructor(badges: Badges, rewards: Rewards, base: () => string) {
    this.#badges = badges;
    this.#rewards = rewards;
    this.#base = base;
  }

  /** Throws AWARD_NOT_FOUND. */
  get(records: Reader, id: string): AwardRecord {
    const award = records.get("awards", id);
    if (!award) throw refuse("AWARD_NOT_FOUND", `There is no award with the id ${id}.`, "/award_id");
    return award;
  }

  list(records: Reader, filter: AwardFilter, query: PageQuery): Page<AwardRecord> {
    const { badge_id, sponsor_id, recipient_id, status } = filter;
    const where = (award: AwardRecord) =>
      (badge_id === undefined || award.badge_id === badge_id) &&
      (sponsor_id === undefined || award.sponsor_id === sponsor_id) &&
      (status === undefined || award.status === status);
    const narrowest = { recipient: recipient_id, badge: badge_id, sponsor: sponsor_id };
    const [index] = Object.entries(narrowest).flatMap(([name, key]) => (key === undefined ? [] : [{ name, key }]));
    return page(records, "awards", query, { ...(index ? { index } : {}), where });
  }

  /**
   * Gives a badge without an application. Throws BADGE_NOT_FOUND, USER_*, BADGE_NOT_PUBLISHED, ALREADY_*, BADGE_SUPPLY_EXHAUSTED,
   * VALIDATION_FAILED (evidence), and as `approve` and `claim`.
   */
  async issue(unit: Unit, badgeId: string, input: IssueRequest, source: "direct" | "achievement" = "direct"): Promise<AwardRecord> {
    const badge = this.#badges.get(unit, badgeId);
    const { recipient_id: recipient } = activeUsers(unit, { recipient_id: input.recipient_id });
    if (badge.status === "draft" || badge.status === "archived") throw notPublished(badge);
    this.#refuseHeld(unit, badge, recipient);
    const award = this.#create(unit, badge, input, source);
    return this.#approve(unit, award, badge, null, input.auto_claim ?? badge.auto_claim);
  }

  /** Throws as `issue`, and BADGE_EXPIRED, EVIDENCE_REQUIRED. */
  async apply(unit: Unit, badgeId: string, input: ApplicationRequest): Promise<AwardRecord> {
    const badge = this.#badges.get(unit, badgeId);
    const { recipient_id: recipient } = activeUsers(unit, { recipient_id: input.recipient_id });
    if (badge.status === "draft" || badge.status === "archived") throw notPublished(badge);
    if (badge.status === "expired" || hasPassed(badge.application_expires_at, unit.now)) {
      throw refuse("BADGE_EXPIRED", `The time to apply for badge ${badge.id} is over.`, "");
    }
    this.#refuseHeld(unit, badge, recipient);
    refuseMissingEvidence(badge, input.evidence ?? []);
    const award = this.#create(unit, badge, input, "application");
    unit.emit("award.applied", this.#shown(award));
    return badge.auto_approve ? this.#approve(unit, award, badge, null, badge.auto_claim) : award;
  }

  /**
   * Throws AWARD_NOT_FOUND, INVALID_STATE_TRANSITION, BADGE_NOT_PUBLISHED, BADGE_SUPPLY_EXHAUSTED; when the sponsor pays
   * INSUFFICIENT_BALANCE, WALLET_NOT_MANAGED; with `auto_claim` as `claim`.
   */
  async approve(unit: Unit, id: string, note: string | null): Promise<AwardRecord> {
    const award = this.#open(unit, id, "approve");
    const badge = this.#badges.get(unit, award.badge_id);
    if (badge.status === "archived") throw notPublished(badge);
    return this.#approve(unit, award, badge, { decision: "approved", note, reviewed_at: unit.at }, badge.auto_claim);
  }

  /** Throws AWARD_NOT_FOUND, INVALID_STATE_TRANSITION. */
  reject(unit: Unit, id: string, reason: string): AwardRecord {
    const award = this.#open(unit, id, "reject");
    return this.#rejected(unit, award, { decision: "rejected", note: reason, reviewed_at: unit.at });
  }

  /** Throws AWARD_NOT_FOUND, CLAIM_EXPIRED, INVALID_STATE_TRANSITION, MAX_SUPPLY_EXCEEDED, TOKEN_PAUSED. */
  async claim(unit: Unit, id: string): Promise<AwardRecord> {
    const award = this.get(unit, id);
    const isOver = award.status === "expired" || (award.status === "approved" && hasPassed(award.claim_expires_at, unit.now));
    if (isOver && !award.pending) {
      throw refuse("CLAIM_EXPIRED", `The time to claim award ${id} ended at ${award.claim_expires_at}.`, "");
    }
    return this.#claim(unit, this.#open(unit, id, "claim"));
  }

  /** Throws AWARD_NOT_FOUND, INVALID_STATE_TRANSITION, TOKEN_PAUSED. */
  async revoke(unit: Unit, id: string, reason: string): Promise<AwardRecord> {
    return this.#revoke(unit, this.#open(unit, id, "revoke"), reason);
  }

  /** A transaction that the server had sent was mined: the award that waits for it, if any, goes on or back. */
  async settled(unit: Unit, { block, receipt }: Mined): Promise<void> {
    for (const waiting of unit.by("awards", "pending", receipt.hash)) {
      const step = waiting.pending as PendingStep;
      const award = { ...waiting, pending: null };
      const after = receipt.failure
        ? this.#failed(unit, award, step)
        : this.#done(unit, award, step, step.tx_hash, block.number, step.transaction_id);
      await this.#goOn(unit, after, step);
    }
  }

  /** Due work: the reminder, and the end of the claim window. */
  async due(unit: Unit, id: string): Promise<void> {
    const award = this.get(unit, id);
    if (!hasPassed(award.claim_expires_at, unit.now)) {
      unit.emit("award.claim_expiring", this.#shown(this.#put(unit, { ...award, reminded: true })));
      return;
    }
    try {
      await unit.attempt(() => this.#expire(unit, award));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // The chain refuses the refund (paused): the award can no longer be claimed, and is closed when the chain lets it.
      this.#put(unit, { ...award, retry_at: unit.now + RETRY_MS });
    }
  }

  /** A deleted user's awards: what they wrote is forgotten, applications are rejected, approved awards revoked; claimed ones stay. */
  async forget(unit: Unit, userId: string): Promise<void> {
    for (const event of unit.by("events", "subject", userId)) {
      if (event.data.object !== "award") continue;
      unit.put("events", { ...event, data: { ...event.data, ...FORGOTTEN } } as typeof event);
    }
    for (const award of unit.by("awards", "recipient", userId)) {
      await this.#close(unit, this.#put(unit, { ...award, ...FORGOTTEN }));
    }
  }

  /** Ends an award whose recipient is gone. One that waits for a block is ended when it has been mined. */
  async #close(unit: Unit, award: AwardRecord): Promise<void> {
    if (award.pending) return;
    if (award.status === "applied") {
      this.#rejected(unit, award, { decision: "rejected", note: GONE, reviewed_at: unit.at });
    }
    if (award.status !== "approved") return;
    try {
      await unit.attempt(() => this.#revoke(unit, award, GONE));
    } catch (error) {
      // The chain refuses the refund (paused): the award then ends with its claim window.
      if (!(error instanceof ApiError)) throw error;
    }
  }

  /** After a step was mined: claim what is to be claimed at once, and end what nobody is there for any more. */
  async #goOn(unit: Unit, award: AwardRecord, step: PendingStep): Promise<void> {
    if (unit.get("users", award.recipient_id)?.status === "deleted") return this.#close(unit, award);
    if (award.status !== "approved" || step.action !== "approve" || !step.then_claim) return;
    try {
      await unit.attempt(() => this.#claim(unit, award));
    } catch (error) {
      // It was approved all the same, and can be claimed later.
      if (!(error instanceof ApiError)) throw error;
    }
  }

  #create(unit: Unit, badge: Badge, input: IssueRequest | ApplicationRequest, source: AwardRecord["source"]): AwardRecord {
    return this.#put(unit, {
      id: unit.newId("awd"),
      object: "award",
      gets_id: freeGetsId(unit),
      badge_id: badge.id,
      sponsor_id: badge.sponsor_id,
      recipient_id: input.recipient_id,
      status: "applied",
      source,
      evidence: evidenceFor(badge, input.evidence ?? []),
      narrative: input.narrative ?? null,
      review: null,
      reward: { ...badge.reward, transaction_id: null },
      claim_expires_at: null,
      pending: null,
      chain: null,
      revocation: null,
      metadata: input.metadata ?? {},
      applied_at: source === "application" ? unit.at : null,
      approved_at: null,
      claimed_at: null,
      created_at: unit.at,
      updated_at: unit.at,
      token_id: String(unit.count("awards") + 1),
      reminded: false,
      retry_at: null,
    });
  }

  async #approve(unit: Unit, award: AwardRecord, badge: Badge, review: AwardRecord["review"], thenClaim: boolean): Promise<AwardRecord> {
    const taken = badge.awards_count + unit.by("awards", "approving", badge.id).length;
    if (badge.max_awards !== null && taken >= badge.max_awards) {
      throw refuse("BADGE_SUPPLY_EXHAUSTED", `All ${badge.max_awards} awards of badge ${badge.id} are given.`, "");
    }
    refuseEndlessWindow(unit.now, badge.claim_window_days);
    const step: Step = { action: "approve", review, reason: null, then_claim: thenClaim };
    const locked = award.reward.funding === "sponsor" ? await this.#rewards.lock(unit, award, this.#sponsorOf(unit, award)) : null;
    const approved = this.#take(unit, award, step, locked);
    return approved.status === "approved" && thenClaim ? this.#claim(unit, approved) : approved;
  }

  async #claim(unit: Unit, award: AwardRecord): Promise<AwardRecord> {
    const leg = await this.#rewards.claim(unit, award, unit.get("users", award.recipient_id) as User);
    return this.#take(unit, award, { action: "claim", review: null, reason: null, then_claim: false }, leg);
  }

  async #revoke(unit: Unit, award: AwardRecord, reason: string): Promise<AwardRecord> {
    const leg = award.status === "claimed" ? await this.#rewards.revoke(unit, award) : await this.#unlock(unit, award);
    return this.#take(unit, award, { action: "revoke", review: null, reason, then_claim: false }, leg);
  }

  async #expire(unit: Unit, award: AwardRecord): Promise<void> {
    const leg = await this.#unlock(unit, award);
    this.#take(unit, award, { action: "expire", review: null, reason: null, then_claim: false }, leg);
  }

  async #unlock(unit: Unit, award: AwardRecord): Promise<Leg | null> {
    return award.reward.funding === "sponsor" ? this.#rewards.refund(unit, award, this.#sponsorOf(unit, award)) : null;
  }

  /** Takes a step: at once if nothing has to be mined or it has been, else the award waits for it. */
  #take(unit: Unit, award: AwardRecord, step: Step, leg: Leg | null): AwardRecord {
    const transaction_id = leg?.transaction?.id ?? null;
    if (!leg) return this.#done(unit, award, step, null, null, null);
    const { outcome } = leg;
    if (outcome.status === "confirmed") return this.#done(unit, award, step, outcome.hash, outcome.block.number, transaction_id);
    return this.#put(unit, { ...award, pending: { ...step, tx_hash: outcome.hash, transaction_id }, updated_at: unit.at });
  }

  #done(unit: Unit, before: AwardRecord, step: Step, hash: string | null, block: number | null, tx: string | null): AwardRecord {
    const award = tx === null ? before : { ...before, reward: { ...before.reward, transaction_id: tx } };
    switch (step.action) {
      case "approve":
        return this.#approved(unit, award, step.review);
      case "claim": {
        const chain = this.#rewards.placeOf(award, hash as string, block as number);
        return this.#become(unit, { ...award, status: "claimed", chain, claimed_at: unit.at });
      }
      case "revoke":
        this.#badges.count(unit, award.badge_id, -1);
        return this.#become(unit, { ...award, status: "revoked", revocation: { reason: step.reason as string, revoked_at: unit.at } });
      case "expire":
        this.#badges.count(unit, award.badge_id, -1);
        return this.#become(unit, { ...award, status: "expired" });
    }
  }

  #failed(unit: Unit, award: AwardRecord, step: PendingStep): AwardRecord {
    if (step.action === "approve" && award.source !== "application") return this.#rejected(unit, award, null);
    const retry_at = step.action === "expire" ? unit.now + RETRY_MS : null;
    return this.#put(unit, { ...award, retry_at, updated_at: unit.at });
  }

  #approved(unit: Unit, award: AwardRecord, review: AwardRecord["review"]): AwardRecord {
    const { claim_window_days } = this.#badges.get(unit, award.badge_id);
    const claim_expires_at = claimDeadline(unit.now, claim_window_days);
    const reminded = Date.parse(claim_expires_at) - unit.now <= REMINDER_MS;
    this.#badges.count(unit, award.badge_id, 1);
    return this.#become(unit, { ...award, status: "approved", review, approved_at: unit.at, claim_expires_at, reminded });
  }

  #rejected(unit: Unit, award: AwardRecord, review: AwardRecord["review"]): AwardRecord {
    return this.#become(unit, { ...award, status: "rejected", review });
  }

  #become(unit: Unit, changed: AwardRecord & { readonly status: Exclude<AwardStatus, "applied"> }): AwardRecord {
    const award = this.#put(unit, { ...changed, updated_at: unit.at });
    unit.emit(`award.${changed.status}`, this.#shown(award));
    return award;
  }

  #put(unit: Unit, award: AwardRecord): AwardRecord {
    unit.put("awards", award);
    return award;
  }

  #shown(award: AwardRecord) {
    return awardOf(award, this.#base());
  }

  #sponsorOf(unit: Unit, award: AwardRecord): User {
    return unit.get("users", award.sponsor_id) as User;
  }

  /** The award, if this can be done with it now. */
  #open(unit: Unit, id: string, action: AwardAction): AwardRecord {
    const award = this.get(unit, id);
    const allowed = award.pending ? [] : ACTIONS[award.status];
    if (allowed.includes(action)) return award;
    const why = award.pending ? `waits for a block to ${award.pending.action} it` : `is ${award.status}`;
    const facts = { from: award.status, action, allowed };
    throw refuse("INVALID_STATE_TRANSITION", `Award ${id} ${why}; it cannot be ${PAST[action]}.`, "", facts);
  }

  #refuseHeld(unit: Unit, badge: Badge, recipient: User): void {
    const [held] = unit.by("awards", "held", heldKey(badge.id, recipient.id));
    if (!held) return;
    const facts = { award_id: held.id };
    if (held.status === "applied") {
      throw refuse("ALREADY_APPLIED", `User ${recipient.id} has an open application for badge ${badge.id}.`, "/recipient_id", facts);
    }
    throw refuse("ALREADY_AWARDED", `User ${recipient.id} has badge ${badge.id} already.`, "/recipient_id", facts);
  }
}

const PAST: Readonly<Record<AwardAction, string>> = { approve: "approved", reject: "rejected", claim: "claimed", revoke: "revoked" };

/** What a deletion takes from an award. */
const FORGOTTEN = { evidence: [], narrative: null, review: null, metadata: {} } as const;
const GONE = "The recipient's account was deleted.";

function notPublished(badge: Badge): ApiError {
  return refuse("BADGE_NOT_PUBLISHED", `Badge ${badge.id} is ${badge.status === "draft" ? "a draft" : "archived"}.`, "");
}

function freeGetsId(unit: Unit): string {
  for (;;) {
    const id = unit.secret(GETS_ID_ALPHABET, 7);
    if (unit.by("awards", "gets_id", id).length === 0) return id;
  }
}
