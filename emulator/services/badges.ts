import { isDeepStrictEqual } from "node:util";
import { parseAmount } from "../model/amount.ts";
import type { Badge, BadgeCreate, BadgeUpdate } from "../model/badge.ts";
import { refuse } from "../model/errors.ts";
import type { Page, PageQuery } from "../model/page.ts";
import type { Images } from "../ports/images.ts";
import type { Reader } from "../ports/store.ts";
import type { Unit } from "../ports/unit-of-work.ts";
import { mergeMetadata, mergeObject, patched } from "./merge-patch.ts";
import { page } from "./pages.ts";
import { activeUsers } from "./users.ts";

interface BadgeFilter {
  readonly sponsor_id?: string | undefined;
  readonly status?: Badge["status"] | undefined;
  readonly visibility?: Badge["visibility"] | undefined;
  /** The level's name. */
  readonly level?: string | undefined;
  readonly tag?: string | undefined;
}

/** What publishing freezes: the promise made to applicants. */
const FROZEN = ["sponsor_id", "title", "criteria", "evidence_requirements", "level", "reward"] as const;

const LEAST_REWARD = parseAmount("1");
const DEFAULT_CLAIM_WINDOW_DAYS = 90;
const MOST_IMAGE_BYTES = 256 * 1024;
const PNG_URL = "data:image/png;base64,";

/** Badge templates: draft → published ⇄ expired, any → archived. */
export class Badges {
  readonly #images: Pick<Images, "isPng">;

  constructor(images: Pick<Images, "isPng">) {
    this.#images = images;
  }

  /** Throws USER_*, NOT_A_SPONSOR, INVALID_AMOUNT, VALIDATION_FAILED. */
  async create(unit: Unit, input: BadgeCreate): Promise<Badge> {
    refuseOtherThanSponsor(unit, input.sponsor_id);
    const badge: Badge = {
      id: unit.newId("bdg"),
      object: "badge",
      sponsor_id: input.sponsor_id,
      title: input.title,
      description: input.description,
      criteria: { narrative: input.criteria.narrative, url: input.criteria.url ?? null },
      evidence_requirements: input.evidence_requirements ?? [],
      image_url: input.image_url ?? null,
      level: input.level ?? null,
      tags: input.tags ?? [],
      visibility: input.visibility ?? "public",
      reward: { amount: input.reward.amount, funding: input.reward.funding ?? "mint" },
      max_awards: input.max_awards ?? null,
      application_expires_at: this.#futureInstant(unit, input.application_expires_at ?? null),
      claim_window_days: input.claim_window_days ?? DEFAULT_CLAIM_WINDOW_DAYS,
      auto_approve: input.auto_approve ?? false,
      auto_claim: input.auto_claim ?? false,
      status: "draft",
      awards_count: 0,
      metadata: input.metadata ?? {},
      created_at: unit.at,
      updated_at: unit.at,
    };
    await this.#validate(badge);
    unit.put("badges", badge);
    unit.emit("badge.created", badge);
    return badge;
  }

  /** Throws BADGE_NOT_FOUND. */
  get(records: Reader, id: string, path = "/badge_id"): Badge {
    const badge = records.get("badges", id);
    if (!badge) throw refuse("BADGE_NOT_FOUND", `There is no badge with the id ${id}.`, path);
    return badge;
  }

  list(records: Reader, filter: BadgeFilter, query: PageQuery): Page<Badge> {
    const { sponsor_id, status, visibility, level, tag } = filter;
    const where = (badge: Badge) =>
      (status === undefined || badge.status === status) &&
      (visibility === undefined || badge.visibility === visibility) &&
      (level === undefined || badge.level?.name === level) &&
      (tag === undefined || badge.tags.includes(tag));
    return page(records, "badges", query, { ...(sponsor_id === undefined ? {} : { index: { name: "sponsor", key: sponsor_id } }), where });
  }

  /** Merge patch (RFC 7396). Throws as `create`, and BADGE_NOT_FOUND, BADGE_FIELD_FROZEN. */
  async update(unit: Unit, id: string, patch: BadgeUpdate): Promise<Badge> {
    const before = this.get(unit, id);
    const expiry = patch.application_expires_at;
    const patchedBadge: Badge = {
      ...before,
      sponsor_id: patch.sponsor_id ?? before.sponsor_id,
      title: patch.title ?? before.title,
      description: patch.description ?? before.description,
      criteria: { ...before.criteria, ...patch.criteria },
      evidence_requirements: patched(patch.evidence_requirements, before.evidence_requirements, []),
      image_url: patched(patch.image_url, before.image_url, null),
      level: mergeObject(before.level, patch.level, "/level", ["name", "rank"]),
      tags: patched(patch.tags, before.tags, []),
      visibility: patched(patch.visibility, before.visibility, "public"),
      reward: {
        amount: patch.reward?.amount ?? before.reward.amount,
        funding: patched(patch.reward?.funding, before.reward.funding, "mint"),
      },
      max_awards: patched(patch.max_awards, before.max_awards, null),
      application_expires_at: expiry === undefined ? before.application_expires_at : this.#laterInstant(unit, before, expiry),
      claim_window_days: patched(patch.claim_window_days, before.claim_window_days, DEFAULT_CLAIM_WINDOW_DAYS),
      auto_approve: patched(patch.auto_approve, before.auto_approve, false),
      auto_claim: patched(patch.auto_claim, before.auto_claim, false),
      metadata: mergeMetadata(before.metadata, patch.metadata),
    };
    if (isDeepStrictEqual(patchedBadge, before)) return before;
    if (before.status !== "draft") refuseFrozen(before, patchedBadge);
    await this.#validate(patchedBadge);
    if (patchedBadge.sponsor_id !== before.sponsor_id) refuseOtherThanSponsor(unit, patchedBadge.sponsor_id);
    const reopens = before.status === "expired" && patchedBadge.application_expires_at !== before.application_expires_at;
    const badge: Badge = { ...patchedBadge, status: reopens ? "published" : before.status, updated_at: unit.at };
    unit.put("badges", badge);
    unit.emit("badge.updated", badge);
    if (reopens) unit.emit("badge.published", badge);
    return badge;
  }

