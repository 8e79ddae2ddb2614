import type { NextFunction, Request, RequestHandler, Response } from "express";
import type { StageName } from "../control/exchange.ts";
import type { ApiKeyRecord } from "../model/api-key.ts";
import type { Operation } from "./document.ts";

/** What is known of a request on its way through the middleware. Kept in `res.locals.call`. */
export interface Call {
  readonly requestId: string;
  /** The epoch in which it began (see ports/unit-of-work.ts). */
  readonly epoch: number;
  readonly operation: Operation;
  key: ApiKeyRecord | null;
  /** Of the operation's success types, the one that Accept prefers; undefined when it has none. */
  type: string | undefined;
  body: unknown;
  query: Record<string, unknown>;
  params: Record<string, string>;
  /** When it passed each stage: performance.now(). */
  readonly passed: { [S in StageName]?: number };
  /** The record of its Idempotency-Key. */
  idempotencyId: string | null;
}

/** The beginning of an operation's middleware. `epochOf`: asked as the request comes. */
export function beginCall(operation: Operation, epochOf: () => number): RequestHandler {
  return function beginCallOf(_req, res, next) {
    const { requestId } = res.locals;
    const unread = { key: null, type: undefined, body: undefined, query: {}, params: {}, passed: {}, idempotencyId: null };
    res.locals.call = { requestId, epoch: epochOf(), operation, ...unread } satisfies Call;
    next();
  };
}

export function callOf(res: Response): Call {
  return res.locals.call as Call;
}

/** Whether a request is a session's (services/session-keys.ts): of one that is open, or of a record of an earlier release. */
export function isOfSession({ locals }: Response): boolean {
  return locals.session === true || ((locals.call as Call | undefined)?.key?.session ?? false);
}

/** Goes on to the next middleware, a stage being passed. */
export function pass(res: Response, stage: StageName, next: NextFunction): void {
  callOf(res).passed[stage] = performance.now();
  next();
}

/** The API key of a call that was authenticated. */
export function keyOf(res: Response): ApiKeyRecord {
  const { key } = callOf(res);
  if (!key) throw new Error("a public operation has no API key");
  return key;
}

/** Every value that was sent of a header (its name in lower case). Node's own `headersDistinct` first sorts out all headers. */
export function valuesOf({ rawHeaders }: Request, name: string): string[] {
  const values: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const sent = rawHeaders[i] as string;
    if (sent.length === name.length && sent.toLowerCase() === name) values.push(rawHeaders[i + 1] as string);
  }
  return values;
}

/** Where a request came to, by the scheme it was sent with and its Host, which was checked. */
export function requestOrigin({ socket, headers }: Request): string {
  return `${"encrypted" in socket ? "https" : "http"}://${headers.host}`;
}

/** A header that was sent once, or undefined. */
export function header(req: Request, name: string): string | undefined {
  const value = req.headers[name];
  return typeof value === "string" ? value : undefined;
}
