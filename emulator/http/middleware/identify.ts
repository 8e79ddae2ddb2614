import type { Request, RequestHandler } from "express";
import type { Keys } from "../../services/keys.ts";
import { bearerOf } from "./authenticate.ts";

/** A request header of tools: the request is not the client's, and coverage leaves it out. */
export const UNCOUNTED = "sandbox-uncounted";

/**
 * Gives every request an id, also those that are refused first of all. Requests that are not the client's – of the control plane, pages,
 * tools and sessions – have their own sequence, so that inspecting a seeded run does not change the ids in it.
 */
export function identify(newRequestId: (isAside: boolean) => string, keys: Pick<Keys, "hasSessions" | "isSession">): RequestHandler {
  function isOfSession({ headers }: Request): boolean {
    if (!keys.hasSessions) return false;
    const credentials = bearerOf(headers.authorization);
    return credentials !== undefined && keys.isSession(credentials);
  }

  return function identifyRequest(req, res, next) {
    // Known this early, since public operations and unknown routes ask for no key.
    const session = isOfSession(req);
    if (session) res.locals.session = true;
    res.locals.requestId = newRequestId(session || !req.url.startsWith("/v1/") || req.headers[UNCOUNTED] !== undefined);
    res.setHeader("Request-Id", res.locals.requestId);
    res.setHeader("X-Content-Type-Options", "nosniff");
    res.setHeader("Cache-Control", "no-store");
    next();
  };
}
