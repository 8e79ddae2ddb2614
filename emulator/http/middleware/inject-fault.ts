import type { RequestHandler } from "express";
import type { ChainFault, FaultEntry, FaultTarget } from "../../model/fault.ts";
import { callOf, isOfSession } from "../call.ts";
import { type AnswerFaults, breakAnswer, injectedError, struck } from "../faults/break-answer.ts";
import { breakConnection } from "../faults/break-connection.ts";
import { recordUnanswered } from "./record-requests.ts";

export interface FaultInjection extends AnswerFaults {
  /** The fault that happens to the request, if one does. */
  readonly strike: (target: FaultTarget) => FaultEntry | null;
  /** Does the work with a faulty chain, until what is returned is called. */
  readonly duringFault: (fault: ChainFault, work: () => void) => () => void;
}

/**
 * Makes a fault happen to a request that would otherwise be performed: after key, quota and validation, so that a fault is not used up by
 * a request that is refused anyway; before the Idempotency-Key is looked at and anything is done, so that a repetition finds nothing.
 * One that strikes the answer is chosen here too, and waits for it (faults/break-answer.ts).
 */
export function injectFault(injection: FaultInjection): RequestHandler {
  return function meetFault(req, res, next) {
    const call = callOf(res);
    if (isOfSession(res)) return next();
    const fault = injection.strike({
      operationId: call.operation.id,
      method: req.method,
      // No getter: each object with one has a hidden class of its own, which keeps the request until the next full collection.
      path: () => decoded(req.path).replace(/^\/v1(?=\/)/, ""),
      keyId: call.key?.id ?? null,
    });
    if (!fault) return next();
    const { when, latency_ms: wait = 0, error, connection, chain } = fault;
    if (when === "after" || fault.mutate || connection === "slow") res.locals.breaks = breakAnswer(res, fault, injection);
    if (when === "after") return next();
    if (wait === 0) {
      happen();
      return;
    }
    res.locals.fault = { ...struck(fault), instead: true };
    const timer = setTimeout(() => {
      res.off("close", leave);
      happen();
    }, wait);
    res.once("close", leave);

    /** The client did not wait: nothing is done. */
    function leave(): void {
      clearTimeout(timer);
      recordUnanswered(res);
    }

    function happen(): void {
      res.locals.fault = struck(fault as FaultEntry);
      if (error) next(injectedError(fault as FaultEntry, call.operation));
      else if (chain) {
        const end = injection.duringFault(chain, next);
        res.once("finish", end).once("close", end);
      } else if (connection !== undefined && connection !== "slow") {
        recordUnanswered(res);
        breakConnection(res, connection, injection.hanging);
      } else next();
    }
  };
}

function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
