import type { Policy, Quota } from "../../emulator/ports/rate-limiter.ts";

/** The limiter of one key as one would write it on paper: every admitted request's instant, counted anew each time. */
export class NaiveLimiter {
  readonly #policies: readonly Policy[];
  readonly #admitted: number[] = [];

  constructor(policies: readonly Policy[]) {
    this.#policies = policies;
  }

  take(now: number): boolean {
    if (this.exhausted(now).length > 0) return false;
    this.#admitted.push(now);
    return true;
  }

  exhausted(now: number): Policy[] {
    return this.#policies.filter((policy) => this.#counted(policy, now).length >= policy.q);
  }

  quotas(now: number): Quota[] {
    return this.#policies.map((policy) => {
      const counted = this.#counted(policy, now);
      const oldest = Math.min(...counted);
      return { policy, r: policy.q - counted.length, t: counted.length === 0 ? 0 : Math.ceil((oldest + policy.w * 1000 - now) / 1000) };
    });
  }

  /** The first millisecond from `now` on in which a request would be admitted. */
  nextAdmission(now: number): number {
    let at = now;
    while (this.exhausted(at).length > 0) at += 1;
    return at;
  }

  /** A request counts while its age is below the window. */
  #counted(policy: Policy, now: number): number[] {
    return this.#admitted.filter((at) => now - at < policy.w * 1000);
  }
}
