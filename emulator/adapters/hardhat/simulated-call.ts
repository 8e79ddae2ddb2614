import type { Hex } from "../../ports/chain.ts";
import { isOutOfGas, type Run, reasonOf } from "./failures.ts";
import type { Provider } from "./network.ts";
import { type RpcReceipt, receiptCall } from "./receipts.ts";
import type { SimulatedCall } from "./simulated-block.ts";
import { SIMULATE } from "./simulated-input.ts";
import { type BareLog, type Frame, logsWithTransfers } from "./transfer-logs.ts";

/** What is used of a block as JSON-RPC gives it. */
export interface RpcBlock {
  readonly number: Hex;
  readonly hash: Hex;
  readonly timestamp: Hex;
  readonly transactions: readonly unknown[];
}

interface Place {
  readonly block: RpcBlock;
  readonly traceTransfers: boolean;
  /** Index of its first log in the block. */
  readonly firstLog: number;
}

interface CallResult {
  readonly status: Hex;
  readonly returnData: Hex;
  readonly gasUsed: Hex;
  readonly logs: readonly object[];
  readonly error?: { readonly code: number; readonly message: string; readonly data?: Hex };
}

const WITH_LOGS = { tracer: "callTracer", tracerConfig: { withLog: true } };
const TOP_CALL = { tracer: "callTracer", tracerConfig: { onlyTopCall: true } };

/** What a call did in the block that was mined of it. */
export async function resultOf(provider: Provider, { hash, run, stoppedAt }: SimulatedCall, place: Place): Promise<CallResult> {
  const trace = (options: object) =>
    provider.request({ method: "debug_traceTransaction", params: [hash, options] }) as Promise<Frame & Ended>;
  const receipt = (await provider.request(receiptCall(hash))) as Receipt;
  const { status, gasUsed, transactionIndex } = receipt;
  const isAsTried = Number(gasUsed) === run.gasUsed && (status === "0x1") === (run.error === null);
  const { output = "0x", error = null } = isAsTried ? run : await trace(TOP_CALL);
  const bare = place.traceTransfers ? logsWithTransfers(await trace(WITH_LOGS)) : receipt.logs;
  const { number: blockNumber, hash: blockHash, timestamp: blockTimestamp } = place.block;
  const at = { blockNumber, transactionHash: hash, transactionIndex, blockHash, blockTimestamp, removed: false };
  const logs = bare.map(({ address, topics, data }: BareLog, index) => {
    return { address, topics, data, ...at, logIndex: `0x${(place.firstLog + index).toString(16)}` };
  });
  const result = { status, returnData: output, gasUsed, logs };
  return status === "0x1" ? result : { ...result, error: failureOf({ output, error }, stoppedAt) };
}

interface Ended {
  readonly output?: Hex;
  readonly error?: string;
}

type Receipt = RpcReceipt & { readonly gasUsed: Hex; readonly transactionIndex: Hex };

/** In the words and codes that execution-apis has for it. */
function failureOf({ output, error }: Pick<Run, "output" | "error">, stoppedAt: number | null): NonNullable<CallResult["error"]> {
  if (error === "execution reverted") {
    const reason = reasonOf(output);
    return { code: 3, message: reason === null ? error : `${error}: ${reason}`, data: output };
  }
  const why = isOutOfGas({ error }) && stoppedAt !== null ? ` (it was stopped after ${stoppedAt}; --call-gas allows more)` : "";
  return { code: SIMULATE.vmError, message: `vm execution error: ${error ?? "unknown"}${why}` };
}
