/** Small valid records for tests: only what a test speaks of is given, the rest is plain. */
import type { ApiKeyRecord } from "../../emulator/model/api-key.ts";
import type { AwardRecord } from "../../emulator/model/award.ts";
import type { Badge } from "../../emulator/model/badge.ts";
import type { EventRecord } from "../../emulator/model/event.ts";
import type { IdempotencyRecord } from "../../emulator/model/idempotency.ts";
import type { Submission } from "../../emulator/model/submission.ts";
import type { Change, TableName, Tables } from "../../emulator/model/tables.ts";
import type { Transaction } from "../../emulator/model/transaction.ts";
import type { User } from "../../emulator/model/user.ts";

const AT = "2026-01-01T00:00:00.000Z";

export function user(id: string, given: Partial<User> = {}): User {
  return {
    id,
    object: "user",
    external_id: null,
    email: `${id}@example.org`,
    display_name: id,
    type: "individual",
    roles: ["earner"],
    status: "active",
    wallet: { address: `wallet of ${id}`, account: `eip155:31337:${id}`, chain_id: 31337, custody: "managed" },
    organization: null,
    locale: null,
    metadata: {},
    created_at: AT,
    updated_at: AT,
    ...given,
  };
}

export function transaction(id: string, given: Partial<Transaction> = {}): Transaction {
  return {
    id,
    object: "transaction",
    type: "mint",
    status: "confirmed",
    amount: "1",
    symbol: "GETS",
    from: null,
    to: null,
    reason: null,
    memo: null,
    reference: null,
    chain: {
      chain_id: 31337,
      contract_address: "0x",
      tx_hash: `hash of ${id}`,
      log_index: 0,
      block_number: 1,
      block_timestamp: AT,
      explorer_url: null,
    },
    failure: null,
    metadata: {},
    created_at: AT,
    confirmed_at: AT,
    ...given,
  };
}

export function event(id: string, subject: User): EventRecord {
  return { id, object: "event", type: "user.created", timestamp: AT, data: subject };
}

export function apiKey(id: string, given: Partial<ApiKeyRecord> = {}): ApiKeyRecord {
  return {
    id,
    object: "api_key",
    name: id,
    scopes: ["users:read"],
    last4: "0000",
    hash: `hash of ${id}`,
    expires_at: null,
    revoked_at: null,
    created_at: AT,
    ...given,
  };
}

export function badge(id: string, given: Partial<Badge> = {}): Badge {
  return {
    id,
    object: "badge",
    sponsor_id: "usr_sponsor",
    title: id,
    description: id,
    criteria: { narrative: id, url: null },
    evidence_requirements: [],
    image_url: null,
    level: null,
    tags: [],
    visibility: "public",
    reward: { amount: "1", funding: "mint" },
    max_awards: null,
    application_expires_at: null,
    claim_window_days: 90,
    auto_approve: false,
    auto_claim: false,
    status: "published",
    awards_count: 0,
    metadata: {},
    created_at: AT,
    updated_at: AT,
    ...given,
  };
}

export function award(id: string, given: Partial<AwardRecord> = {}): AwardRecord {
  return {
    id,
    object: "award",
    gets_id: "AAAAAAA",
    badge_id: "bdg_some",
    sponsor_id: "usr_sponsor",
    recipient_id: "usr_some",
    status: "approved",
    source: "direct",
    evidence: [],
    narrative: null,
    review: null,
    reward: { amount: "1", funding: "mint", transaction_id: null },
    claim_expires_at: null,
    pending: null,
    chain: null,
    revocation: null,
    metadata: {},
    applied_at: null,
    approved_at: AT,
    claimed_at: null,
    created_at: AT,
    updated_at: AT,
    token_id: "1",
    reminded: false,
    retry_at: null,
    ...given,
  };
}

export function answer(id: string, given: Partial<IdempotencyRecord> = {}): IdempotencyRecord {
  return { id, payload: "", status: 201, headers: {}, body: null, subjects: [], expires_at: 0, ...given };
}

export function submission(id: string, mine_at: number | null): Submission {
  return { id, origin: "api", mine_at };
}

export function put<T extends TableName>(table: T, record: Tables[T]): Change {
  return { table, id: record.id, record } as Change;
}

export function remove(table: TableName, id: string): Change {
  return { table, id, record: null } as Change;
}
