import type { ApiKeyRecord } from "../model/api-key.ts";
import type { Delivery } from "../model/webhook.ts";
import type { Chain } from "../ports/chain.ts";
import type { Reader } from "../ports/store.ts";
import { type Exchange, type LoggedRequest, loggedRequest, milliseconds, type StageName, type StruckFault } from "./exchange.ts";
import type { Logged } from "./forgetting.ts";
import { redactText } from "./redact.ts";
import { type RecordTrace, recordsOf } from "./trace-records.ts";
import { type TransactionTrace, transactionsOf } from "./trace-transactions.ts";
import type { Written } from "./work.ts";

/** One stage on the way of a request. `ms`: since it arrived. */
export interface StageTrace {
  readonly stage: "route" | StageName | "fault" | "rules" | "answer";
  readonly outcome: "passed" | "refused" | "replayed";
  readonly ms: number | null;
  readonly note: string | null;
}

/** A unit of work: what was committed as one. */
export interface UnitTrace {
  /** Number of its line in the journal. */
  readonly seq: number;
  /** Sandbox time. */
  readonly at: string;
  /** Since the request arrived, real time. */
  readonly committed_ms: number;
  readonly records: readonly RecordTrace[];
  readonly events: readonly EventTrace[];
}

/** An event of the request, or one that it sent again, with its deliveries as they now are. */
export interface EventTrace {
  readonly id: string;
  readonly type: string;
  readonly deliveries: readonly DeliveryTrace[];
}

interface DeliveryTrace extends Pick<Delivery, "id" | "endpoint_id" | "status" | "attempts" | "next_attempt_at"> {
  readonly url: string | null;
}

/** All that one request did, from its stages to the webhooks. */
export interface Trace {
  readonly request: LoggedRequest;
  readonly stages: readonly StageTrace[];
  /** For a replay: the request that was answered first, if the log still has it. */
  readonly first_request_id: string | null;
  /** Usually one; none for reads, and for refusals that are not kept under an Idempotency-Key. */
  readonly units: readonly UnitTrace[];
  /** As they now are: a later block may have mined them. */
  readonly transactions: readonly TransactionTrace[];
  /** Units of later blocks, reduced to what they did to this request's records. */
  readonly later: readonly UnitTrace[];
}

interface TraceSources {
  readonly records: Reader;
  readonly chain: Pick<Chain, "checksum">;
}

/** Puts a trace together. `log`: the other requests, newest first. */
export function traceOf(logged: Logged, log: Iterable<Logged>, { records, chain }: TraceSources): Trace {
  const { exchange, work } = logged;
  const units = work?.units ?? [];
  const later = work?.later ?? [];
  const touched = new Set(units.flatMap(({ changes }) => changes.map(({ table, id }) => `${table} ${id}`)));
  return {
    request: loggedRequest(exchange, logged.scrubbed),
    stages: stagesOf(exchange, records),
    first_request_id: exchange.replayed ? firstOf(exchange, log) : null,
    units: units.map((unit) => unitOf(unit, exchange, records)),
    transactions: transactionsOf(units, later, touched, chain),
    later: later.map((unit) => unitOf(related(unit, touched), exchange, records)),
  };
}

function firstOf({ course, began }: Exchange, log: Iterable<Logged>): string | null {
  for (const { exchange, work } of log) {
    if (exchange.began > began) continue;
    const changes = work?.units.flatMap((unit) => unit.changes) ?? [];
    if (changes.some(({ table, id }) => table === "idempotency" && id === course?.idempotencyId)) return exchange.requestId;
  }
  return null;
}

