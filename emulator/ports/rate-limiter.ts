/** A quota: `q` requests in any `w` seconds, named as in the RateLimit-Policy field. */
export interface Policy {
  readonly name: "second" | "hour";
  readonly q: number;
  readonly w: number;
}

/** What one policy says at this moment: `r` requests left, `t` seconds until there are more. */
export interface Quota {
  readonly policy: Policy;
  readonly r: number;
  readonly t: number;
}

export type Verdict =
  | { readonly allowed: true; readonly quotas: readonly Quota[] }
  | { readonly allowed: false; readonly quotas: readonly Quota[]; readonly violated: readonly Policy[]; readonly retryAfter: number };

/** Remaining requests to set, by policy. */
export type QuotaSetting = { readonly [P in Policy["name"]]?: { readonly remaining: number } };

/**
 * Sliding windows per API key: a request counts while its age is below the window; refused ones do not count.
 * Contract suite: test/ports/rate-limiter.ts, against a naive model.
 */
export interface RateLimiter {
  readonly policies: readonly Policy[];
  /** Takes one request of a key at an instant (ms that never go back); null when the key is not metered. */
  take(keyId: string, now: number): Verdict | null;
  /** Without taking anything; null when the key is not metered. */
  peek(keyId: string, now: number): readonly Quota[] | null;
  /** Meters the key from now on, with this much left. */
  set(keyId: string, setting: QuotaSetting, now: number): void;
  clear(): void;
  capture(): unknown;
  restore(captured: unknown): void;
}
