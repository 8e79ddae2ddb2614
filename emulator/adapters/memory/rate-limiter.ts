import { deserialize, serialize } from "node:v8";
import type { Policy, Quota, QuotaSetting, RateLimiter, Verdict } from "../../ports/rate-limiter.ts";

/** Instants of the requests that count, per key and policy, oldest first. */
type Stamps = Map<Policy["name"], number[]>;

/** Exact sliding windows: at most `q` stamps a policy and key are kept. */
export class SlidingWindows implements RateLimiter {
  readonly policies: readonly Policy[];
  readonly #meterAll: boolean;
  #keys = new Map<string, Stamps>();

  /** `meterAll: false`: only keys given a quota by `set` are metered (`--limits off`). */
  constructor(policies: readonly Policy[], meterAll: boolean) {
    this.policies = policies;
    this.#meterAll = meterAll;
  }

  take(keyId: string, now: number): Verdict | null {
    const stamps = this.#stamps(keyId);
    if (!stamps) return null;
    const quotas = this.#quotas(stamps, now);
    const violated = quotas.filter(({ r }) => r === 0);
    if (violated.length > 0) {
      const retryAfter = Math.max(...violated.map(({ t }) => t));
      return { allowed: false, quotas, violated: violated.map(({ policy }) => policy), retryAfter };
    }
    for (const { name } of this.policies) stamps.get(name)?.push(now);
    return { allowed: true, quotas: quotas.map(({ policy, r, t }) => ({ policy, r: r - 1, t: t === 0 ? policy.w : t })) };
  }

  peek(keyId: string, now: number): readonly Quota[] | null {
    const stamps = this.#stamps(keyId);
    return stamps ? this.#quotas(stamps, now) : null;
  }

  set(keyId: string, setting: QuotaSetting, now: number): void {
    const stamps = this.#keys.get(keyId) ?? new Map();
    this.#keys.set(keyId, stamps);
    for (const policy of this.policies) {
      const remaining = setting[policy.name]?.remaining;
      if (remaining === undefined) continue;
      const used = Math.max(0, policy.q - remaining);
      const live = this.#live(stamps, policy, now);
      live.splice(0, Math.max(0, live.length - used));
      while (live.length < used) live.push(now);
    }
  }

  clear(): void {
    this.#keys = new Map();
  }

  capture(): unknown {
    return copyOf(this.#keys);
  }
  restore(captured: unknown): void {
    this.#keys = captured === undefined ? new Map() : copyOf(captured as Map<string, Stamps>);
  }

  #stamps(keyId: string): Stamps | undefined {
    const stamps = this.#keys.get(keyId);
    if (stamps || !this.#meterAll) return stamps;
    const fresh: Stamps = new Map();
    this.#keys.set(keyId, fresh);
    return fresh;
  }

  /** The stamps still inside the window. */
  #live(stamps: Stamps, { name, w }: Policy, now: number): number[] {
    let list = stamps.get(name);
    if (!list) {
      list = [];
      stamps.set(name, list);
    }
    let old = 0;
    while (old < list.length && now - (list[old] as number) >= w * 1000) old += 1;
    if (old > 0) list.splice(0, old);
    return list;
  }

  #quotas(stamps: Stamps, now: number): Quota[] {
    return this.policies.map((policy) => {
      const live = this.#live(stamps, policy, now);
      return { policy, r: Math.max(0, policy.q - live.length), t: secondsUntilMore(live, policy, now) };
    });
  }
}

/** Whole seconds until the oldest counted request leaves the window; 0 when nothing is counted. */
function secondsUntilMore(live: readonly number[], { w }: Policy, now: number): number {
  const oldest = live[0];
  return oldest === undefined ? 0 : Math.ceil((oldest + w * 1000 - now) / 1000);
}

/** Not `structuredClone`, which pages of jsdom lack. */
function copyOf<T>(value: T): T {
  return deserialize(serialize(value));
}