function stagesOf(exchange: Exchange, records: Reader): StageTrace[] {
  const { course, began, duration, code, replayed, fault } = exchange;
  const answer = { stage: "answer", outcome: "passed", ms: milliseconds(duration), note: answerNote(exchange) } as const;
  if (!course) return [{ stage: "route", outcome: "refused", ms: null, note: code }, answer];
  const stages: StageTrace[] = [{ stage: "route", outcome: "passed", ms: null, note: course.operationId }];
  const end = fault?.when === "after" ? [faultStage(fault, began), answer] : [answer];
  for (const stage of course.stages) {
    const at = course.passed[stage];
    const refused = at === undefined;
    const ms = refused ? null : milliseconds(at - began);
    if (refused && replayed) break;
    const outcome = refused ? "refused" : stage === "idempotency" && replayed ? "replayed" : "passed";
    stages.push({ stage, outcome, ms, note: refused ? code : noteOf(stage, exchange, records) });
    if (refused) return [...stages, ...end];
    if (stage === "validation" && fault?.when === "before") {
      stages.push(faultStage(fault, began));
      if (fault.instead) return [...stages, answer];
    }
  }
  // Nothing before it refused: existence, preconditions and rules are looked at by the operation itself.
  if (code !== null && !replayed) stages.push({ stage: "rules", outcome: "refused", ms: null, note: code });
  return [...stages, ...end];
}

function faultStage({ id, what, instead, at }: StruckFault, began: number): StageTrace {
  return { stage: "fault", outcome: instead ? "refused" : "passed", ms: milliseconds(at - began), note: `${id}: ${what}` };
}

function answerNote({ status, delivered }: Exchange): string {
  if (status === null) return "none";
  return delivered ? `${status}` : `${status}, not delivered`;
}

function noteOf(stage: StageName, { keyId, quota, idempotencyKey }: Exchange, records: Reader): string | null {
  if (stage === "authentication") {
    const key = keyId === null ? undefined : (records.get("api_keys", keyId) as ApiKeyRecord | undefined);
    return key ? `${keyId} (${redactText(key.name)})` : keyId;
  }
  if (stage === "quota") return quota ?? "not metered";
  if (stage === "idempotency") return idempotencyKey ? null : "no key";
  return null;
}

function unitOf(unit: Written, { began }: Exchange, records: Reader): UnitTrace {
  return {
    seq: unit.line.seq,
    at: new Date(unit.line.at).toISOString(),
    committed_ms: milliseconds(unit.committed - began),
    records: recordsOf(unit),
    events: eventsOf(unit, records),
  };
}

/** Of a unit that settled many: what it did to these records, and the events about them. */
function related(unit: Written, touched: ReadonlySet<string>): Written {
  const isTouched = ({ table, id }: { table: string; id: string }) => touched.has(`${table} ${id}`);
  const ids = new Set(unit.changes.filter(isTouched).map(({ id }) => id));
  const changes = unit.changes.filter((change) => {
    if (isTouched(change)) return true;
    return (
      change.table === "events" &&
      change.record !== null &&
      "data" in change.record &&
      "id" in change.record.data &&
      ids.has(change.record.data.id)
    );
  });
  return { ...unit, changes };
}

function eventsOf({ changes, undo }: Written, records: Reader): EventTrace[] {
  const known = new Set(undo.flatMap(({ table, id, record }) => (table === "events" && record ? [id] : [])));
  const found = new Map<string, string>();
  for (const { table, id, record } of changes) {
    if (table === "events" && record && !known.has(id)) found.set(id, record.type);
    if (table === "webhook_deliveries" && record && !found.has(record.event_id)) {
      found.set(record.event_id, records.get("events", record.event_id)?.type ?? record.event_type);
    }
  }
  return [...found].map(([id, type]) => ({ id, type, deliveries: deliveriesOf(id, records) }));
}

function deliveriesOf(eventId: string, records: Reader): DeliveryTrace[] {
  return records.by("webhook_deliveries", "event", eventId).map(({ id, endpoint_id, status, attempts, next_attempt_at }) => {
    const url = records.get("webhook_endpoints", endpoint_id)?.url ?? null;
    return { id, endpoint_id, url: url && redactText(url), status, attempts, next_attempt_at };
  });
}
