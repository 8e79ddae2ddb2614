import type { HeaderField } from "../control/header-fields.ts";
import type { EventTrace, StageTrace, Trace, UnitTrace } from "../control/trace.ts";
import type { RecordTrace } from "../control/trace-records.ts";
import type { TransactionTrace } from "../control/trace-transactions.ts";
import { formatAmount } from "../model/amount.ts";
import type { ControlClient } from "./client.ts";
import { type Branch, branch, drawn } from "./tree.ts";

/** Throws ControlError (REQUEST_NOT_FOUND). */
export async function showTrace(
  client: ControlClient,
  id: string,
  { format, headers = false }: { format: string; headers?: boolean },
): Promise<string> {
  const trace = await client.call<Trace>("GET", `/requests/${encodeURIComponent(id)}/trace`);
  return format === "json" ? JSON.stringify(trace, null, 2) : drawn(treeOf(trace, headers));
}

/** A request as a tree: stages, what each unit committed, the chain, the webhooks. Times are since the request arrived. */
export function treeOf(trace: Trace, withHeaders = false): Branch {
  const { request, stages, first_request_id, units, transactions, later } = trace;
  const title = `${request.request_id}  ${request.method} ${request.path} → ${request.status ?? "no answer"}${request.code ? ` ${request.code}` : ""}`;
  const answer = stages.at(-1) as StageTrace;
  const fields = (named: readonly HeaderField[]) => (withHeaders ? named.map(({ name, value }) => branch(`${name}: ${value}`)) : []);
  return branch(`${title}  (${request.at})`, [
    ...(withHeaders ? [branch("header fields", fields(request.request_headers))] : []),
    ...stages.slice(0, -1).map((each) => stage(each, first_request_id)),
    ...units.map((each) => unit(each, `committed as unit ${each.seq}`)),
    ...transactions.map(transaction),
    ...later.map((each) => unit(each, `later, unit ${each.seq} at ${each.at}`)),
    { ...stage(answer, null), below: fields(request.response_headers) },
  ]);
}

function stage({ stage: name, outcome, ms, note }: StageTrace, first: string | null): Branch {
  const what = name === "unit" ? "unit begins" : name;
  const word = outcome === "passed" ? "" : outcome === "replayed" ? `replayed${first ? ` from ${first}` : ""}` : outcome;
  return branch(
    [what.padEnd(14), word, note ?? "", time(ms)]
      .filter((part) => part !== "")
      .join("  ")
      .trimEnd(),
  );
}

function unit({ records, events, committed_ms }: UnitTrace, title: string): Branch {
  return branch(`${title}  ${time(committed_ms)}`, [...records.map(record), ...events.map(event)]);
}

function record({ table, id, change, status, changed }: RecordTrace): Branch {
  const move = [status.before, status.after].filter((each) => each !== null);
  const state = status.before === status.after ? move.slice(1) : move;
  const members = Object.entries(changed ?? {})
    .filter(([name]) => name !== "status")
    .flatMap(([name, { before, after }]) => leaves(name, before, after));
  return branch(
    `${table}  ${id}  ${change}${state.length > 0 ? `  ${state.join(" → ")}` : ""}`,
    members.map(([name, before, after]) => branch(`${name}: ${short(before)} → ${short(after)}`)),
  );
}

type Leaf = readonly [name: string, before: unknown, after: unknown];

/** What differs, down to the members of members: `chain.block_number`. */
function leaves(name: string, before: unknown, after: unknown): Leaf[] {
  if (!isObject(after) || !(before === null || isObject(before))) return [[name, before, after]];
  const names = Object.keys({ ...before, ...after });
  const found = names.flatMap((each) => leaves(`${name}.${each}`, before?.[each] ?? null, after[each] ?? null));
  return found.filter(([, old, now]) => JSON.stringify(old) !== JSON.stringify(now));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function transaction({ tx_hash, contract, method, status, block, failure, events }: TransactionTrace): Branch {
  const where = block ? ` in block ${block.number}` : "";
  return branch(
    `transaction ${tx_hash}  ${contract}.${method}  ${status}${where}${failure ? `: ${failure}` : ""}`,
    events.map(({ contract: emitter, event: name, args }) => branch(`${emitter}.${name}  ${values(args)}`)),
  );
}

function event({ id, type, deliveries }: EventTrace): Branch {
  return branch(
    `event ${type}  ${id}`,
    deliveries.map(({ id: delivery, url, status, attempts, next_attempt_at }) =>
      branch(`delivery ${delivery} → ${url ?? "a deleted endpoint"}  ${status}`, [
        ...attempts.map(({ at, response_status, error, duration_ms }) => branch(`${at}  ${response_status ?? error}  ${duration_ms} ms`)),
        ...(next_attempt_at !== null && attempts.length > 0 ? [branch(`next attempt at ${next_attempt_at}`)] : []),
      ]),
    ),
  );
}

function values(args: Readonly<Record<string, unknown>>): string {
  return Object.entries(args)
    .map(([name, value]) => `${name} ${name === "amount" ? `${formatAmount(BigInt(String(value)))} GETS` : short(value)}`)
    .join("  ");
}

const LONGEST = 60;

function short(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function time(ms: number | null): string {
  return ms === null ? "" : `${ms.toFixed(1)} ms`;
}
