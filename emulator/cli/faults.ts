import type { FaultEntry } from "../model/fault.ts";
import type { ControlClient } from "./client.ts";
import { faultSentence } from "./fault-sentence.ts";
import { itemsOf } from "./pages.ts";
import { oneLine } from "./printable.ts";

/** The options of `faults add`. */
interface FaultFlags {
  readonly operation?: string;
  readonly path?: string;
  readonly method?: string;
  readonly apiKey?: string;
  readonly when?: string;
  readonly probability?: number;
  readonly times?: number;
  readonly every?: number;
  readonly for?: string;
  readonly latencyMs?: number;
  readonly status?: number;
  readonly code?: string;
  readonly message?: string;
  readonly retryAfter?: number;
  readonly connection?: string;
  readonly bytesPerSecond?: number;
  readonly mutate?: string;
  readonly chain?: string;
}

/** Adds a fault; returns its line. Throws ControlError, which says what is accepted. */
export async function addFault(client: ControlClient, flags: FaultFlags): Promise<string> {
  const { operation, apiKey, latencyMs, retryAfter, bytesPerSecond, status, code, message, mutate, path, method, ...others } = flags;
  const { when, probability, times, every, connection, chain } = others;
  const hasError = status !== undefined || code !== undefined || message !== undefined;
  return lineOf(
    await client.call<FaultEntry>("POST", "/faults", {
      ...{ operationId: operation, path, method, api_key: apiKey, when, probability, times, every, for: others.for },
      ...{ latency_ms: latencyMs, retry_after: retryAfter, connection, bytes_per_second: bytesPerSecond, chain },
      ...(hasError ? { error: { status, code, message } } : {}),
      ...(mutate === undefined ? {} : { mutate: mutations(mutate) }),
    }),
  );
}

/** One line a fault, in the order in which they are tried: id, how often it has happened, and what it is. */
export async function listFaults(client: ControlClient): Promise<string> {
  return (await itemsOf<FaultEntry>(client, "/faults")).map(lineOf).join("\n");
}

export async function clearFaults(client: ControlClient, id?: string): Promise<string> {
  await client.call("DELETE", id === undefined ? "/faults" : `/faults/${encodeURIComponent(id)}`);
  return id === undefined ? "cleared all faults" : `cleared ${id}`;
}

function lineOf(fault: FaultEntry): string {
  return `${fault.id}  fired ${fault.fired}${fault.left === null ? "" : `, ${fault.left} left`}  ${oneLine(faultSentence(fault))}`;
}

/** `unknown-members,without-message` as members. */
function mutations(list: string): Record<string, true> {
  return Object.fromEntries(list.split(",").map((each) => [each.trim().replaceAll("-", "_"), true]));
}
