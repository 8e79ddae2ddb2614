import { BOUNDS } from "./bounds.ts";
import { readCall } from "./call-object.ts";
import type { Methods, RpcDeps } from "./deps.ts";
import { type Params, tooMuch } from "./json-rpc.ts";
import { findLogs } from "./log-query.ts";
import { quantity } from "./quantity.ts";
import type { Turns } from "./turns.ts";

const ZERO = `0x${"0".repeat(40)}`;

/** Answered by the node as they are. */
const PASSED = [
  "debug_traceTransaction",
  "eth_blobBaseFee",
  "eth_blockNumber",
  "eth_chainId",
  "eth_coinbase",
  "eth_gasPrice",
  "eth_getBalance",
  "eth_getBlockByHash",
  "eth_getBlockTransactionCountByHash",
  "eth_getBlockTransactionCountByNumber",
  "eth_getCode",
  "eth_getStorageAt",
  "eth_getTransactionByBlockHashAndIndex",
  "eth_getTransactionByBlockNumberAndIndex",
  "eth_getTransactionByHash",
  "eth_getTransactionCount",
  "eth_getTransactionReceipt",
  "eth_maxPriorityFeePerGas",
  "eth_pendingTransactions",
  "eth_syncing",
  "hardhat_metadata",
  "net_version",
  "web3_clientVersion",
  "web3_sha3",
] as const;

/** Simulated calls: the node would run one without `from` as its first account, the server wallet. */
const SIMULATED = ["debug_traceCall", "eth_call", "eth_createAccessList", "eth_estimateGas"] as const;

/** Reads run between two units of work, so they see what is committed and nothing else. */
export function readMethods(deps: Pick<RpcDeps, "chain"> & { turns: Turns }): Methods {
  const { chain, turns } = deps;
  const read = (method: string, params: Params) => turns.quiet(() => chain.request(method, params));
  return {
    ...Object.fromEntries(PASSED.map((method) => [method, (params: Params) => read(method, params)])),
    ...Object.fromEntries(SIMULATED.map((method) => [method, (params: Params) => read(method, withSender(params))])),
    eth_simulateV1: (params) => turns.aside(() => chain.request("eth_simulateV1", params)),
    eth_getLogs: ([criteria]) => findLogs(deps, criteria),
    eth_getProof: (params) => read("eth_getProof", shortList(params, 1, "storage keys")),
    eth_feeHistory: (params) => read("eth_feeHistory", shortList(params, 2, "percentiles")),
    eth_accounts: () => chain.identity.accounts.map(({ address }) => address.toLowerCase()),
    net_listening: () => true,
    net_peerCount: () => quantity(0),
  };
}

function shortList(params: Params, at: number, name: string): Params {
  const list = params[at];
  if (Array.isArray(list) && list.length > BOUNDS.list) throw tooMuch(`At most ${BOUNDS.list} ${name}.`);
  return params;
}

function withSender([call, ...rest]: Params): Params {
  const { from, ...more } = readCall(call);
  return [{ ...more, from: from ?? ZERO }, ...rest];
}
