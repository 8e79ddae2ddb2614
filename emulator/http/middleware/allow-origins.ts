import type { RequestHandler } from "express";
import type { Access } from "../../control/access/access.ts";
import { isPreflight, preflightHeaders } from "../../control/access/cors.ts";

const EXPOSED =
  "Request-Id, RateLimit, RateLimit-Policy, Retry-After, ETag, Location, Idempotent-Replayed, WWW-Authenticate, Allow, Deprecation, Sunset, Link";
const METHODS = "GET, HEAD, POST, PATCH, DELETE, OPTIONS";

/** CORS for /v1: pages of allowed origins may read every answer, and their preflights are answered here. `refused`: called with every other origin. */
export function allowOrigins(access: Access, refused: (origin: string) => void): RequestHandler {
  return function answerCors(req, res, next) {
    if (!/^\/v1(\/|$)/.test(req.path)) return next();
    // Also without an Origin: a cache must not give that answer to a page.
    res.setHeader("Vary", "Origin");
    const { headers } = req;
    const allowed = access.originFor("api", headers);
    if (allowed === null) {
      const origin = access.refusedByApi(headers);
      if (origin !== null) refused(origin);
      return next();
    }
    res.setHeader("Access-Control-Allow-Origin", allowed);
    res.setHeader("Access-Control-Expose-Headers", EXPOSED);
    if (!isPreflight(req.method, headers)) return next();
    for (const [name, value] of Object.entries(preflightHeaders(METHODS, headers))) res.setHeader(name, value);
    res.status(204).end();
  };
}
