import type { Hex } from "../../ports/chain.ts";
import { TRANSFER_TOPIC } from "./contracts.ts";

/** A log before it has a place in its block. */
export interface BareLog {
  readonly address: Hex;
  readonly topics: readonly Hex[];
  readonly data: Hex;
}

/** A call as the callTracer gives it with its logs. `position` of a log: how many calls were made before it. */
export interface Frame {
  readonly type: string;
  readonly from: Hex;
  readonly to?: Hex;
  readonly value?: Hex;
  readonly error?: string;
  readonly calls?: readonly Frame[];
  readonly logs?: readonly (BareLog & { readonly position: Hex })[];
}

/** Who logs transfers of ETH (execution-apis, `traceTransfers`). */
const ETH = `0x${"ee".repeat(20)}`;

/** Calls that move value; DELEGATECALL and CALLCODE repeat that of the call they are made in, or keep it. */
const MOVING = new Set(["CALL", "CREATE", "CREATE2", "SELFDESTRUCT"]);

/** The logs of a call and all calls in it, in their order, with a log for each transfer of ETH. What was undone has none. */
export function logsWithTransfers({ type, from, to, value = "0x0", error, calls = [], logs = [] }: Frame): BareLog[] {
  if (error !== undefined) return [];
  const all = MOVING.has(type) && to && BigInt(value) > 0n ? [transferOf(from, to, value)] : [];
  for (let at = 0; at <= calls.length; at++) {
    for (const { address, topics, data, position } of logs) if (Number(position) === at) all.push({ address, topics, data });
    const call = calls[at];
    if (call) all.push(...logsWithTransfers(call));
  }
  return all;
}

function transferOf(from: Hex, to: Hex, value: Hex): BareLog {
  return { address: ETH, topics: [TRANSFER_TOPIC, word(from), word(to)], data: word(value) };
}

function word(value: Hex): Hex {
  return `0x${BigInt(value).toString(16).padStart(64, "0")}`;
}
