import type { RequestHandler } from "express";
import { ApiError } from "../../model/errors.ts";

/** The header in which a command names its sandbox, in lower case. */
const MEANT = "sandbox-id";

/**
 * Refuses a request that is meant for another sandbox, before anything happens: the one that a command has found may have stopped since,
 * and another one may have taken its port. Requests without the header, such as those of curl and of API clients, pass.
 */
export function sameSandbox(id: string): RequestHandler {
  return function refuseOtherSandbox(req, _res, next) {
    const meant = req.headers[MEANT];
    if (meant === undefined || meant === id) return next();
    throw new ApiError(
      "SANDBOX_MISMATCH",
      `Sandbox-Id names another sandbox; this one is ${id}. Nothing was changed. Find the address of the sandbox you mean, or omit the header.`,
    );
  };
}
