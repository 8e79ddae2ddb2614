import { ApiError } from "../model/errors.ts";
import type { Chain } from "../ports/chain.ts";
import type { Reader } from "../ports/store.ts";
import type { Keys } from "../services/keys.ts";
import type { Coverage, CoverageCounter } from "./coverage.ts";
import { type Exchange, type LoggedRequest, loggedRequest } from "./exchange.ts";
import type { Feed } from "./feed.ts";
import { limitOf, type Matches, matcher, type RequestFilter, type RequestQuery } from "./request-filter.ts";
import type { RequestLog } from "./requests.ts";
import { type Trace, traceOf } from "./trace.ts";
import type { Committed } from "./work.ts";

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

  /** Newest first. Throws INVALID_REQUEST, API_KEY_NOT_FOUND, REQUEST_NOT_FOUND (`since`). */
  list(query: RequestQuery = {}): LoggedRequest[] {
    const limit = limitOf(query);
    const found: LoggedRequest[] = [];
    for (const { exchange, scrubbed } of this.#select(query)) {
      if (found.push(loggedRequest(exchange, scrubbed)) === limit) break;
    }
    return found;
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

  /** Throws INVALID_REQUEST, API_KEY_NOT_FOUND. */
  matcher(filter: RequestFilter): Matches {
    return matcher(filter, (key) => this.#keyIdOf(key), this.#parts.wall());
  }

  #select({ since, ...filter }: RequestFilter) {
    const after = since?.startsWith("req_") ? since : undefined;
    const rest = after === undefined && since !== undefined ? { ...filter, since } : filter;
    return this.#parts.log.select(this.matcher(rest), after);
  }

  #keyIdOf(key: string): string {
    const id = key.startsWith("key_") ? key : this.#parts.keys.authenticate(key)?.id;
    if (id === undefined) throw new ApiError("API_KEY_NOT_FOUND", "There is no such API key; name it by its id or its secret.");
    return id;
  }
}
