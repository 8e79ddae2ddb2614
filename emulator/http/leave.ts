import { ServerResponse } from "node:http";
import type { Response } from "express";
import { ApiError } from "../model/errors.ts";
import type { UnitOfWork } from "../ports/unit-of-work.ts";
import type { Call } from "./call.ts";
import { errorEnvelope, statusOf, toApiError } from "./envelope.ts";
import { recordAnswered } from "./middleware/record-requests.ts";

/**
 * How an answer of the application leaves, whoever made it, as Express's `end`. With `--fsync` it waits for the disk, since a read, a
 * replay, a 304 or a refusal may follow from a change that a power loss can still undo, and is refused when the disk fails. Then it is
 * recorded, and sent: at once, or in pieces (`res.locals.slow`, in ms). A stream does not end; it begins by `whenDurable`.
 */
export function leaveWhenDurable(world: Pick<UnitOfWork, "durable">): Response["end"] {
  return function end(this: Response, ...answer: unknown[]): Response {
    const durable = this.locals.stateless ? null : world.durable();
    if (durable === null) return leave(this, answer);
    durable.then(
      () => leave(this, answer),
      (error) => leave(this, refused(this, error) ?? answer),
    );
    return this;
  } as Response["end"];
}

function leave(res: Response, answer: unknown[]): Response {
  if (res.locals.slow === undefined || !sendInPieces(res, answer, res.locals.slow)) sendRest(res, answer);
  // In the same turn: nobody can ask for it before.
  recordAnswered(res, answer[0]);
  return res;
}

function sendRest(res: Response, answer: readonly unknown[]): Response {
  return (ServerResponse.prototype.end as (...args: readonly unknown[]) => Response).apply(res, answer as unknown[]);
}

/** Puts the refusal in the place of the answer; null when the answer is that refusal, or its head has left. */
function refused(res: Response, thrown: unknown): unknown[] | null {
  const error = refusalOf(res, thrown);
  if (res.headersSent || res.locals.code === error.code) return null;
  const { requestId } = res.locals;
  for (const name of ["etag", "location", "idempotent-replayed", "content-disposition"]) res.removeHeader(name);
  const body = JSON.stringify(errorEnvelope(error, requestId));
  res.locals.code = error.code;
  res.status(statusOf(error));
  res.setHeader("Cache-Control", "no-store");
  res.setHeader("Content-Type", "application/json; charset=utf-8");
  res.setHeader("Content-Length", Buffer.byteLength(body));
  return [body];
}

/** A read has no refusal of its own for a disk that failed. */
function refusalOf(res: Response, thrown: unknown): ApiError {
  const { call } = res.locals as { call?: Call };
  if (call?.operation.method !== "get") return toApiError(thrown);
  const message = "The disk failed: what is in memory may be lost at a restart, and is not shown. Restart the sandbox.";
  return new ApiError("INTERNAL_ERROR", message, { cause: thrown });
}

/** In how many pieces a slow answer comes. */
const PIECES = 20;

/** Lets the answer trickle out over this time. False for one without a body. */
function sendInPieces(res: Response, [chunk, encoding]: readonly unknown[], duration: number): boolean {
  if (!(typeof chunk === "string" || Buffer.isBuffer(chunk)) || chunk.length === 0) return false;
  const bytes =
    typeof chunk === "string" ? Buffer.from(chunk, typeof encoding === "string" ? (encoding as BufferEncoding) : "utf8") : chunk;
  const size = Math.ceil(bytes.length / PIECES);
  let sent = 0;
  res.flushHeaders();
  const timer = setInterval(() => {
    res.write(bytes.subarray(sent, sent + size));
    sent += size;
    if (sent < bytes.length) return;
    clearInterval(timer);
    sendRest(res, []);
  }, duration / PIECES);
  res.once("close", () => clearInterval(timer));
  return true;
}
