import { ServerResponse } from "node:http";
import type { Response } from "express";
import { ApiError } from "../model/errors.ts";
import type { UnitOfWork } from "../ports/unit-of-work.ts";
import type { Call } from "./call.ts";
import { toApiError } from "./envelope.ts";
import { recordAnswered } from "./middleware/record-requests.ts";
import { replaceAnswer } from "./replace-answer.ts";

/** Sends an answer: the arguments of `end`. */
export type Send = (answer: unknown[]) => void;

/** What a fault does to an answer instead of sending it; it records it too. Kept in `res.locals.breaks`. */
export type BreakAnswer = (answer: unknown[], send: Send) => void;

/**
 * How an answer of the application leaves, whoever made it, as Express's `end`. With `--fsync` it waits for the disk, since a read, a
 * replay, a 304 or a refusal may follow from a change that a power loss can still undo, and is refused when the disk fails. Then it is
 * sent and recorded, unless a fault breaks it. A stream does not end; it begins by `whenDurable`.
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
  const { breaks } = res.locals as { breaks?: BreakAnswer };
  const send: Send = (sent) => {
    (ServerResponse.prototype.end as (...args: readonly unknown[]) => Response).apply(res, sent);
  };
  if (breaks) breaks(answer, send);
  else {
    send(answer);
    // In the same turn: nobody can ask for it before.
    recordAnswered(res, answer[0]);
  }
  return res;
}

/** Puts the refusal in the place of the answer; null when the answer is that refusal, or its head has left. */
function refused(res: Response, thrown: unknown): unknown[] | null {
  const error = refusalOf(res, thrown);
  if (res.headersSent || res.locals.code === error.code) return null;
  const body = replaceAnswer(res, error);
  res.locals.code = error.code;
  return [body];
}

/** A read has no refusal of its own for a disk that failed. */
function refusalOf(res: Response, thrown: unknown): ApiError {
  const { call } = res.locals as { call?: Call };
  if (call?.operation.method !== "get") return toApiError(thrown);
  const message = "The disk failed: what is in memory may be lost at a restart, and is not shown. Restart the sandbox.";
  return new ApiError("INTERNAL_ERROR", message, { cause: thrown });
}
