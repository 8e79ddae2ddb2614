import type { DocumentedOperation } from "./document.ts";
import type { Exchange } from "./exchange.ts";
import { strangers } from "./ids.ts";
import type { Probe } from "./probe.ts";
import type { Session } from "./session.ts";

/** An operation, and what it answered to a request without a key. Its ids need not exist: it is refused before they are looked at. */
export interface Keyless {
  readonly operation: DocumentedOperation;
  readonly exchange: Exchange;
}

/** Each operation that asks for a key, asked without one: once a run, for all checks that look at it. */
export function keyless(session: Session, probe: () => Probe): Promise<readonly Keyless[]> {
  const running = sweeps.get(session) ?? sweep(probe());
  sweeps.set(session, running);
  return running;
}

const sweeps = new WeakMap<Session, Promise<readonly Keyless[]>>();

async function sweep(t: Probe): Promise<readonly Keyless[]> {
  const found: Keyless[] = [];
  for (const operation of t.operations(({ secured }) => secured)) {
    const body = operation.body && operation.method !== "GET" ? { json: {} } : {};
    found.push({ operation, exchange: await t.call(operation.id, { params: strangers(t.random, operation), ...body, key: null }) });
  }
  return found;
}
