import type { RequestHandler, Response } from "express";
import { type Body, type Course, type Exchange, keptBody, type StruckFault } from "../../control/exchange.ts";
import type { Clock } from "../../ports/clock.ts";
import { type Call, isOfSession } from "../call.ts";
import { wasRefusedRaw } from "../raw-refusal.ts";
import { UNCOUNTED } from "./identify.ts";

/** The request log, as the HTTP side sees it. */
export interface Recorder {
  record(exchange: Exchange): void;
}

type Arrival = Pick<Exchange, "receivedAt" | "at" | "began" | "method" | "url">;

/** A request that is not answered yet. Kept in `res.locals.pending`. */
interface Pending {
  readonly recorder: Recorder;
  readonly arrival: Arrival;
}

/** Notes a request that gets no answer: the connection is ended instead. */
export function recordUnanswered(res: Response): void {
  const pending = takePending(res);
  if (pending) pending.recorder.record({ ...exchangeOf(res, pending.arrival, null), status: null, code: null });
}

/**
 * Notes every request outside the control plane, at the moment when its answer leaves: who has the answer finds it in the log. No
 * header is kept, and so no key; bodies are, and shown without secrets.
 */
export function recordRequests(recorder: Recorder, clock: Clock): RequestHandler {
  return function recordRequest(req, res, next) {
    if (/^\/_sandbox(\/|$)/.test(req.path)) return next();
    // The router changes the URL on its way.
    const { method, url } = req;
    const arrival = { receivedAt: Date.now(), at: clock.now(), began: performance.now(), method, url };
    res.locals.pending = { recorder, arrival } satisfies Pending;
    next();
  };
}

/** Notes an answer that is about to leave. `sent`: its body. */
export function recordAnswered(res: Response, sent: unknown): void {
  const pending = takePending(res);
  if (pending && !wasRefusedRaw(res.req.socket)) pending.recorder.record(exchangeOf(res, pending.arrival, sent));
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
    request: keptBody(req.body),
    response,
  };
}

function courseOf({ operation, passed, idempotencyId }: Call): Course {
  return { operationId: operation.id, stages: operation.stages, passed, idempotencyId };
}

/** Pictures are no text to show. */
function bodyOf(res: Response, sent: unknown): Body | null {
  return String(res.getHeader("Content-Type") ?? "").startsWith("image/") ? null : keptBody(sent);
}

/** A refusal that was kept under an Idempotency-Key is answered as text. */
function codeIn({ text }: Body): string | null {
  return /^\{"status":"error","error":\{"code":"(\w+)"/.exec(text)?.[1] ?? null;
}
