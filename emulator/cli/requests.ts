import { styleText } from "node:util";
import type { LoggedRequest, RequestSummary } from "../control/exchange.ts";
import type { ControlClient } from "./client.ts";
import { itemsOf } from "./pages.ts";
import { oneLine, printable } from "./printable.ts";

/** The control plane's own. */
const DEFAULT_LIMIT = 100;

/** The flags of `requests list` and `count`. */
interface RequestFlags {
  readonly operation?: string;
  readonly method?: string;
  readonly path?: string;
  readonly status?: string;
  readonly code?: string;
  readonly apiKey?: string;
  readonly since?: string;
  readonly session?: boolean;
  readonly limit?: string;
  readonly format?: string;
}

/** Prints one line each, newest first; with `--format json` one object each, bodies among it. */
export async function listRequests(client: ControlClient, flags: RequestFlags): Promise<void> {
  const limit = flags.limit === undefined ? DEFAULT_LIMIT : Number(flags.limit);
  const items = await itemsOf<LoggedRequest>(client, "/requests", queryOf(flags), limit);
  for (const each of items) process.stdout.write(`${flags.format === "json" ? printable(JSON.stringify(each)) : requestLine(each)}\n`);
}

export async function countRequests(client: ControlClient, flags: RequestFlags): Promise<string> {
  const { count } = await client.call<{ count: number }>("GET", `/requests/count?${new URLSearchParams(queryOf(flags))}`);
  return String(count);
}

/** `15:04:05.123  201  POST   /v1/tokens/mint  3.2 ms  req_…`; in colours on a terminal. */
export function requestLine(each: RequestSummary): string {
  const target = `${each.path ?? "?"}${each.query === null ? "" : `?${each.query}`}`;
  const fault = each.fault_id && `fault ${each.fault_id}`;
  const lost = each.status !== null && !each.delivered ? "not delivered" : null;
  const notes = [each.code, each.idempotent_replayed ? "replayed" : null, fault, lost].filter((note) => note !== null);
  return [
    each.received_at.slice(11, 23),
    inColour(each.status),
    oneLine(each.method ?? "?").padEnd(6),
    oneLine(target),
    ...notes.map(oneLine),
    `${each.duration_ms.toFixed(1)} ms`,
    each.request_id,
  ].join("  ");
}

/** `---` where no answer was given. */
function inColour(status: number | null): string {
  const colour = status === null || status >= 500 ? "red" : status >= 400 ? "yellow" : "green";
  return styleText(colour, String(status ?? "---"), { stream: process.stdout });
}

function queryOf({
  operation,
  apiKey,
  session,
  format: _,
  method,
  path,
  status,
  code,
  since,
  limit,
}: RequestFlags): Record<string, string> {
  const given = {
    operationId: operation,
    method,
    path,
    status,
    code,
    api_key: apiKey,
    since,
    limit,
    session: session ? "true" : undefined,
  };
  return Object.fromEntries(Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
