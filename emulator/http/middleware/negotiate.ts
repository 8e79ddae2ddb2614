import type { RequestHandler } from "express";
import { ApiError } from "../../model/errors.ts";
import type { Operation } from "../document.ts";

/** Refuses an Accept that admits none of the operation's success types, if it has any. Errors are JSON whatever Accept says. */
export function negotiate(operation: Operation): RequestHandler {
  const { produces } = operation;
  const offered = produces.flatMap((type) => [type, `${type}; charset=utf-8`]);
  return function negotiateType(req, _res, next) {
    const { accept } = req.headers;
    if (accept === undefined || accept === "*/*" || produces.length === 0 || req.accepts(offered)) return next();
    throw new ApiError("NOT_ACCEPTABLE", `This operation answers with ${produces.join(" or ")}.`);
  };
}
