import type { Response } from "express";
import type { StruckFault } from "../../control/exchange.ts";
import { ApiError, type ErrorCode } from "../../model/errors.ts";
import type { FaultEntry } from "../../model/fault.ts";
import { callOf } from "../call.ts";
import type { Operation } from "../document.ts";
import type { BreakAnswer, Send } from "../leave.ts";
import { recordAnswered } from "../middleware/record-requests.ts";
import { replaceAnswer } from "../replace-answer.ts";
import { breakConnection } from "./break-connection.ts";
import type { HangingRequests } from "./hanging.ts";
import type { MutateAnswer } from "./mutate-answer.ts";
import { sendSlowly } from "./slow-answer.ts";

export interface AnswerFaults {
  readonly hanging: HangingRequests;
  readonly mutate: MutateAnswer;
}

/** What a `slow` answer has of a second when the fault does not say: a user's record takes about two. */
const BYTES_PER_SECOND = 256;

/**
 * What a fault does to an answer that is made and kept: it is lost, replaced, late, slow or changed. The log has the answer that was made,
 * and whether it was delivered.
 */
export function breakAnswer(res: Response, fault: FaultEntry, parts: AnswerFaults): BreakAnswer {
  const isAfter = fault.when === "after";
  return (answer, send) => {
    const wait = isAfter ? (fault.latency_ms ?? 0) : 0;
    if (wait === 0) {
      strike(answer, send);
      return;
    }
    const timer = setTimeout(() => {
      res.off("close", leave);
      strike(answer, send);
    }, wait);
    res.once("close", leave);

    /** The client did not wait for it. */
    function leave(): void {
      clearTimeout(timer);
      res.locals.fault = struck(fault);
      recordAnswered(res, answer[0], false);
    }
  };

  function strike(answer: unknown[], send: Send): void {
    const { error, connection, bytes_per_second = BYTES_PER_SECOND, mutate } = fault;
    if (isAfter) res.locals.fault = struck(fault);
    if (error || (connection && connection !== "slow")) {
      recordAnswered(res, answer[0], false);
      if (error) send([replaceAnswer(res, injectedError(fault, callOf(res).operation))]);
      else breakConnection(res, connection as Exclude<typeof connection, "slow" | undefined>, parts.hanging);
      return;
    }
    if (connection === "slow") {
      const sent = (delivered: boolean) => recordAnswered(res, answer[0], delivered);
      sendSlowly(res, answer, { bytesPerSecond: bytes_per_second, send, hanging: parts.hanging, sent });
      return;
    }
    const changed = mutate ? parts.mutate(res, answer[0], mutate) : answer[0];
    send([changed, ...answer.slice(1)]);
    // What was changed is not the answer that was made.
    recordAnswered(res, answer[0], changed === answer[0]);
  }
}

/** For the log: what it is, at this moment. */
export function struck({ id, when = "before", error, connection, chain, mutate }: FaultEntry): StruckFault {
  const mutations = Object.entries(mutate ?? {}).flatMap(([name, isOn]) => (isOn ? [name] : []));
  const kind = error
    ? `error ${error.code}`
    : connection
      ? `connection ${connection}`
      : chain
        ? `chain ${chain}`
        : mutate
          ? `mutate ${mutations.join(" ")}`
          : "latency";
  const instead = when === "before" && (error !== undefined || (connection !== undefined && connection !== "slow"));
  return { id, what: kind, when, instead, at: performance.now() };
}

/** In the API's envelope, with the header fields that an answer of this status has. */
export function injectedError({ id, error, retry_after }: FaultEntry, { scopes }: Operation): ApiError {
  const { status, code, message = `A fault of the sandbox (${id}) answers instead.` } = error as NonNullable<FaultEntry["error"]>;
  const bearer = 'Bearer realm="getstoken"';
  const byStatus: Readonly<Record<number, Record<string, string>>> = {
    401: { "WWW-Authenticate": code === "AUTHENTICATION_REQUIRED" ? bearer : `${bearer}, error="invalid_token"` },
    403: { "WWW-Authenticate": `${bearer}, error="insufficient_scope", scope="${(scopes ?? []).join(" ")}"` },
    405: { Allow: "OPTIONS" },
    429: { "Retry-After": "1" },
    503: { "Retry-After": "1" },
  };
  const named = status === 403 && code !== "INSUFFICIENT_SCOPE" ? {} : (byStatus[status] ?? {});
  const headers = retry_after === undefined ? named : { ...named, "Retry-After": String(retry_after) };
  return new ApiError(code as ErrorCode, message, { status, headers });
}
