import { type ChainLog, ChainRevert, type Hex, type Receipt } from "../../ports/chain.ts";
import { decodeLog, decodeRevert, type RpcLog } from "./contracts.ts";
import type { Call, Provider } from "./network.ts";

/** What is used of a receipt as JSON-RPC gives it. `gasUsed` is left out where it was made from the logs of a success. */
export interface RpcReceipt {
  readonly transactionHash: Hex;
  readonly status: Hex;
  readonly from: Hex;
  readonly blockNumber: Hex;
  readonly blockHash: Hex;
  readonly gasUsed?: Hex;
  readonly logs: readonly RpcLog[];
}

export const receiptCall = (hash: Hex): Call => ({ method: "eth_getTransactionReceipt", params: [hash] });

/** The top call alone: nothing is noted of its steps. */
const TOP_CALL = { tracer: "callTracer", tracerConfig: { onlyTopCall: true } };

/** The receipt with our contracts' logs decoded, and the reason if it failed. `contracts`: by address in lower case. */
export async function decodeReceipt(
  provider: Provider,
  contracts: ReadonlyMap<string, ChainLog["contract"]>,
  receipt: RpcReceipt,
): Promise<Receipt> {
  const logs: ChainLog[] = [];
  for (const log of receipt.logs) {
    const contract = contracts.get(log.address.toLowerCase());
    const decoded = contract && decodeLog(contract, log);
    if (decoded) logs.push(decoded);
  }
  const failure = receipt.status === "0x1" ? null : await failureOf(provider, receipt);
  return { hash: receipt.transactionHash, failure, from: receipt.from, logs };
}

/** Why a mined transaction failed. One that used all of its gas has nothing to say; what another returned is told by its top call. */
async function failureOf(provider: Provider, { transactionHash, gasUsed }: RpcReceipt): Promise<ChainRevert> {
  const { gas } = (await provider.request({ method: "eth_getTransactionByHash", params: [transactionHash] })) as { gas: Hex };
  if (gas === gasUsed) return new ChainRevert("OutOfGas");
  const call = (await provider.request({ method: "debug_traceTransaction", params: [transactionHash, TOP_CALL] })) as { output?: Hex };
  return decodeRevert(call.output, "");
}
