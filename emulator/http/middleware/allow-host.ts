import type { RequestHandler } from "express";
import type { Access } from "../../control/access/access.ts";
import { ApiError } from "../../model/errors.ts";
import { settleHost } from "../../model/request-target.ts";
import { valuesOf } from "../call.ts";

/**
 * Refuses a Host that is not ours before anything happens: a page on the internet can point its own name at 127.0.0.1
 * (DNS rebinding), and listening on loopback alone does not stop it.
 */
export function allowHost(access: Access): RequestHandler {
  return function refuseForeignHost(req, _res, next) {
    const sent = valuesOf(req, "host");
    // RFC 9112, 3.2: 400 to a request of HTTP/1.1 without a Host, and to any with several.
    if (sent.length > 1 || (sent.length === 0 && req.httpVersion === "1.1")) {
      throw new ApiError("INVALID_REQUEST", "Send one Host header.");
    }
    settleHost(req);
    const denial = access.host(req.headers.host);
    if (denial) throw new ApiError(denial.code, denial.message);
    next();
  };
}
