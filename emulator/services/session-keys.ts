import type { ApiKeyRecord } from "../model/api-key.ts";

/** So many are open at a time: with one more the oldest ends. */
const MOST = 100;

/**
 * All sessions share one id, which no record has. Idempotency-Keys belong to it, so the next session can ask again for an answer that was
 * lost.
 */
const ALL_OF_THEM = {
  id: "key_00000000000000000000000000",
  object: "api_key",
  name: "Session",
  expires_at: null,
  revoked_at: null,
  session: true,
} as const;

/**
 * Keys for tools that inspect a sandbox. They live in memory only, in no record, list, export or journal line. A
 * reset, restore or import leaves them; they end with the process.
 */
export class SessionKeys {
  readonly #open = new Map<string, ApiKeyRecord>();

  get isEmpty(): boolean {
    return this.#open.size === 0;
  }

  open(key: Pick<ApiKeyRecord, "scopes" | "hash" | "last4" | "created_at">): void {
    const [oldest] = this.#open.keys();
    if (this.#open.size === MOST && oldest !== undefined) this.#open.delete(oldest);
    this.#open.set(key.hash, { ...ALL_OF_THEM, ...key });
  }

  find(hash: string): ApiKeyRecord | null {
    return this.#open.get(hash) ?? null;
  }
}
