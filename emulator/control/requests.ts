import { invalidCursor } from "../model/cursor.ts";
import { ApiError } from "../model/errors.ts";
import type { User } from "../model/user.ts";
import { bytesOf, type Exchange } from "./exchange.ts";
import { type Forgotten, forgottenUser, isAbout, type Logged, scrubbed, versionsOf } from "./forgetting.ts";
import type { Matches } from "./request-filter.ts";
import { type Committed, Works } from "./work.ts";

/** So many requests are kept, and so many bytes of their targets, headers and bodies; the oldest go first. */
interface LogBounds {
  readonly requests: number;
  readonly bytes: number;
}

const BOUNDS: LogBounds = { requests: 10_000, bytes: 64 * 2 ** 20 };

/** Requests that began before a deletion may be answered after it, but not so long after. */
const STRAGGLERS_MS = 10 * 60_000;

/** Only those that came after the request with this id, or before this number of the log. */
export interface LogRange {
  readonly after?: string | undefined;
  readonly before?: number | undefined;
}

/**
 * The latest requests, in memory: never on disk, never restored. They are kept as they came; what is shown of them is made when
 * somebody asks.
 */
export class RequestLog {
  readonly #bounds: LogBounds;
  readonly #works = new Works();
  /** A ring: the n-th request is in place n modulo its length. */
  #ring: Logged[] = [];
  /** The number of the first request since the log was cleared. */
  #start = 0;
  #first = 0;
  #next = 0;
  #bytes = 0;
  #deletions: { readonly who: Forgotten; readonly at: number }[] = [];

  constructor(bounds: LogBounds = BOUNDS) {
    this.#bounds = bounds;
  }

  /** A unit was committed: noted for the trace of its request. A user whom it deleted is forgotten. */
  committed(commit: Committed): void {
    this.#works.committed(commit);
    for (const { table, record } of commit.changes) {
      if (table === "users" && record?.status === "deleted") this.#forget(record, commit);
    }
  }

  /** A request is about to be answered. */
  record(exchange: Exchange): Logged {
    let logged: Logged = { number: this.#next, exchange, work: this.#works.take(exchange.requestId), scrubbed: false };
    for (const { who, at } of this.#deletions) {
      if (exchange.began <= at && isAbout(logged, who)) logged = scrubbed(logged, who);
    }
    if (this.#next - this.#first === this.#bounds.requests) this.#drop();
    this.#ring[this.#next % this.#bounds.requests] = logged;
    this.#next += 1;
    this.#bytes += bytesOf(exchange);
    while (this.#bytes > this.#bounds.bytes) this.#drop();
    return logged;
  }

  /**
   * Newest first. `after`: only those that came after the request with this id; throws REQUEST_NOT_FOUND where the log has none. `before`:
   * only those before the request with this number, which may have been dropped since; then the one with that id may be too. Throws
   * INVALID_CURSOR for a number that no request has had since the log was cleared.
   */
  *select(matches: Matches, range: LogRange = {}): Generator<Logged> {
    for (const logged of this.walk(range)) if (matches(logged.exchange)) yield logged;
  }

  /** All of them. Throws as `select`. */
  *walk({ after, before }: LogRange = {}): Generator<Logged> {
    if (before !== undefined && !(before >= this.#start && before < this.#next)) throw invalidCursor();
    const reached = after === undefined ? null : this.#numberOf(after);
    if (after !== undefined && reached === null && before === undefined) throw notLogged(after);
    // The log may drop some while they are walked.
    for (let number = (before ?? this.#next) - 1; number >= Math.max(this.#first, (reached ?? -1) + 1); number--) yield this.#at(number);
  }

  /** Throws REQUEST_NOT_FOUND. */
  find(requestId: string): Logged {
    const number = this.#numberOf(requestId);
    if (number === null) throw notLogged(requestId);
    return this.#at(number);
  }

  clear(): void {
    this.#ring = [];
    this.#first = this.#start = this.#next;
    this.#bytes = 0;
    this.#works.clear();
  }

  #forget(user: User, { changes, undo }: Committed): void {
    const awardIds = changes.flatMap(({ table, record }) => (table === "awards" && record?.recipient_id === user.id ? [record.id] : []));
    const replaced = undo.flatMap(({ table, record }) => (table === "users" && record?.id === user.id ? [record] : []));
    const versions = [...replaced];
    for (let number = this.#first; number < this.#next; number++) {
      const logged = this.#at(number);
      if (logged.work) versions.push(...versionsOf(logged.work, user.id));
    }
    const who = forgottenUser(user.id, awardIds, versions);
    for (let number = this.#first; number < this.#next; number++) {
      const logged = this.#at(number);
      if (!isAbout(logged, who)) continue;
      this.#bytes -= bytesOf(logged.exchange);
      this.#ring[number % this.#bounds.requests] = scrubbed(logged, who);
    }
    const now = performance.now();
    this.#deletions = [...this.#deletions.filter(({ at }) => now - at < STRAGGLERS_MS), { who, at: now }];
  }

  #numberOf(requestId: string): number | null {
    for (let number = this.#next - 1; number >= this.#first; number--) {
      if (this.#at(number).exchange.requestId === requestId) return number;
    }
    return null;
  }

  #at(number: number): Logged {
    return this.#ring[number % this.#bounds.requests] as Logged;
  }

  #drop(): void {
    this.#bytes -= bytesOf(this.#at(this.#first).exchange);
    this.#first += 1;
  }
}

function notLogged(id: string): ApiError {
  return new ApiError("REQUEST_NOT_FOUND", `The log has no request with the id ${id}; it keeps the latest, and a reset clears it.`, {
    param: "request_id",
  });
}
