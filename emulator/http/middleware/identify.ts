import type { RequestHandler } from "express";
import type { Ids } from "../../ports/ids.ts";

/** Gives every request an id, also those that are refused first of all. */
export function identify(ids: Ids, now: () => number): RequestHandler {
  return function identifyRequest(_req, res, next) {
    res.locals.requestId = ids.next("req", now());
    res.setHeader("Request-Id", res.locals.requestId);
    res.setHeader("X-Content-Type-Options", "nosniff");
    res.setHeader("Cache-Control", "no-store");
    next();
  };
}
