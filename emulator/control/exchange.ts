import { redactJson, redactJsonText, redactText } from "./redact.ts";

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
  /** `error CHAIN_UNAVAILABLE`, `connection reset`, `chain revert`, `latency`. */
  readonly what: string;
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
  /** Null when the connection ended without an answer. */
  readonly status: number | null;
  readonly code: string | null;
  /** The RateLimit field of the answer. */
  readonly quota: string | null;
  readonly request: Body | null;
  readonly response: Body | null;
}

/** A body, or its beginning. */
export interface Body {
  readonly text: string;
  readonly bytes: number;
}

/** Longest part of a body that is kept, in bytes. */
export const BODY_KEPT = 8192;

/** What is kept of a body. Copies what it cuts: a slice would hold on to the whole. */
export function keptBody(sent: unknown): Body | null {
  if (typeof sent === "string") {
    if (sent === "") return null;
    return sent.length <= BODY_KEPT ? { text: sent, bytes: Buffer.byteLength(sent) } : keptBody(Buffer.from(sent));
  }
  if (!Buffer.isBuffer(sent) || sent.length === 0) return null;
  return { text: sent.toString("utf8", 0, BODY_KEPT), bytes: sent.length };
}

/** A body as shown: the JSON value, or text where it is none or was cut. */
export interface LoggedBody {
  readonly bytes: number;
  readonly truncated: boolean;
  readonly body: unknown;
}

/** A request of the log without its bodies: what the live stream tells. */
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
  /** Null when the connection ended without an answer. */
  readonly status: number | null;
  readonly code: string | null;
  readonly duration_ms: number;
}

/** A request of the log. Bodies are null when there was none, and when they named a user who was deleted since (`scrubbed`). */
export interface LoggedRequest extends RequestSummary {
  readonly request: LoggedBody | null;
  readonly response: LoggedBody | null;
  readonly scrubbed: boolean;
}

export function summaryOf(exchange: Exchange): RequestSummary {
  const { path, query } = splitUrl(exchange.url);
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
    duration_ms: milliseconds(exchange.duration),
  };
}

export function loggedRequest(exchange: Exchange, scrubbed: boolean): LoggedRequest {
  return { ...summaryOf(exchange), request: loggedBody(exchange.request), response: loggedBody(exchange.response), scrubbed };
}

function loggedBody(body: Body | null): LoggedBody | null {
  if (!body) return null;
  const { text, bytes } = body;
  const truncated = bytes > BODY_KEPT;
  return { bytes, truncated, body: truncated ? redactJsonText(text) : readable(text) };
}

function readable(text: string): unknown {
  try {
    return redactJson(JSON.parse(text));
  } catch {
    return redactJsonText(text);
  }
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
