import { decodeCursor, encodeCursor } from "../model/cursor.ts";
import { ApiError, refuse } from "../model/errors.ts";
import { nearest } from "../model/nearest.ts";
import type { Page, PageQuery } from "../model/page.ts";
import { Pace } from "../pace.ts";
import type { Chain } from "../ports/chain.ts";
import type { Reader } from "../ports/store.ts";
import type { Keys } from "../services/keys.ts";
import type { Coverage, CoverageCounter } from "./coverage.ts";
import { type Exchange, type LoggedRequest, loggedRequest } from "./exchange.ts";
import type { Feed } from "./feed.ts";
import type { Logged } from "./forgetting.ts";
import { type Matches, matcher, type RequestFilter, type RequestQuery } from "./request-filter.ts";
import type { LogRange, RequestLog } from "./requests.ts";
import { type Trace, traceOf } from "./trace.ts";
import type { Committed } from "./work.ts";

const LIST = "requests";
const DEFAULT_LIMIT = 100;
/** Characters of a page, which is written in one turn of the event loop. */
const PAGE_SIZE = 2 * 2 ** 20;

export interface ObservationParts {
  readonly log: RequestLog;
  readonly coverage: CoverageCounter;
  /** Operations of the API, by id. */
  readonly operations: readonly string[];
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

  /** A page ends at its limit, or when it is long. Makes way for other work. Throws as `list`, and INVALID_CURSOR. */
  async page({ limit = DEFAULT_LIMIT, cursor, ...filter }: RequestQuery & PageQuery = {}): Promise<Page<LoggedRequest>> {
    const before = cursor === undefined ? undefined : numberIn(decodeCursor(LIST, cursor));
    const items: LoggedRequest[] = [];
    let size = 0;
    let last: number | null = null;
    for await (const { number, exchange, scrubbed } of this.#paced(filter, before)) {
      if (items.length === limit || size > PAGE_SIZE) {
        return { items, has_more: true, next_cursor: last === null ? null : encodeCursor(LIST, String(last)) };
      }
      const item = loggedRequest(exchange, scrubbed);
      items.push(item);
      size += JSON.stringify(item).length;
      last = number;
    }
    return { items, has_more: false, next_cursor: null };
  }

  /** As `count`, making way for other work. */
  async counted(filter: RequestFilter = {}): Promise<number> {
    let count = 0;
    for await (const _ of this.#paced(filter)) count += 1;
    return count;
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

  /** Throws API_KEY_NOT_FOUND, VALIDATION_FAILED for an operation that the API has not. */
  matcher(filter: RequestFilter): Matches {
    const { operationId } = filter;
    const known = this.#parts.operations;
    if (operationId !== undefined && !known.includes(operationId)) {
      const message = `There is no operation ${operationId}; did you mean ${nearest(operationId, known)}?`;
      throw refuse("VALIDATION_FAILED", message, "/operationId");
    }
    return matcher(filter, (key) => this.#keyIdOf(key), this.#parts.wall());
  }

  async *#paced(filter: RequestFilter, before?: number): AsyncGenerator<Logged> {
    const { matches, range } = this.#wish(filter, before);
    const pace = new Pace();
    for (const logged of this.#parts.log.walk(range)) {
      if (pace.isDue()) await pace.turn();
      if (matches(logged.exchange)) yield logged;
    }
  }

  #select(filter: RequestFilter): Iterable<Logged> {
    const { matches, range } = this.#wish(filter);
    return this.#parts.log.select(matches, range);
  }

  #wish({ since, ...filter }: RequestFilter, before?: number): { matches: Matches; range: LogRange } {
    const after = since?.startsWith("req_") ? since : undefined;
    const rest = after === undefined && since !== undefined ? { ...filter, since } : filter;
    return { matches: this.matcher(rest), range: { after, before } };
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
