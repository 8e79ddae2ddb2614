/** The first answer given for an Idempotency-Key, kept for 24 h of sandbox time. */
export interface IdempotencyRecord {
  /** SHA-256 of API key id, method, path and Idempotency-Key. */
  readonly id: string;
  /** SHA-256 of the canonical payload (parsed JSON and query). */
  readonly payload: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The answer's body as sent, with secrets null; null for an answer without a body. */
  readonly body: string | null;
  /** Ids of the users whose data the body may hold: a deletion of theirs forgets the answer. */
  readonly subjects: readonly string[];
  readonly expires_at: number;
}
