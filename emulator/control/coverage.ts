import type { EventRecord } from "../model/event.ts";
import type { Change } from "../model/tables.ts";
import type { Exchange } from "./exchange.ts";
import type { Logged } from "./forgetting.ts";

/** What of the document a client can meet. */
interface Coverable {
  readonly operations: readonly {
    readonly id: string;
    readonly method: string;
    readonly path: string;
    readonly takesIdempotencyKey: boolean;
    /** Documented error codes and their status. */
    readonly errors: ReadonlyMap<string, number>;
  }[];
  readonly eventTypes: readonly string[];
}

/** How much of something was met. `percent`: to one decimal, rounded down, so that 100 is all. */
export interface Share {
  readonly met: number;
  readonly of: number;
  readonly percent: number;
}

interface OperationCoverage {
  readonly operation_id: string;
  readonly method: string;
  readonly path: string;
  readonly calls: number;
  readonly succeeded: number;
  /** Answers given from an Idempotency-Key; null where none is taken. */
  readonly replays: number | null;
  readonly idempotency_keys: number | null;
  readonly codes_met: readonly string[];
  readonly codes_missed: readonly string[];
}

/** What the client of this sandbox has met since its start. */
export interface Coverage {
  /** The mean of the three shares. */
  readonly percent: number;
  /** Operations that succeeded at least once. */
  readonly operations: Share;
  /** Documented error codes, counted at each operation. */
  readonly error_codes: Share;
  /** Event types that were emitted. */
  readonly event_types: Share;
  readonly by_operation: readonly OperationCoverage[];
  readonly by_event_type: readonly { readonly type: string; readonly emitted: boolean; readonly delivered: boolean }[];
}

interface Met {
  calls: number;
  succeeded: number;
  keys: number;
  replays: number;
  readonly codes: Set<string>;
}

/** Refusals before there is an operation: of the connection, not of the call. */
const OF_THE_CONNECTION = ["HTTPS_REQUIRED"];

/**
 * What a client's whole run has met: a reset does not begin it anew. Left out is what is not the client's doing: requests with a
 * session key or the header `Sandbox-Uncounted`, and silent units.
 */
export class CoverageCounter {
  readonly #coverable: Coverable;
  readonly #operations = new Map<string, Met>();
  readonly #emitted = new Set<string>();
  readonly #delivered = new Set<string>();

  constructor(coverable: Coverable) {
    this.#coverable = coverable;
  }

  /** A unit that no request made: due work, a block, results of deliveries. */
  committed(events: readonly EventRecord[], changes: readonly Change[]): void {
    for (const { type } of events) this.#emitted.add(type);
    for (const { table, record } of changes) {
      if (table === "webhook_deliveries" && record?.status === "succeeded") this.#delivered.add(record.event_type);
    }
  }

  answered({ exchange, work }: Logged): void {
    if (!exchange.counted) return;
    for (const { events, changes } of work?.units ?? []) {
      this.committed(events, []);
      for (const { table, record } of changes) if (table === "events" && record) this.#emitted.add(record.type);
    }
    if (exchange.course) this.#called(exchange.course.operationId, exchange);
  }

  report(): Coverage {
    const by_operation = this.#coverable.operations.map((operation): OperationCoverage => {
      const { id, method, path, takesIdempotencyKey } = operation;
      const met = this.#operations.get(id);
      const codes = [...operation.errors.keys()].sort();
      const isMet = (code: string) => met?.codes.has(code) ?? false;
      const isExpected = (code: string) => (operation.errors.get(code) as number) < 500 && !OF_THE_CONNECTION.includes(code);
      return {
        operation_id: id,
        method: method.toUpperCase(),
        path,
        calls: met?.calls ?? 0,
        succeeded: met?.succeeded ?? 0,
        replays: takesIdempotencyKey ? (met?.replays ?? 0) : null,
        idempotency_keys: takesIdempotencyKey ? (met?.keys ?? 0) : null,
        codes_met: codes.filter(isMet),
        codes_missed: codes.filter((code) => !isMet(code) && isExpected(code)),
      };
    });
    const by_event_type = this.#coverable.eventTypes.map((type) => {
      const emitted = this.#emitted.has(type);
      return { type, emitted, delivered: emitted && this.#delivered.has(type) };
    });
    const operations = share(
      count(by_operation, ({ succeeded }) => succeeded > 0),
      by_operation.length,
    );
    const met = by_operation.reduce((sum, { codes_met }) => sum + codes_met.length, 0);
    const error_codes = share(
      met,
      by_operation.reduce((sum, { codes_missed }) => sum + codes_missed.length, met),
    );
    const event_types = share(
      count(by_event_type, ({ emitted }) => emitted),
      by_event_type.length,
    );
    const mean = [operations, error_codes, event_types].reduce((sum, { met, of }) => sum + met / of, 0) / 3;
    return { percent: percent(mean), operations, error_codes, event_types, by_operation, by_event_type };
  }

  #called(operationId: string, { status, code, idempotencyKey, replayed }: Exchange): void {
    let met = this.#operations.get(operationId);
    if (!met) {
      met = { calls: 0, succeeded: 0, keys: 0, replays: 0, codes: new Set() };
      this.#operations.set(operationId, met);
    }
    met.calls += 1;
    if (status !== null && status < 400) met.succeeded += 1;
    if (idempotencyKey) met.keys += 1;
    if (replayed) met.replays += 1;
    if (code !== null) met.codes.add(code);
  }
}

function count<T>(items: readonly T[], holds: (item: T) => boolean): number {
  return items.filter(holds).length;
}

function share(met: number, of: number): Share {
  return { met, of, percent: percent(met / of) };
}

function percent(part: number): number {
  return Math.floor(part * 1000) / 10;
}
