import type { RequestHandler } from "express";
import { ApiError } from "../../model/errors.ts";

/** The header in which a command says which sandbox it means, in lower case. */
const MEANT = "sandbox-id";

/**
 * Refuses a request that is meant for another sandbox, before anything happens: what a command has found may have stopped since, and
 * another one have taken its port. Who does not say which one is meant, such as curl or a client of the API, is served.
 */
export function sameSandbox(id: string): RequestHandler {
  return function refuseMistaken(req, _res, next) {
    const meant = req.headers[MEANT];
    if (meant === undefined || meant === id) return next();
    throw new ApiError(
      "SANDBOX_MISMATCH",
      `The request names another sandbox in Sandbox-Id; this one is ${id}, and nothing was done. Look up where the one you mean is, or leave out the header.`,
    );
  };
}
