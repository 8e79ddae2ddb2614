import type { RequestHandler, Response } from "express";
import type { StruckFault } from "../../control/exchange.ts";
import { ApiError, type ErrorCode } from "../../model/errors.ts";
import type { ChainFault, ConnectionFault, FaultEntry, FaultTarget } from "../../model/fault.ts";
import { type Call, callOf, isOfSession } from "../call.ts";
import { recordUnanswered } from "./record-requests.ts";

export interface FaultInjection {
  /** The fault that happens to the request, if one does. */
  readonly strike: (target: FaultTarget) => FaultEntry | null;
  /** Does the work with a chain in trouble, until what is returned is called. */
  readonly duringTrouble: (fault: ChainFault, work: () => void) => () => void;
}

/** How long an answer in pieces takes. */
const SLOW_MS = 2000;

/**
 * Makes a fault happen to a request that would otherwise be performed: after key, quota and validation, so that a fault is not used up by
 * a request that is refused anyway; before the Idempotency-Key is looked at and anything is done, so that a repetition finds nothing.
 */
export function injectFault({ strike, duringTrouble }: FaultInjection): RequestHandler {
  return function meetFault(req, res, next) {
    const call = callOf(res);
    if (isOfSession(res)) return next();
    const fault = strike({
      operationId: call.operation.id,
      method: req.method,
      // No getter: each object with one has a hidden class of its own, which keeps the request until the next full collection.
      path: () => decoded(req.path).replace(/^\/v1(?=\/)/, ""),
      keyId: call.key?.id ?? null,
    });
    if (!fault) return next();
    const wait = fault.connection === "slow" ? 0 : (fault.latency_ms ?? 0);
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
      const { error, connection, chain, latency_ms = SLOW_MS } = fault as FaultEntry;
      if (error) next(injected(fault as FaultEntry, call));
      else if (chain) {
        const end = duringTrouble(chain, next);
        res.once("finish", end).once("close", end);
      } else if (connection !== undefined && connection !== "slow") breakOff(res, connection);
      else {
        if (connection === "slow") res.locals.slow = latency_ms;
        next();
      }
    }
  };
}

/** For the log: what it is, at this moment. */
function struck({ id, error, connection, chain }: FaultEntry): StruckFault {
  const kind = error ? `error ${error.code}` : connection ? `connection ${connection}` : chain ? `chain ${chain}` : "latency";
  return { id, what: kind, instead: error !== undefined || (connection !== undefined && connection !== "slow"), at: performance.now() };
}

function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

/** In the API's envelope, with the header that an answer of this status has. */
function injected({ id, error }: FaultEntry, { operation }: Call): ApiError {
  const { status, code, message = `A fault of the sandbox (${id}) answers instead.` } = error as NonNullable<FaultEntry["error"]>;
  const bearer = 'Bearer realm="getstoken"';
  const headers: Readonly<Record<number, Record<string, string>>> = {
    401: { "WWW-Authenticate": code === "AUTHENTICATION_REQUIRED" ? bearer : `${bearer}, error="invalid_token"` },
    403: { "WWW-Authenticate": `${bearer}, error="insufficient_scope", scope="${(operation.scopes ?? []).join(" ")}"` },
    405: { Allow: "OPTIONS" },
    429: { "Retry-After": "1" },
    503: { "Retry-After": "1" },
  };
  const named = status === 403 && code !== "INSUFFICIENT_SCOPE" ? {} : (headers[status] ?? {});
  return new ApiError(code as ErrorCode, message, { status, headers: named });
}

/** Ends the connection without an answer. */
function breakOff(res: Response, connection: Exclude<ConnectionFault, "slow">): void {
  recordUnanswered(res);
  const { socket } = res;
  if (!socket) return;
  if (connection === "empty") socket.end();
  // Not HTTP, nor anything else.
  if (connection === "garbage") socket.end(Buffer.from("\u0000\u00fe\u00ff not the answer you expected \r\n\r\n", "latin1"));
  if (connection !== "reset") return;
  try {
    socket.resetAndDestroy();
  } catch {
    // A TLS socket cannot reset the one below it.
    socket.destroy();
  }
}
