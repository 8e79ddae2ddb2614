import type { Chain } from "../ports/chain.ts";
import { BOUNDS } from "./bounds.ts";
import { tooMuch } from "./json-rpc.ts";
import { logFilter, type RpcLog } from "./log-filter.ts";
import { quantity } from "./quantity.ts";
import type { Turns } from "./turns.ts";

/** Blocks that are searched in one turn at the chain. */
const BLOCKS = 25;

/** What a log takes besides its data. */
const LOG_BYTES = 700;

/** eth_getLogs: many blocks are searched a few at a time, so that nobody waits, and no more is found than can be answered. */
export async function findLogs({ chain, turns }: { chain: Chain; turns: Turns }, criteria: unknown): Promise<readonly RpcLog[]> {
  logFilter(criteria ?? {});
  const filter = { ...(criteria as Readonly<Record<string, unknown>>) };
  const ask = (more: object) => chain.request("eth_getLogs", [{ ...filter, ...more }]) as Promise<RpcLog[]>;
  const head = Number(await turns.quiet(() => chain.request("eth_blockNumber", [])));
  const [from, to] = [blockOf(filter.fromBlock, head), blockOf(filter.toBlock, head)];
  // One block, or what the node has to say about.
  if (filter.blockHash !== undefined || from === null || to === null || to - from < BLOCKS || from > head) {
    return bounded([], await turns.quiet(() => ask({})), from ?? 0);
  }
  const { epoch } = turns;
  let found: readonly RpcLog[] = [];
  for (let first = from; first <= Math.min(to, head); first += BLOCKS) {
    const last = Math.min(first + BLOCKS - 1, to, head);
    found = bounded(found, await turns.quiet(() => ask({ fromBlock: quantity(first), toBlock: quantity(last) })), first);
    if (turns.epoch !== epoch) throw tooMuch("The sandbox was reset or restored while its logs were searched; ask again.");
  }
  return found;
}

/** Throws when there are more logs than one answer holds. */
function bounded(found: readonly RpcLog[], more: readonly RpcLog[], block: number): readonly RpcLog[] {
  const { count, bytes } = BOUNDS.logs;
  const all = found.length === 0 ? more : [...found, ...more];
  const size = all.reduce((sum, { data }) => sum + data.length + LOG_BYTES, 0);
  if (all.length <= count && size <= bytes) return all;
  throw tooMuch(
    `There are more than ${count} logs, or more than ${bytes / 2 ** 20} MiB of them: ask for fewer blocks (up to ${quantity(Math.max(0, block - 1))} they fit), an address or topics.`,
  );
}

/** The number of a block; null for what only the node understands. */
function blockOf(block: unknown, head: number): number | null {
  if (block === undefined || block === null || ["latest", "safe", "finalized"].includes(block as string)) return head;
  if (block === "earliest") return 0;
  return typeof block === "string" && /^0x[0-9a-f]{1,12}$/i.test(block) ? Number(block) : null;
}
