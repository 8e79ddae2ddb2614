import { BOUNDS } from "./bounds.ts";
import { invalidParams, tooMuch } from "./json-rpc.ts";

/** A log as JSON-RPC gives it. */
export interface RpcLog {
  readonly address: string;
  readonly topics: readonly string[];
  readonly blockNumber: string;
  readonly data: string;
}

export type LogFilter = (log: RpcLog) => boolean;

/** The filter of eth_subscribe("logs") and eth_newFilter, as geth defines it. Throws invalidParams. */
export function logFilter(criteria: unknown = {}): LogFilter {
  if (typeof criteria !== "object" || criteria === null) throw invalidParams("A log filter is an object with address and topics.");
  const { address, topics = [], fromBlock, toBlock } = criteria as Record<string, unknown>;
  const addresses = oneOf(address, /^0x[0-9a-f]{40}$/i, "address");
  if (!Array.isArray(topics) || topics.length > 4) throw invalidParams("topics is an array of at most four.");
  const positions = topics.map((topic) => oneOf(topic, /^0x[0-9a-f]{64}$/i, "a topic"));
  const from = bound(fromBlock, 0);
  const to = bound(toBlock, Number.POSITIVE_INFINITY);
  return (log) =>
    (addresses?.has(log.address.toLowerCase()) ?? true) &&
    log.topics.length >= positions.length &&
    positions.every((wanted, index) => wanted?.has((log.topics[index] as string).toLowerCase()) ?? true) &&
    Number(log.blockNumber) >= from &&
    Number(log.blockNumber) <= to;
}

/** One value, or several of which one must match; null matches all, as does an empty list. */
function oneOf(value: unknown, shape: RegExp, name: string): Set<string> | null {
  if (value === undefined || value === null) return null;
  const values = Array.isArray(value) ? value : [value];
  if (values.length > BOUNDS.list) throw tooMuch(`A log filter has at most ${BOUNDS.list} of ${name}.`);
  if (!values.every((each) => typeof each === "string" && shape.test(each))) {
    throw invalidParams(`${name} is 0x-prefixed hexadecimal of the right length, or an array of them.`);
  }
  return values.length === 0 ? null : new Set(values.map((each) => each.toLowerCase()));
}

/** A block number; tags such as "latest" do not bound blocks that are yet to come. */
function bound(block: unknown, open: number): number {
  return typeof block === "string" && /^0x[0-9a-f]+$/i.test(block) ? Number(block) : open;
}
