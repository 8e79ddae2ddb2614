import type { RequestHandler } from "express";
import type { Logger } from "pino";
import { redactText } from "../../control/redact.ts";
import { type Call, isOfSession } from "../call.ts";

/** One line a request, written when it is answered; of a session's request only for who debugs. No header, no body and no query: neither keys nor people are in it. */
export function logRequests(log: Logger): RequestHandler {
  return function logRequest(req, res, next) {
    if (!log.isLevelEnabled("info")) return next();
    const began = performance.now();
    // The router changes req.path on its way.
    const { method } = req;
    const path = redactText(req.path);
    res.once("close", () => {
      const { requestId: request_id, call } = res.locals as { requestId: string; call?: Call };
      const duration_ms = Math.round((performance.now() - began) * 10) / 10;
      const outcome = res.writableFinished ? res.statusCode : "aborted";
      log[isOfSession(res) ? "debug" : "info"](
        { request_id, method, path, status: res.statusCode, duration_ms, operation: call?.operation.id, api_key_id: call?.key?.id },
        `${method} ${path} ${outcome}`,
      );
    });
    next();
  };
}
