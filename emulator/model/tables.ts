import type { Achievement } from "./achievement.ts";
import type { ApiKeyRecord } from "./api-key.ts";
import { type AwardRecord, awardDueAt, heldKey } from "./award.ts";
import type { Badge } from "./badge.ts";
import type { EventRecord } from "./event.ts";
import type { IdempotencyRecord } from "./idempotency.ts";
import type { IssuerKey } from "./issuer-key.ts";
import type { ProgressRecord } from "./progress.ts";
import type { Submission } from "./submission.ts";
import type { Transaction } from "./transaction.ts";
import type { User } from "./user.ts";
import { type DeliveryRecord, deliveryDueAt, type WebhookEndpointRecord, type WebhookSecret } from "./webhook.ts";

/** Every kind of record the sandbox keeps, by table. Records are immutable: a change is a new record with the same id. */
export interface Tables {
  users: User;
  transactions: Transaction;
  badges: Badge;
  awards: AwardRecord;
  achievements: Achievement;
  progress: ProgressRecord;
  issuer_keys: IssuerKey;
  webhook_endpoints: WebhookEndpointRecord;
  webhook_secrets: WebhookSecret;
  webhook_deliveries: DeliveryRecord;
  events: EventRecord;
  api_keys: ApiKeyRecord;
  idempotency: IdempotencyRecord;
  submissions: Submission;
}

export type TableName = keyof Tables;
export type AnyRecord = Tables[TableName];

interface TableDefinition<R> {
  /** Secondary indexes: the keys a record is found under (none when empty). */
  readonly indexes?: Readonly<Record<string, (record: R) => readonly (string | null | undefined)[]>>;
  /** When the scheduler must look at this record next (ms since the epoch), or null. */
  readonly due?: (record: R) => number | null;
}

/** Indexes and due times, declared once for every adapter of the store. */
export const TABLES: { readonly [T in TableName]: TableDefinition<Tables[T]> } = {
  users: {
    indexes: {
      email: (user) => [user.email],
      external_id: (user) => [user.external_id],
      wallet: (user) => [user.wallet.address],
    },
  },
  transactions: {
    indexes: {
      user: (tx) => [...new Set([tx.from?.user_id, tx.to?.user_id])],
      hash: (tx) => [tx.chain.tx_hash],
      pending_from: (tx) => [tx.status === "pending" ? tx.from?.address : null],
      pending_wallet: (tx) => (tx.status === "pending" ? [tx.from?.address, tx.to?.address] : []),
    },
  },
  badges: {
    indexes: { sponsor: (badge) => [badge.sponsor_id] },
    due: (badge) => (badge.status === "published" && badge.application_expires_at ? Date.parse(badge.application_expires_at) : null),
  },
  awards: {
    indexes: {
      badge: (award) => [award.badge_id],
      sponsor: (award) => [award.sponsor_id],
      recipient: (award) => [award.recipient_id],
      /** Applied, approved and claimed awards: they keep others of their badge from the recipient. */
      held: (award) => (["applied", "approved", "claimed"].includes(award.status) ? [heldKey(award.badge_id, award.recipient_id)] : []),
      gets_id: (award) => [award.gets_id],
      token: (award) => [award.chain?.token_id],
      claim: (award) => [award.chain?.tx_hash],
      pending: (award) => [award.pending?.tx_hash],
      approving: (award) => [award.pending?.action === "approve" ? award.badge_id : null],
      revoked: (award) => [award.status === "revoked" && award.chain ? "revoked" : null],
    },
    due: awardDueAt,
  },
  achievements: { indexes: { code: (achievement) => [achievement.code] } },
  progress: { indexes: { user: (progress) => [progress.user_id] } },
  issuer_keys: {},
  webhook_endpoints: { indexes: { enabled: (endpoint) => [endpoint.status === "enabled" ? "enabled" : null] } },
  webhook_secrets: {},
  webhook_deliveries: {
    indexes: {
      endpoint: (delivery) => [delivery.endpoint_id],
      event: (delivery) => [delivery.event_id],
      pending: (delivery) => [delivery.status === "pending" ? delivery.endpoint_id : null],
      queued: (delivery) => [delivery.queued && delivery.status === "pending" ? "queued" : null],
    },
    due: deliveryDueAt,
  },
  events: { indexes: { subject: (event) => [subjectOf(event.data)] } },
  api_keys: { indexes: { hash: (key) => [key.hash] } },
  idempotency: { indexes: { subject: (record) => record.subjects }, due: (record) => record.expires_at },
  submissions: { due: (submission) => submission.mine_at },
};

/** Whom a deletion scrubs it for: the user, the recipient of an award; otherwise the object's own id. */
function subjectOf(data: EventRecord["data"]): string {
  if (data.object === "achievement_progress") return data.user_id;
  if (data.object === "webhook_test") return data.endpoint_id;
  return data.object === "award" ? data.recipient_id : data.id;
}

/** When the scheduler must look at a record next (ms since the epoch), or null. */
export function dueOf(table: TableName, record: AnyRecord): number | null {
  return (TABLES[table].due as ((record: AnyRecord) => number | null) | undefined)?.(record) ?? null;
}

export const TABLE_NAMES = Object.keys(TABLES) as TableName[];

/**
 * One record put (or removed, when null) by a unit of work; undone by the change that `Store.apply` returns.
 * `place` is the store's own note: where in the table a record comes back to.
 */
export type Change = {
  [T in TableName]: { readonly table: T; readonly id: string; readonly record: Tables[T] | null; readonly place?: number };
}[TableName];
