import type { RequestHandler, Response } from "express";
import { isControlPath } from "../../control/access/paths.ts";
import { type Body, keptAnswer, keptBytes, textOf } from "../../control/body.ts";
import type { Course, Exchange, StruckFault } from "../../control/exchange.ts";
import type { Clock } from "../../ports/clock.ts";
import { type Call, isOfSession } from "../call.ts";
import { wasRefusedRaw } from "../raw-refusal.ts";
import { headOf } from "../response-head.ts";
import { hashUnread } from "../unread-body.ts";
import { UNCOUNTED } from "./identify.ts";

/** The request log, as the HTTP side sees it. */
export interface Recorder {
  record(exchange: Exchange): void;
}

type Arrival = Pick<Exchange, "receivedAt" | "at" | "began" | "method" | "url" | "requestHeaders">;

/** A request that is not answered yet. Kept in `res.locals.pending`. */
interface Pending {
  readonly recorder: Recorder;
  readonly arrival: Arrival;
}

/** Notes a request for which no answer is made: the connection is ended instead. */
export function recordUnanswered(res: Response): void {
  const pending = takePending(res);
  if (!pending) return;
  const exchange = exchangeOf(res, pending.arrival, null);
  pending.recorder.record({ ...exchange, status: null, code: null, delivered: false, responseHead: null });
}

/**
 * Notes every request outside the control plane, in the turn in which its answer leaves: who has the answer finds it in the log. Headers
 * and bodies are kept as they are, by reference where that is possible; what is shown of them, without secrets, is made when it is asked for.
 */
export function recordRequests(recorder: Recorder, clock: Clock): RequestHandler {
  // A client sends the same fields with every request: then they are kept once.
  let latest: readonly string[] = [];
  const shared = (fields: readonly string[]) => {
    if (!isEqual(fields, latest)) latest = fields;
    return latest;
  };
  return function recordRequest(req, res, next) {
    if (isControlPath(req.path)) return next();
    // The router changes the URL on its way.
    const { method, url } = req;
    const arrival = {
      receivedAt: Date.now(),
      at: clock.now(),
      began: performance.now(),
      method,
      url,
      requestHeaders: shared(req.rawHeaders),
    };
    res.locals.pending = { recorder, arrival } satisfies Pending;
    next();
  };
}

/** Notes an answer that has just been sent, or that the client does not get (`delivered`). `made`: its body. */
export function recordAnswered(res: Response, made: unknown, delivered = !res.destroyed): void {
  const pending = takePending(res);
  if (pending && !wasRefusedRaw(res.req.socket)) pending.recorder.record({ ...exchangeOf(res, pending.arrival, made), delivered });
}

function takePending({ locals }: Response): Pending | undefined {
  const { pending } = locals;
  locals.pending = undefined;
  return pending;
}

function exchangeOf(res: Response, arrival: Arrival, sent: unknown): Exchange {
  const { req } = res;
  const { requestId, code, call, fault } = res.locals as { requestId: string; code?: string; call?: Call; fault?: StruckFault };
  const session = isOfSession(res);
  const request = keptBytes(req.body);
  const response = arrival.method === "HEAD" ? null : bodyOf(res, sent);
  return {
    ...arrival,
    requestId,
    duration: performance.now() - arrival.began,
    course: call ? courseOf(call) : null,
    keyId: call?.key?.id ?? null,
    session,
    counted: !session && req.headers[UNCOUNTED] === undefined,
    idempotencyKey: req.headers["idempotency-key"] !== undefined,
    replayed: res.hasHeader("Idempotent-Replayed"),
    fault: fault ?? null,
    status: res.statusCode,
    code: code ?? (response && res.statusCode >= 400 ? codeIn(response) : null),
    quota: (res.getHeader("RateLimit") as string | undefined) ?? null,
    delivered: true,
    request,
    unread: request === null ? hashUnread(req, call?.operation.bodyLimit) : null,
    responseHead: headOf(res),
    response,
  };
}

function isEqual(some: readonly string[], others: readonly string[]): boolean {
  if (some.length !== others.length) return false;
  for (let at = 0; at < some.length; at++) if (some[at] !== others[at]) return false;
  return true;
}

function courseOf({ operation, passed, idempotencyId }: Call): Course {
  return { operationId: operation.id, stages: operation.stages, passed, idempotencyId };
}

/** Pictures are no text to show. */
function bodyOf(res: Response, sent: unknown): Body | null {
  return String(res.getHeader("Content-Type") ?? "").startsWith("image/") ? null : keptAnswer(sent);
}

/** A refusal that was kept under an Idempotency-Key is answered as text. */
function codeIn(body: Body): string | null {
  return /^\{"status":"error","error":\{"code":"(\w+)"/.exec(textOf(body))?.[1] ?? null;
}
