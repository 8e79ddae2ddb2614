import type { Chain } from "../ports/chain.ts";
import { BOUNDS } from "./bounds.ts";
import { invalidParams, tooMuch } from "./json-rpc.ts";
import { criteriaForNode, logFilter, type RpcLog } from "./log-filter.ts";
import { quantity } from "./quantity.ts";
import type { Turns } from "./turns.ts";

/** Blocks that are searched in one turn at the chain. */
const BLOCKS = 25;

/** What a log takes besides its data. */
const LOG_BYTES = 700;

/** eth_getLogs: many blocks are searched a few at a time, so that nobody waits, and no more is found than can be answered. */
export async function findLogs({ chain, turns }: { chain: Chain; turns: Turns }, criteria: unknown): Promise<readonly RpcLog[]> {
  const { fromBlock, toBlock, blockHash } = (criteria ?? {}) as Readonly<Record<string, unknown>>;
  const asked = criteriaForNode(criteria);
  const matches = logFilter(criteria);
  const ask = async (more: object) => {
    const logs = (await turns.quiet(() => chain.request("eth_getLogs", [{ ...asked, ...more }]))) as RpcLog[];
    return logs.filter(matches);
  };
  if (isGiven(blockHash)) {
    if (isGiven(fromBlock) || isGiven(toBlock)) throw invalidParams("blockHash goes without fromBlock and toBlock.");
    return bounded([], await ask({ blockHash }), null);
  }
  const head = Number(await turns.quiet(() => chain.request("eth_blockNumber", [])));
  const [from, to] = [blockOf(fromBlock, head, "fromBlock"), Math.min(blockOf(toBlock, head, "toBlock"), head)];
  const { epoch } = turns;
  let found: readonly RpcLog[] = [];
  for (let first = from; first <= to; first += BLOCKS) {
    const last = Math.min(first + BLOCKS - 1, to);
    const more = await ask({ fromBlock: quantity(first), toBlock: quantity(last) });
    found = bounded(found, more, first > from ? first - 1 : null);
    if (turns.epoch !== epoch) throw tooMuch("The sandbox was reset or restored while its logs were searched; ask again.");
  }
  return found;
}

/** Throws when there are more logs than one answer holds. `fitting`: the block up to which they are not too many; null for none that is known. */
function bounded(found: readonly RpcLog[], more: readonly RpcLog[], fitting: number | null): readonly RpcLog[] {
  const { count, bytes } = BOUNDS.logs;
  const all = found.length === 0 ? more : [...found, ...more];
  const size = all.reduce((sum, { data }) => sum + data.length + LOG_BYTES, 0);
  if (all.length <= count && size <= bytes) return all;
  const blocks = fitting === null ? "Ask for fewer blocks" : `Ask for blocks up to ${quantity(fitting)}`;
  throw tooMuch(`More than ${count} logs or ${bytes / 2 ** 20} MiB of them match. ${blocks}, or filter by address and topics.`);
}

/** The number of a block. What waits is in none: `pending` is the last one, as the node has it. Throws invalidParams. */
function blockOf(block: unknown, head: number, name: string): number {
  if (!isGiven(block) || TAGS_OF_HEAD.includes(block as string)) return head;
  if (block === "earliest") return 0;
  if (typeof block === "string" && /^0x[0-9a-f]{1,64}$/i.test(block)) return Number(block);
  throw invalidParams(`${name} is a quantity such as 0x10, or one of ${["earliest", ...TAGS_OF_HEAD].join(", ")}.`);
}

const TAGS_OF_HEAD = ["latest", "safe", "finalized", "pending"];

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
