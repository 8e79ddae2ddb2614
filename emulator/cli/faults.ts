import type { ControlClient } from "./client.ts";
import { itemsOf } from "./pages.ts";

/** The options of `faults add`. */
export interface FaultFlags {
  readonly operation?: string;
  readonly path?: string;
  readonly method?: string;
  readonly apiKey?: string;
  readonly probability?: number;
  readonly times?: number;
  readonly latencyMs?: number;
  readonly status?: number;
  readonly code?: string;
  readonly message?: string;
  readonly connection?: string;
  readonly chain?: string;
}

interface Entry extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly fired: number;
  readonly left: number | null;
}

/** Adds a fault; returns its line. Throws ControlError, which says what is accepted. */
export async function addFault(client: ControlClient, flags: FaultFlags): Promise<string> {
  const { operation, apiKey, latencyMs, status, code, message, path, method, probability, times, connection, chain } = flags;
  const hasError = status !== undefined || code !== undefined || message !== undefined;
  const members = { operationId: operation, path, method, api_key: apiKey, probability, times, latency_ms: latencyMs, connection, chain };
  return lineOf(await client.call<Entry>("POST", "/faults", { ...members, ...(hasError ? { error: { status, code, message } } : {}) }));
}

/** One line a fault, in the order in which they are tried: id, how often it has happened, and what it is. */
export async function listFaults(client: ControlClient): Promise<string> {
  return (await itemsOf<Entry>(client, "/faults")).map(lineOf).join("\n");
}

export async function clearFaults(client: ControlClient, id?: string): Promise<string> {
  await client.call("DELETE", id === undefined ? "/faults" : `/faults/${encodeURIComponent(id)}`);
  return id === undefined ? "cleared all faults" : `cleared ${id}`;
}

function lineOf({ id, fired, left, ...fault }: Entry): string {
  return `${id}  fired ${fired}${left === null ? "" : `, ${left} left`}  ${JSON.stringify(fault)}`;
}
