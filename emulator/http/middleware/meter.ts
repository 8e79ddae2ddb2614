import type { RequestHandler, Response } from "express";
import { ApiError } from "../../model/errors.ts";
import type { Quota, RateLimiter } from "../../ports/rate-limiter.ts";
import { keyOf, pass } from "../call.ts";

/** Counts the request against its key's quotas and says so in the RateLimit fields (IETF draft, -10 syntax). */
export function meter(limiter: RateLimiter, elapsed: () => number): RequestHandler {
  const field = limiter.policies.map(({ name, q, w }) => `"${name}";q=${q};w=${w}`).join(", ");
  return function meterKey(_req, res, next) {
    const key = keyOf(res);
    const verdict = key.session ? null : limiter.take(key.id, elapsed());
    if (!verdict) return pass(res, "quota", next);
    res.setHeader("RateLimit-Policy", field);
    sayQuotas(res, verdict.quotas);
    if (verdict.allowed) return pass(res, "quota", next);
    const details = verdict.violated.map(({ name, q, w }) => ({
      path: "",
      code: "RATE_LIMIT_EXCEEDED",
      message: `At most ${q} requests in ${w === 1 ? "a second" : `${w} seconds`}.`,
      policy: name,
    }));
    throw new ApiError("RATE_LIMIT_EXCEEDED", `Too many requests; try again in ${verdict.retryAfter} s.`, {
      details,
      headers: { "Retry-After": String(verdict.retryAfter) },
    });
  };
}

function sayQuotas(res: Response, quotas: readonly Quota[]): void {
  let field = "";
  for (const { policy, r, t } of quotas) field += `${field && ", "}"${policy.name}";r=${r};t=${t}`;
  res.setHeader("RateLimit", field);
}
