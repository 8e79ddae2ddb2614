import { type PathMatcher, pathPattern } from "../model/path-pattern.ts";
import { parseDuration } from "./duration.ts";
import { type Exchange, splitUrl } from "./exchange.ts";

/** Which requests of the log; every member that is given must fit. */
export interface RequestFilter {
  readonly operationId?: string;
  readonly method?: string;
  /** With or without /v1. `*` stands for anything, `{user_id}` for one segment. */
  readonly path?: string;
  /** `404`, or a class: `4XX`. */
  readonly status?: number | string;
  /** An error code. */
  readonly code?: string;
  /** Id or secret of an API key. */
  readonly api_key?: string;
  /** Those after an instant of real time (RFC 3339), of the last `5m`, or after the request with this id. */
  readonly since?: string;
  /** Those made with a session key of the control plane too; they are left out by default. */
  readonly session?: boolean;
}

export interface RequestQuery extends RequestFilter {
  /** Default 100, at most 10 000. */
  readonly limit?: number;
}

export type Matches = (exchange: Exchange) => boolean;

/** The filter as a function. `now`: real time. A `since` that is a request id is the log's matter. */
export function matcher(filter: RequestFilter, keyIdOf: (key: string) => string, now: number): Matches {
  const path = filter.path === undefined ? null : pathMatcher(filter.path);
  const status = filter.status === undefined ? null : statusMatcher(String(filter.status));
  const method = filter.method?.toUpperCase();
  const keyId = filter.api_key === undefined ? undefined : keyIdOf(filter.api_key);
  const since = filter.since === undefined ? Number.NEGATIVE_INFINITY : instantOf(filter.since, now);
  return (exchange) =>
    (filter.operationId === undefined || exchange.course?.operationId === filter.operationId) &&
    (method === undefined || exchange.method === method) &&
    (status === null || status(exchange.status)) &&
    (filter.code === undefined || exchange.code === filter.code) &&
    (keyId === undefined || exchange.keyId === keyId) &&
    (since === Number.NEGATIVE_INFINITY || exchange.receivedAt > since) &&
    (filter.session === true || !exchange.session) &&
    (path === null || path(splitUrl(exchange.url).path ?? ""));
}

/** With or without /v1, on either side. */
function pathMatcher(path: string): PathMatcher {
  const matches = pathPattern(path.replace(/^\/v1(?=\/)/, ""));
  return (asked) => matches(asked) || (asked.startsWith("/v1") && matches(asked.slice("/v1".length)));
}

function statusMatcher(status: string): (status: number | null) => boolean {
  const isClass = /xx$/i.test(status);
  return (answered) => answered !== null && (isClass ? Math.floor(answered / 100) === Number(status[0]) : answered === Number(status));
}

function instantOf(since: string, now: number): number {
  return /^\d+(\.\d+)?[a-z]/.test(since) ? now - parseDuration(since, "since") : Date.parse(since);
}
