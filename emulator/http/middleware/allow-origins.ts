import type { RequestHandler } from "express";

const EXPOSED = "Request-Id, RateLimit, RateLimit-Policy, Retry-After, ETag, Location, Idempotent-Replayed, WWW-Authenticate, Allow";
const METHODS = "GET, HEAD, POST, PATCH, DELETE, OPTIONS";
const HEADERS = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match";

/** CORS for the origins named by `--cors` (`*` for all); no other gets a header. */
export function allowOrigins(origins: readonly string[]): RequestHandler {
  return function answerCors(req, res, next) {
    const { origin } = req.headers;
    res.vary("Origin");
    if (origin === undefined || !(origins.includes(origin) || origins.includes("*"))) return next();
    res.setHeader("Access-Control-Allow-Origin", origin);
    res.setHeader("Access-Control-Expose-Headers", EXPOSED);
    if (req.method !== "OPTIONS" || req.headers["access-control-request-method"] === undefined) return next();
    res.setHeader("Access-Control-Allow-Methods", METHODS);
    res.setHeader("Access-Control-Allow-Headers", HEADERS);
    res.setHeader("Access-Control-Max-Age", "600");
    res.status(204).end();
  };
}
