import { invalidCursor } from "../model/cursor.ts";
import { ApiError } from "../model/errors.ts";
import type { User } from "../model/user.ts";
import { Pace } from "../pace.ts";
import { bytesOf, type Exchange } from "./exchange.ts";
import { type Forgotten, forgottenUser, isAbout, type Logged, saidBy, scrubbed, usersOf } from "./forgetting.ts";
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
  /** A ring: the n-th request is in place n modulo its length. `#at` reads it. */
  #ring: Logged[] = [];
  /** For each place the number of the last deletion that it was compared with. */
  #compared: number[] = [];
  /** Requests that wrote a user, by its id. */
  readonly #writers = new Map<string, number[]>();
  /** The number of the first request since the log was cleared. */
  #start = 0;
  #first = 0;
  #next = 0;
  #bytes = 0;
  #deletions: { readonly number: number; readonly who: Forgotten; readonly at: number }[] = [];
  #deleted = 0;
  #isSweeping = false;

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
    const number = this.#next;
    const work = this.#works.take(exchange.requestId);
    if (this.#next - this.#first === this.#bounds.requests) this.#drop();
    const place = number % this.#bounds.requests;
    this.#ring[place] = { number, exchange, work, scrubbed: false };
    this.#compared[place] = 0;
    for (const { id } of work ? usersOf(work) : []) {
      const writers = this.#writers.get(id) ?? [];
      if (writers.length === 0) this.#writers.set(id, writers);
      if (writers.at(-1) !== number) writers.push(number);
    }
    this.#next += 1;
    this.#bytes += bytesOf(exchange);
    const logged = this.#at(number);
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
    this.#writers.clear();
    this.#first = this.#start = this.#next;
    this.#bytes = 0;
    this.#works.clear();
  }

  /** What names the user is scrubbed before anybody sees it, and soon: comparing all of it here would hold everybody up. */
  #forget(user: User, { changes, undo }: Committed): void {
    const awardIds = changes.flatMap(({ table, record }) => (table === "awards" && record?.recipient_id === user.id ? [record.id] : []));
    const replaced = undo.flatMap(({ table, record }) => (table === "users" && record?.id === user.id ? [record] : []));
    const works = (this.#writers.get(user.id) ?? []).map((number) => this.#raw(number).work);
    const written = works.flatMap((work) => (work ? usersOf(work) : [])).filter(({ id }) => id === user.id);
    this.#deleted += 1;
    const who = forgottenUser(user.id, awardIds, [...replaced, ...written]);
    this.#deletions.push({ number: this.#deleted, who, at: performance.now() });
    void this.#sweep();
  }

  /** Compares what nobody has looked at, making way for other work. */
  async #sweep(): Promise<void> {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    const pace = new Pace();
    for (let swept = -1; swept !== this.#deleted; ) {
      swept = this.#deleted;
      await pace.turn();
      for (let number = this.#first; number < this.#next; number++) {
        if (pace.isDue()) await pace.turn();
        if (number >= this.#first && number < this.#next) this.#at(number);
      }
    }
    const now = performance.now();
    this.#deletions = this.#deletions.filter(({ at }) => now - at < STRAGGLERS_MS);
    this.#isSweeping = false;
  }

  #numberOf(requestId: string): number | null {
    for (let number = this.#next - 1; number >= this.#first; number--) {
      if (this.#raw(number).exchange.requestId === requestId) return number;
    }
    return null;
  }

  /** As it may be shown: without what it said of users who were deleted since. */
  #at(number: number): Logged {
    const place = number % this.#bounds.requests;
    const compared = this.#compared[place] as number;
    let logged = this.#raw(number);
    if (compared === this.#deleted) return logged;
    this.#compared[place] = this.#deleted;
    const { exchange } = logged;
    const since = this.#deletions.filter((each) => each.number > compared && exchange.began <= each.at);
    const text = since.length === 0 ? "" : saidBy(exchange);
    for (const { who } of since) if (isAbout(logged, who, text)) logged = scrubbed(logged, who);
    if (logged.scrubbed) {
      this.#bytes += bytesOf(logged.exchange) - bytesOf(exchange);
      this.#ring[place] = logged;
    }
    return logged;
  }

  #raw(number: number): Logged {
    return this.#ring[number % this.#bounds.requests] as Logged;
  }

  #drop(): void {
    const { exchange, work } = this.#raw(this.#first);
    this.#bytes -= bytesOf(exchange);
    for (const { id } of work ? usersOf(work) : []) {
      const writers = this.#writers.get(id) ?? [];
      if (writers[0] === this.#first) writers.shift();
      if (writers.length === 0) this.#writers.delete(id);
    }
    this.#first += 1;
  }
}

function notLogged(id: string): ApiError {
  return new ApiError("REQUEST_NOT_FOUND", `The log has no request with the id ${id}; it keeps the latest, and a reset clears it.`, {
    param: "request_id",
  });
}
