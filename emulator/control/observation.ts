import { decodeCursor, encodeCursor } from "../model/cursor.ts";
import { ApiError } from "../model/errors.ts";
import type { Page, PageQuery } from "../model/page.ts";
import type { Chain } from "../ports/chain.ts";
import type { Reader } from "../ports/store.ts";
import type { Keys } from "../services/keys.ts";
import type { Coverage, CoverageCounter } from "./coverage.ts";
import { bytesOf, type Exchange, type LoggedRequest, loggedRequest } from "./exchange.ts";
import type { Feed } from "./feed.ts";
import { type Matches, matcher, type RequestFilter, type RequestQuery } from "./request-filter.ts";
import type { RequestLog } from "./requests.ts";
import { type Trace, traceOf } from "./trace.ts";
import type { Committed } from "./work.ts";

const LIST = "requests";
const DEFAULT_LIMIT = 100;
/** A page of a list is made in one turn of the event loop. */
const PAGE_BYTES = 2 * 2 ** 20;

export interface ObservationParts {
  readonly log: RequestLog;
  readonly coverage: CoverageCounter;
  readonly feed: Feed;
  readonly keys: Keys;
  readonly records: Reader;
  readonly chain: Pick<Chain, "checksum">;
  /** Real time in ms since the epoch. */
  readonly wall: () => number;
}

/** What is seen of a running sandbox: its requests, what each did, and what of the API a client has met. */
export class Observation {
  readonly #parts: ObservationParts;

  constructor(parts: ObservationParts) {
    this.#parts = parts;
  }

  /** A unit was committed. */
  committed(commit: Committed): void {
    this.#parts.log.committed(commit);
    if (commit.line.request_id === null) this.#parts.coverage.committed(commit.events, commit.changes);
  }

  /** A request is about to be answered: whoever has the answer finds it in the log. */
  record(exchange: Exchange): void {
    const logged = this.#parts.log.record(exchange);
    this.#parts.coverage.answered(logged);
    if (!exchange.session) this.#parts.feed.publish({ kind: "request", exchange: logged.exchange });
  }

  /** Newest first. Throws API_KEY_NOT_FOUND, REQUEST_NOT_FOUND (`since`). */
  list({ limit = DEFAULT_LIMIT, ...filter }: RequestQuery = {}): LoggedRequest[] {
    const found: LoggedRequest[] = [];
    for (const { exchange, scrubbed } of this.#select(filter)) {
      if (found.push(loggedRequest(exchange, scrubbed)) === limit) break;
    }
    return found;
  }

  /**
   * A page ends at its limit, or when its bodies are long. The cursor is the number of the last request shown, whatever the filter: requests
   * that come between two pages neither break nor repeat anything. Throws as `list`, and INVALID_CURSOR.
   */
  page({ limit = DEFAULT_LIMIT, cursor, ...filter }: RequestQuery & PageQuery = {}): Page<LoggedRequest> {
    const before = cursor === undefined ? undefined : numberIn(decodeCursor(LIST, cursor));
    const items: LoggedRequest[] = [];
    let bytes = 0;
    let has_more = false;
    let last: number | null = null;
    for (const { number, exchange, scrubbed } of this.#select(filter, before)) {
      if (items.length === limit || bytes > PAGE_BYTES) {
        has_more = true;
        break;
      }
      items.push(loggedRequest(exchange, scrubbed));
      last = number;
      bytes += bytesOf(exchange);
    }
    return { items, has_more, next_cursor: has_more && last !== null ? encodeCursor(LIST, String(last)) : null };
  }

  /** Throws as `list`. */
  count(filter: RequestFilter = {}): number {
    return [...this.#select(filter)].length;
  }

  clear(): void {
    this.#parts.log.clear();
  }

  /** Throws REQUEST_NOT_FOUND. */
  trace(requestId: string): Trace {
    const { log } = this.#parts;
    const others = log.select(() => true);
    return traceOf(log.find(requestId), others, this.#parts);
  }

  coverage(): Coverage {
    return this.#parts.coverage.report();
  }

  /** Throws API_KEY_NOT_FOUND. */
  matcher(filter: RequestFilter): Matches {
    return matcher(filter, (key) => this.#keyIdOf(key), this.#parts.wall());
  }

  #select({ since, ...filter }: RequestFilter, before?: number) {
    const after = since?.startsWith("req_") ? since : undefined;
    const rest = after === undefined && since !== undefined ? { ...filter, since } : filter;
    return this.#parts.log.select(this.matcher(rest), { after, before });
  }

  #keyIdOf(key: string): string {
    const id = this.#parts.keys.idOf(key);
    if (id === null) throw new ApiError("API_KEY_NOT_FOUND", "There is no such API key; name it by its id or its secret.");
    return id;
  }
}

/** NaN for a text that is no number: no request has it. */
function numberIn(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
}