  /** Throws BADGE_NOT_FOUND, INVALID_STATE_TRANSITION, BADGE_EXPIRED. */
  publish(unit: Unit, id: string): Badge {
    const badge = this.get(unit, id);
    if (badge.status !== "draft") throw invalidMove(badge, "publish");
    if (hasPassed(badge.application_expires_at, unit.now)) {
      throw refuse("BADGE_EXPIRED", "The time to apply has passed before the badge was published; set a later one first.", "");
    }
    return this.#become(unit, badge, "published");
  }

  /** Throws BADGE_NOT_FOUND, INVALID_STATE_TRANSITION. */
  archive(unit: Unit, id: string): Badge {
    const badge = this.get(unit, id);
    if (badge.status === "archived") throw invalidMove(badge, "archive");
    return this.#become(unit, badge, "archived");
  }

  /** Due work: the time to apply is over. */
  expire(unit: Unit, id: string): void {
    const badge = unit.get("badges", id);
    if (badge?.status === "published") this.#become(unit, badge, "expired");
  }

  /** Counts an award that becomes approved, or is not any more. */
  count(unit: Unit, id: string, change: 1 | -1): void {
    const badge = this.get(unit, id);
    unit.put("badges", { ...badge, awards_count: badge.awards_count + change });
  }

  #become(unit: Unit, before: Badge, status: "published" | "expired" | "archived"): Badge {
    const badge: Badge = { ...before, status, updated_at: unit.at };
    unit.put("badges", badge);
    unit.emit(`badge.${status}`, badge);
    return badge;
  }

  /** What the schema cannot say. */
  async #validate({ reward, evidence_requirements, image_url }: Badge): Promise<void> {
    if (parseAmount(reward.amount) < LEAST_REWARD) {
      throw refuse("INVALID_AMOUNT", "A badge pays a reward of at least 1 GETS.", "/reward/amount");
    }
    const ids = evidence_requirements.map((requirement) => requirement.id);
    const twice = ids.findIndex((id, at) => ids.indexOf(id) !== at);
    if (twice !== -1) {
      throw refuse("VALIDATION_FAILED", `Two requirements have the id ${ids[twice]}.`, `/evidence_requirements/${twice}/id`);
    }
    if (!image_url?.startsWith(PNG_URL)) return;
    const bytes = Buffer.from(image_url.slice(PNG_URL.length), "base64");
    if (bytes.length > MOST_IMAGE_BYTES) throw refuse("VALIDATION_FAILED", "The picture is larger than 256 KiB.", "/image_url");
    if (!(await this.#images.isPng(bytes))) throw refuse("VALIDATION_FAILED", "The picture is not a PNG that can be read.", "/image_url");
  }

  #laterInstant(unit: Unit, before: Badge, sent: string | null): string | null {
    if (sent !== null && new Date(sent).toISOString() === before.application_expires_at) return before.application_expires_at;
    return this.#futureInstant(unit, sent);
  }

  #futureInstant(unit: Unit, sent: string | null): string | null {
    if (!hasPassed(sent, unit.now)) return sent && new Date(sent).toISOString();
    throw refuse("VALIDATION_FAILED", "application_expires_at must be in the future.", "/application_expires_at");
  }
}

/** Whether an instant (RFC 3339; null for never) has come. */
export function hasPassed(instant: string | null, now: number): boolean {
  return instant !== null && Date.parse(instant) <= now;
}

/** The picture of a template that brings its own as data; null otherwise. */
export function ownPicture({ image_url }: Badge): Buffer | null {
  return image_url?.startsWith(PNG_URL) ? Buffer.from(image_url.slice(PNG_URL.length), "base64") : null;
}

function refuseOtherThanSponsor(unit: Unit, sponsor_id: string): void {
  const { sponsor_id: sponsor } = activeUsers(unit, { sponsor_id });
  if (sponsor.roles.includes("sponsor")) return;
  throw refuse("NOT_A_SPONSOR", `User ${sponsor.id} does not have the role sponsor.`, "/sponsor_id");
}

function refuseFrozen(before: Badge, after: Badge): void {
  for (const member of FROZEN) {
    if (isDeepStrictEqual(before[member], after[member])) continue;
    throw refuse("BADGE_FIELD_FROZEN", `The badge has been published; ${member} can no longer be changed.`, `/${member}`);
  }
}

const MOVES: Readonly<Record<Badge["status"], readonly string[]>> = {
  draft: ["publish", "archive"],
  published: ["archive"],
  expired: ["archive"],
  archived: [],
};

function invalidMove({ status, id }: Badge, action: "publish" | "archive") {
  const facts = { from: status, action, allowed: MOVES[status] };
  return refuse(
    "INVALID_STATE_TRANSITION",
    `Badge ${id} is ${status}; it cannot be ${action}${action === "archive" ? "d" : "ed"}.`,
    "",
    facts,
  );
}
