import type { RequestHandler } from "express";
import { ApiError } from "../../model/errors.ts";
import { callOf } from "../call.ts";
import type { Operation } from "../document.ts";

/**
 * Chooses the type of the answer by Accept (RFC 9110 §12.5.1); where Accept has no preference it is the first of the operation.
 * Refuses an Accept that admits none of them, if there are any. Errors are JSON whatever Accept says.
 */
export function negotiate(operation: Operation): RequestHandler {
  const { produces } = operation;
  const [first] = produces;
  const offered = produces.flatMap((type) => [type, `${type}; charset=utf-8`]);
  return function negotiateType(req, res, next) {
    const call = callOf(res);
    const { accept } = req.headers;
    if (produces.length > 1) res.vary("Accept");
    call.type = first;
    if (accept === undefined || accept === "*/*" || first === undefined) return next();
    const [chosen] = (req.accepts(offered) || "").split(";");
    if (!chosen) throw new ApiError("NOT_ACCEPTABLE", `This operation answers with ${produces.join(" or ")}.`);
    call.type = chosen;
    next();
  };
}
