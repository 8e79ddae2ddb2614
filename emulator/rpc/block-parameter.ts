import { invalidParams, type Params } from "./json-rpc.ts";

const TAGS = ["earliest", "latest", "safe", "finalized", "pending"] as const;

/** Where methods take a block. */
const AT: Readonly<Record<string, number>> = {
  debug_traceBlockByHash: 0,
  debug_traceBlockByNumber: 0,
  debug_traceCall: 1,
  eth_call: 1,
  eth_createAccessList: 1,
  eth_estimateGas: 1,
  eth_feeHistory: 1,
  eth_getBalance: 1,
  eth_getBlockByNumber: 0,
  eth_getBlockReceipts: 0,
  eth_getBlockTransactionCountByNumber: 0,
  eth_getCode: 1,
  eth_getProof: 2,
  eth_getStorageAt: 2,
  eth_getTransactionByBlockNumberAndIndex: 0,
  eth_getTransactionCount: 1,
  eth_getUncleCountByBlockHash: 0,
  eth_getUncleCountByBlockNumber: 0,
  eth_simulateV1: 1,
};

/** Throws invalidParams for what names no block: the node takes it for a method that it does not have. A block left out is the node's to settle. */
export function checkBlock(method: string, params: Params): void {
  const at = AT[method];
  const block = at === undefined ? undefined : params[at];
  if (block === undefined || block === null || isBlock(block)) return;
  const object = ", or an object with blockNumber or blockHash (EIP-1898)";
  throw invalidParams(`A block is named by a quantity such as 0x10, its hash, one of ${TAGS.join(", ")}${object}.`);
}

function isBlock(block: unknown): boolean {
  if (typeof block === "string") return (TAGS as readonly string[]).includes(block) || /^0x([0-9a-f]{1,16}|[0-9a-f]{64})$/i.test(block);
  if (typeof block !== "object" || block === null) return false;
  const { blockNumber, blockHash, requireCanonical, ...rest } = block as Record<string, unknown>;
  return (blockNumber === undefined) !== (blockHash === undefined) && isBlock(blockNumber ?? blockHash) && Object.keys(rest).length === 0;
}
