import type { Chain } from "../ports/chain.ts";
import { BOUNDS } from "./bounds.ts";
import type { Methods } from "./deps.ts";
import { invalidParams, type Params, tooMuch } from "./json-rpc.ts";
import { quantity } from "./quantity.ts";
import type { Turns } from "./turns.ts";

/** What is read of a block as JSON-RPC gives it. The node leaves `number` null in the pending block. */
type RpcBlock = Readonly<Record<string, unknown>> & { readonly number: string | null; readonly transactions: readonly string[] };

/** Receipts that are read in one turn at the chain. */
const RECEIPTS = 50;

/** Since the Merge a block has no nonce (EIP-3675). */
const NO_NONCE = `0x${"0".repeat(16)}`;
/** What a block's mixHash will be is not known before it is mined. */
const UNKNOWN_MIX = `0x${"0".repeat(64)}`;

/** Blocks, and what the node does not tell of a whole block. No block has uncles: there are none since the Merge. */
export function blockMethods({ chain, turns }: { readonly chain: Pick<Chain, "request">; readonly turns: Turns }): Methods {
  const find = (block: unknown) => turns.quiet(async () => (await chain.request(...blockCall(block))) as RpcBlock | null);
  const countUncles = async ([block]: Params) => (await find(block)) && quantity(0);

  /** One answer for each transaction of a block, `most` of them in a turn. Null for a block that is not there, or is yet to be mined. */
  async function ofEach<T>(block: unknown, most: number, ask: (hash: string) => Promise<T>): Promise<T[] | null> {
    const { epoch } = turns;
    const found = await find(block);
    if (!found || found.number === null) return null;
    const { bytes, ms } = BOUNDS.batch;
    const [parts, end]: [T[], number] = [[], performance.now() + ms];
    let size = 0;
    for (let from = 0; from < found.transactions.length; from += most) {
      const more = await turns.quiet(() => Promise.all(found.transactions.slice(from, from + most).map(ask)));
      if (turns.epoch !== epoch) throw tooMuch("The sandbox was reset or restored while the block was read; ask again.");
      size += JSON.stringify(more).length;
      if (size > bytes) throw tooMuch(`The answer for this block is over ${bytes / 2 ** 20} MiB; ask for its transactions one by one.`);
      if (performance.now() > end)
        throw tooMuch(`The answer for this block takes over ${ms / 1000} s; ask for its transactions one by one.`);
      parts.push(...more);
    }
    return parts;
  }

  const traceBlock = ([block, options]: Params) =>
    ofEach(block, 1, async (txHash) => ({ txHash, result: await chain.request("debug_traceTransaction", [txHash, options]) }));

  return {
    eth_getBlockByNumber: (params) => turns.quiet(async () => withPending(await chain.request("eth_getBlockByNumber", params), chain)),
    eth_getBlockReceipts: ([block]) => ofEach(block, RECEIPTS, (hash) => chain.request("eth_getTransactionReceipt", [hash])),
    eth_getUncleByBlockHashAndIndex: () => null,
    eth_getUncleByBlockNumberAndIndex: () => null,
    eth_getUncleCountByBlockHash: countUncles,
    eth_getUncleCountByBlockNumber: countUncles,
    debug_traceBlockByHash: traceBlock,
    debug_traceBlockByNumber: traceBlock,
  };
}

/** The pending block as clients read it: they expect a number, a nonce and a mixHash in every block. */
async function withPending(answer: unknown, chain: Pick<Chain, "request">): Promise<unknown> {
  const block = answer as RpcBlock | null;
  if (block?.number !== null) return block;
  const head = (await chain.request("eth_blockNumber", [])) as string;
  return { ...block, number: quantity(BigInt(head) + 1n), nonce: NO_NONCE, mixHash: UNKNOWN_MIX };
}

/** How the node is asked for a block by number, tag, hash, or either in an object (EIP-1898). Throws invalidParams. */
function blockCall(block: unknown): [method: string, params: Params] {
  const named = (typeof block === "object" && block !== null ? block : {}) as { blockHash?: unknown; blockNumber?: unknown };
  const name = named.blockHash ?? named.blockNumber ?? block;
  if (typeof name !== "string") throw invalidParams("Name a block by its number, its hash or a tag such as latest.");
  return [/^0x[0-9a-f]{64}$/i.test(name) ? "eth_getBlockByHash" : "eth_getBlockByNumber", [name, false]];
}
