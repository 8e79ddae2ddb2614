import type { RequestHandler, Response } from "express";
import { type Course, type Exchange, keptBody } from "../../control/exchange.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Call } from "../call.ts";

/** The request log, as the HTTP side sees it. */
export interface Recorder {
  record(exchange: Exchange): void;
}

/**
 * Notes every request outside the control plane, at the moment when its answer leaves: who has the answer finds it in the log. No
 * header is kept, and so no key; bodies are, and shown without secrets.
 */
export function recordRequests(recorder: Recorder, clock: Clock): RequestHandler {
  return function recordRequest(req, res, next) {
    if (/^\/_sandbox(\/|$)/.test(req.path)) return next();
    const began = performance.now();
    const receivedAt = Date.now();
    const at = clock.now();
    // The router changes it on its way.
    const { url } = req;
    const end = res.end;
    // Every answer ends here, whoever made it.
    res.end = function endRecorded(...answer: unknown[]) {
      res.end = end;
      const body = req.method === "HEAD" || typeof answer[0] === "function" ? null : answerBody(res, answer[0]);
      const { requestId, code } = res.locals;
      const call = res.locals.call as Call | undefined;
      const session = call?.key?.session ?? false;
      // A raw refusal has answered already when the connection was ended by us.
      if (!res.socket?.writableEnded || res.socket.destroyed) {
        recorder.record({
          requestId,
          receivedAt,
          at,
          began,
          duration: performance.now() - began,
          method: req.method,
          url,
          course: call ? courseOf(call) : null,
          keyId: call?.key?.id ?? null,
          session,
          counted: !session && req.headers["sandbox-uncounted"] === undefined,
          idempotencyKey: req.headers["idempotency-key"] !== undefined,
          replayed: res.hasHeader("Idempotent-Replayed"),
          status: res.statusCode,
          code: code ?? (res.statusCode >= 400 && body ? codeIn(body.text) : null),
          quota: (res.getHeader("RateLimit") as string | undefined) ?? null,
          request: keptBody(req.body),
          response: body,
        });
      }
      return (end as (...args: unknown[]) => Response).apply(res, answer);
    } as typeof res.end;
    next();
  };
}

function courseOf({ operation, passed, idempotencyId }: Call): Course {
  return { operationId: operation.id, stages: operation.stages, passed, idempotencyId };
}

/** Pictures are no text to show. */
function answerBody(res: Response, sent: unknown) {
  return String(res.getHeader("Content-Type") ?? "").startsWith("image/") ? null : keptBody(sent);
}

/** A refusal that is kept under an Idempotency-Key is answered as text. */
function codeIn(text: string): string | null {
  return /^\{"status":"error","error":\{"code":"(\w+)"/.exec(text)?.[1] ?? null;
}
