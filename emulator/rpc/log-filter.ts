import { BOUNDS } from "./bounds.ts";
import { invalidParams, tooMuch } from "./json-rpc.ts";

/** A log as JSON-RPC gives it. */
export interface RpcLog {
  readonly address: string;
  readonly topics: readonly string[];
  readonly blockNumber: string;
  readonly blockHash: string;
  readonly data: string;
  /** Set when a revert took its block away. */
  readonly removed?: boolean;
}

export type LogFilter = (log: RpcLog) => boolean;

/** Addresses and topics that match, in lower case; null matches all. */
interface Criteria {
  readonly addresses: ReadonlySet<string> | null;
  readonly topics: readonly (ReadonlySet<string> | null)[];
}

/** The filter of eth_subscribe("logs"), eth_newFilter and eth_getLogs, as geth defines it. Throws invalidParams. */
export function logFilter(criteria: unknown): LogFilter {
  const { addresses, topics } = readCriteria(criteria);
  const { fromBlock, toBlock } = (criteria ?? {}) as Record<string, unknown>;
  const from = bound(fromBlock, 0);
  const to = bound(toBlock, Number.POSITIVE_INFINITY);
  return (log) =>
    (addresses?.has(log.address.toLowerCase()) ?? true) &&
    log.topics.length >= topics.length &&
    topics.every((wanted, index) => wanted?.has((log.topics[index] as string).toLowerCase()) ?? true) &&
    Number(log.blockNumber) >= from &&
    Number(log.blockNumber) <= to;
}

/** The same criteria as the node takes them, which knows null neither for a list nor in one. */
export function criteriaForNode(criteria: unknown): object {
  const { addresses, topics } = readCriteria(criteria);
  return { ...(addresses ? { address: [...addresses] } : {}), topics: topics.map((wanted) => wanted && [...wanted]) };
}

function readCriteria(criteria: unknown): Criteria {
  const given = criteria ?? {};
  if (typeof given !== "object" || Array.isArray(given)) throw invalidParams("A log filter is an object with address and topics.");
  const { address, topics } = given as Record<string, unknown>;
  const positions = topics ?? [];
  if (!Array.isArray(positions) || positions.length > 4) throw invalidParams("topics is an array of at most four.");
  return {
    addresses: oneOf(address, /^0x[0-9a-f]{40}$/i, "address"),
    topics: positions.map((topic) => oneOf(topic, /^0x[0-9a-f]{64}$/i, "a topic")),
  };
}

/** One value, or several of which one must match. Null matches all, alone or among others, as does an empty list. */
function oneOf(value: unknown, shape: RegExp, name: string): Set<string> | null {
  if (value === undefined || value === null) return null;
  const values = Array.isArray(value) ? value : [value];
  if (values.length > BOUNDS.list) throw tooMuch(`A log filter has at most ${BOUNDS.list} of ${name}.`);
  if (values.length === 0 || values.includes(null)) return null;
  if (!values.every((each) => typeof each === "string" && shape.test(each))) {
    throw invalidParams(`${name} is 0x-prefixed hexadecimal of the right length, or an array of them.`);
  }
  return new Set(values.map((each) => each.toLowerCase()));
}

/** A block number; tags such as "latest" do not bound blocks that are yet to come. */
function bound(block: unknown, open: number): number {
  return typeof block === "string" && /^0x[0-9a-f]+$/i.test(block) ? Number(block) : open;
}
