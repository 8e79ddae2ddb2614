import type { RequestHandler } from "express";
import type { Access } from "../../control/access/access.ts";
import { isGuardedPath } from "../../control/access/paths.ts";
import { ApiError } from "../../model/errors.ts";
import { valuesOf } from "../call.ts";

/** Refuses pages of other origins, and requests without the control token, at the control plane, the dashboard and `/`. */
export function guardControl(access: Access): RequestHandler {
  return function refuseCaller(req, _res, next) {
    if (!isGuardedPath(req.path)) return next();
    if (valuesOf(req, "authorization").length > 1) throw new ApiError("INVALID_REQUEST", "Send one Authorization header, not several.");
    const denial = access.control(req.method, req.path, req.headers);
    if (!denial) return next();
    const challenge = { "WWW-Authenticate": 'Bearer realm="getsmart-sandbox control"' };
    throw new ApiError(denial.code, denial.message, denial.code === "AUTHENTICATION_REQUIRED" ? { headers: challenge } : {});
  };
}
