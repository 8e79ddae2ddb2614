import { hash } from "node:crypto";
import type { FaultMoment } from "../model/fault.ts";
import { type Body, hashOf, type LateHash, type LoggedBody, loggedBody, sizeOf } from "./body.ts";
import { fieldsOfHead, fieldValue, type HeaderField, shownFields, textOfFields } from "./header-fields.ts";
import { redactText } from "./redact.ts";

/** Where a request can be refused, in the order in which they are checked. */
export type StageName = "authentication" | "quota" | "scope" | "validation" | "idempotency" | "unit";

/** The operation that a request called, as far as it got. */
export interface Course {
  readonly operationId: string;
  /** What lies before its answer, in order. */
  readonly stages: readonly StageName[];
  /** When each was passed; same clock as `began`. A unit is passed when it begins. */
  readonly passed: { readonly [S in StageName]?: number };
  /** The record of its Idempotency-Key. */
  readonly idempotencyId: string | null;
}

/** A fault that happened to a request (model/fault.ts). */
export interface StruckFault {
  readonly id: string;
  /** `error CHAIN_UNAVAILABLE`, `connection reset`, `chain revert`, `mutate unknown_enums`, `latency`. */
  readonly what: string;
  readonly when: FaultMoment;
  /** Whether it took the place of the operation; otherwise that was performed under it. */
  readonly instead: boolean;
  /** Same clock as `began`. */
  readonly at: number;
}

/** A request and its answer, as they came and went: secrets are hidden when they are shown, not before. */
export interface Exchange {
  readonly requestId: string;
  /** When it came: real time and sandbox time (ms since the epoch), and on a clock that no correction moves (ms). */
  readonly receivedAt: number;
  readonly at: number;
  readonly began: number;
  readonly duration: number;
  /** Null when no request could be made out in what came. */
  readonly method: string | null;
  readonly url: string | null;
  /** Null when it reached no operation. */
  readonly course: Course | null;
  readonly keyId: string | null;
  /** Made with a session key of the control plane: hidden unless asked for. */
  readonly session: boolean;
  /** The client's doing; coverage counts no other. */
  readonly counted: boolean;
  readonly idempotencyKey: boolean;
  readonly replayed: boolean;
  readonly fault: StruckFault | null;
  /** Of the answer that was made; null for none. */
  readonly status: number | null;
  readonly code: string | null;
  /** False when the client did not get it: a fault kept it back, or the client had left. */
  readonly delivered: boolean;
  /** The RateLimit field of the answer. */
  readonly quota: string | null;
  /** Names and values in turn, as Node's `rawHeaders`, by reference; empty when none could be read. */
  readonly requestHeaders: readonly string[];
  readonly request: Body | null;
  /** Of a body that nobody read before the answer; null for no such. */
  readonly unread: LateHash | null;
  /** Status line and header fields, as they were sent; null for none. */
  readonly responseHead: string | null;
  readonly response: Body | null;
}

/** What an exchange takes of the log's budget, in bytes. */
export function bytesOf({ url, requestHeaders, request, responseHead, response }: Exchange): number {
  let bytes = (url?.length ?? 0) + (responseHead?.length ?? 0) + sizeOf(request) + sizeOf(response);
  for (const text of requestHeaders) bytes += text.length;
  return bytes;
}

/** The header fields of both sides as one text, `name=value` a line. */
export function headersText({ requestHeaders, responseHead }: Exchange): string {
  return `${textOfFields(requestHeaders)}\n${responseHead?.replaceAll(": ", "=") ?? ""}`;
}

/** A request of the log without its bodies: what the live stream sends. */
export interface RequestSummary {
  readonly request_id: string;
  /** Sandbox time. */
  readonly at: string;
  /** Real time. */
  readonly received_at: string;
  readonly operation_id: string | null;
  readonly method: string | null;
  readonly path: string | null;
  readonly query: string | null;
  readonly api_key_id: string | null;
  readonly idempotency_key: boolean;
  readonly idempotent_replayed: boolean;
  /** The fault that happened to it. */
  readonly fault_id: string | null;
  /** Of the answer that was made; null when the connection ended without one. */
  readonly status: number | null;
  readonly code: string | null;
  /** False when the client did not get that answer: a fault lost it, replaced it or let none be made, or the client had left. */
  readonly delivered: boolean;
  readonly duration_ms: number;
  /** In the order in which they came, without secrets and without Authorization, Proxy-Authorization and cookies; empty when scrubbed. */
  readonly request_headers: readonly HeaderField[];
  readonly response_headers: readonly HeaderField[];
  /** SHA-256, in hexadecimal digits, of the field Idempotency-Key as it was sent; null without, and when scrubbed. */
  readonly idempotency_key_sha256: string | null;
  /**
   * The same of the whole body (decoded, where it had a Content-Encoding). Null without; when it is longer than the operation takes, or
   * never ended; of a request that was answered before its body was read, until that has come; and when scrubbed.
   */
  readonly body_sha256: string | null;
}

/** A request of the log. Bodies are null when there was none, and when something in it named a user who was deleted since (`scrubbed`). */
export interface LoggedRequest extends RequestSummary {
  readonly request: LoggedBody | null;
  readonly response: LoggedBody | null;
  readonly scrubbed: boolean;
}

export function summaryOf(exchange: Exchange): RequestSummary {
  const { path, query } = splitUrl(exchange.url);
  const idempotencyKey = exchange.idempotencyKey ? fieldValue(exchange.requestHeaders, "idempotency-key") : null;
  return {
    request_id: exchange.requestId,
    at: new Date(exchange.at).toISOString(),
    received_at: new Date(exchange.receivedAt).toISOString(),
    operation_id: exchange.course?.operationId ?? null,
    method: exchange.method,
    path,
    query,
    api_key_id: exchange.keyId,
    idempotency_key: exchange.idempotencyKey,
    idempotent_replayed: exchange.replayed,
    fault_id: exchange.fault?.id ?? null,
    status: exchange.status,
    code: exchange.code,
    delivered: exchange.delivered,
    duration_ms: milliseconds(exchange.duration),
    request_headers: shownFields(exchange.requestHeaders),
    response_headers: exchange.responseHead === null ? [] : shownFields(fieldsOfHead(exchange.responseHead)),
    idempotency_key_sha256: idempotencyKey === null ? null : hash("sha256", idempotencyKey),
    body_sha256: exchange.request ? hashOf(exchange.request) : (exchange.unread?.sha256 ?? null),
  };
}

export function loggedRequest(exchange: Exchange, scrubbed: boolean): LoggedRequest {
  return { ...summaryOf(exchange), request: loggedBody(exchange.request), response: loggedBody(exchange.response), scrubbed };
}

/** Path and query of a request target, an absolute one too, without secrets: what is cut in two is no longer known for one. */
export function splitUrl(given: string | null): { path: string | null; query: string | null } {
  if (given === null) return { path: null, query: null };
  const url = redactText(given);
  const isAbsolute = /^https?:/i.test(url) && URL.canParse(url);
  const target = isAbsolute ? url.replace(/^https?:\/\/[^/?#]*/i, "") || "/" : url;
  const at = target.indexOf("?");
  return at === -1 ? { path: target, query: null } : { path: target.slice(0, at), query: target.slice(at + 1) };
}

/** Milliseconds to three digits: microseconds are what the clock is worth. */
export function milliseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
