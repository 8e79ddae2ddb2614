import type { RequestHandler } from "express";

/** Gives every request an id, also those that are refused first of all. */
export function identify(newRequestId: () => string): RequestHandler {
  return function identifyRequest(_req, res, next) {
    res.locals.requestId = newRequestId();
    res.setHeader("Request-Id", res.locals.requestId);
    res.setHeader("X-Content-Type-Options", "nosniff");
    res.setHeader("Cache-Control", "no-store");
    next();
  };
}
