import { createHash, timingSafeEqual } from "node:crypto";
import type { RequestHandler } from "express";
import { ApiError } from "../../model/errors.ts";

export interface ControlGuard {
  readonly isOriginAllowed: (origin: string) => boolean;
  /** The Bearer token to ask for; null for none (loopback). */
  readonly token: string | null;
}

/** Who may use the control plane: programs, and pages of the sandbox's own origin. */
export function guardControl({ isOriginAllowed, token }: ControlGuard): RequestHandler {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  const expected = digest(`Bearer ${token}`);
  return function refuseStrangers(req, _res, next) {
    const { origin, authorization } = req.headers;
    if (origin !== undefined && !isOriginAllowed(origin)) {
      throw new ApiError("ORIGIN_NOT_ALLOWED", "The control plane does not serve pages of another origin.");
    }
    // The token is compared by its hash, so that the time taken says nothing.
    if (token === null || timingSafeEqual(digest(authorization ?? ""), expected)) return next();
    throw new ApiError("AUTHENTICATION_REQUIRED", "The control plane needs `Authorization: Bearer` with the --control-token.", {
      headers: { "WWW-Authenticate": 'Bearer realm="getsmart-sandbox control"' },
    });
  };
}
