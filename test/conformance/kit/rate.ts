import type { Exchange } from "./exchange.ts";
import { Inconclusive } from "./outcomes.ts";
import type { Probe } from "./probe.ts";
import type { Request } from "./session.ts";

/**
 * Oracles for limits whose algorithm is not published. They must be right for a sliding window, a fixed window and a token bucket alike,
 * and latency may only loosen them: the span is measured from before the first request to after the last answer.
 */
export const PER_SECOND = 10;
export const PER_HOUR = 1000;

/**
 * The most requests that any correct limiter admits in a span: a fixed window touches that many windows; a sliding one and a bucket of this
 * capacity admit less.
 */
export function mostAdmitted(perSecond: number, spanMs: number): number {
  return perSecond * (Math.floor(spanMs / 1000) + 2);
}

/** The slowest pace (attempts a second) at which exceeding the limit by one a second shows within the span. */
export function attemptsNeeded(perSecond: number, spanMs: number): number {
  return mostAdmitted(perSecond, spanMs) + 1;
}

export interface Burst {
  readonly exchanges: readonly Exchange[];
  /** Answers other than 429. */
  readonly admitted: readonly Exchange[];
  readonly refused: readonly Exchange[];
  readonly spanMs: number;
}

/**
 * Twenty of these are a little more than a second. A sliding window frees a place a second after it was taken, and the attempt that takes it
 * must not come just before: on a grid of which a second is a multiple half of the places would wait for one attempt more, and eleven a
 * second would look like ten.
 */
export const ATTEMPT_GAP_MS = 51;

/** Long enough for every window of a second to have passed, whatever the algorithm. */
export const QUIET_MS = 2100;

/** Fires requests together. */
export async function burst(t: Probe, requests: readonly Request[]): Promise<Burst> {
  const begun = t.time.now();
  const exchanges = await t.together(requests.map((request) => ({ ...request, free: true, throttled: true })));
  return burstOf(exchanges, t.time.now() - begun);
}

export function burstOf(exchanges: readonly Exchange[], spanMs: number): Burst {
  return {
    exchanges,
    spanMs,
    admitted: exchanges.filter(({ status }) => status !== 429),
    refused: exchanges.filter(({ status }) => status === 429),
  };
}

/** The request that bursts are made of: cheap, and counted like any other. */
export function cheap(
  t: Probe,
  key: string,
  options: { readonly headers?: Record<string, string>; readonly fresh?: boolean } = {},
): Request {
  return t.request("getToken", { key, ...options });
}

/** After quiet, sends until a request is refused; gives up where the limiter's own arithmetic would have refused for certain. */
export async function throttle(t: Probe, key: string): Promise<Burst> {
  await t.time.sleep(QUIET_MS);
  for (let attempt = 1; attempt <= 3; attempt++) {
    const found = await burst(
      t,
      Array.from({ length: 40 }, () => cheap(t, key)),
    );
    const most = mostAdmitted(PER_SECOND, found.spanMs);
    t.expect.that(
      found.admitted.length <= most,
      `${found.admitted.length} of 40 requests within ${Math.round(found.spanMs)} ms were served`,
      {
        exchange: found.exchanges.at(-1),
        expected: `at most ${most}`,
        actual: found.admitted.length,
      },
    );
    if (found.refused.length > 0) return found;
  }
  throw new Inconclusive("this client is too slow to exceed ten requests a second");
}
