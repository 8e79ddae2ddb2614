import type { Transaction } from "ethers/transaction";
import { FeeTooLow, type Hex, type ServerTransaction } from "../../ports/chain.ts";
import type { Call, Provider } from "./network.ts";

type Fees = Pick<ServerTransaction, "maxFeePerGas" | "maxPriorityFeePerGas" | "gasPrice">;

const GWEI = 10n ** 9n;
const NO_TIP = "0x0";

/**
 * What the server wallet offers: more than any base fee that blocks reach here, so that none keeps its transactions waiting. It pays the
 * base fee, from a genesis balance that no use exhausts.
 */
export const SERVER_FEES: Fees = { maxFeePerGas: hex(1_000_000n * GWEI), maxPriorityFeePerGas: NO_TIP };
export const SERVER_FUNDS = 10n ** 30n;

const HISTORY: Call = { method: "eth_feeHistory", params: ["0x1", "latest", []] };

/** Base fee of the block that is mined next, in wei. */
export async function nextBaseFee(provider: Provider): Promise<bigint> {
  const { baseFeePerGas } = (await provider.request(HISTORY)) as { baseFeePerGas: readonly Hex[] };
  return BigInt(baseFeePerGas.at(-1) as Hex);
}

/**
 * The fees of a request, with what was left open settled as a node does, but without a tip: nobody competes for blocks here. What
 * contradicts itself is left to the node to refuse.
 */
export function settledFees(request: Readonly<Record<string, unknown>>, baseFee: bigint): Fees {
  const { gasPrice, maxFeePerGas, maxPriorityFeePerGas } = Object.fromEntries(
    ["gasPrice", "maxFeePerGas", "maxPriorityFeePerGas"].map((name) => [name, (request[name] ?? undefined) as Hex | undefined]),
  );
  if (gasPrice !== undefined)
    return { gasPrice, ...(maxFeePerGas ? { maxFeePerGas } : {}), ...(maxPriorityFeePerGas ? { maxPriorityFeePerGas } : {}) };
  const tip = maxPriorityFeePerGas ?? NO_TIP;
  // Room for the base fee to rise while the transaction waits. Where gas is free it stays free.
  const room = baseFee === 0n ? 0n : 2n * baseFee + GWEI;
  return { maxFeePerGas: maxFeePerGas ?? hex(room + BigInt(tip)), maxPriorityFeePerGas: tip };
}

/** Throws FeeTooLow for an offer that the next block would not take. */
export function refuseLowFee({ gasPrice, maxFeePerGas }: Fees, baseFee: bigint): void {
  const offered = maxFeePerGas ?? gasPrice;
  if (offered === undefined || BigInt(offered) >= baseFee) return;
  throw new FeeTooLow(maxFeePerGas === undefined ? "gasPrice" : "maxFeePerGas", BigInt(offered), baseFee);
}

/** The fees that a signed transaction offers. */
export function feesOf(tx: Pick<Transaction, "maxFeePerGas" | "maxPriorityFeePerGas" | "gasPrice">): Fees {
  const { maxFeePerGas, maxPriorityFeePerGas, gasPrice } = tx;
  if (maxFeePerGas !== null) return { maxFeePerGas: hex(maxFeePerGas), maxPriorityFeePerGas: hex(maxPriorityFeePerGas ?? 0n) };
  return gasPrice === null ? {} : { gasPrice: hex(gasPrice) };
}

/** Fees with which a call, where the base fee is 0, sees the gas price that a transaction with `fees` will pay. */
export function paidFees({ gasPrice, maxFeePerGas, maxPriorityFeePerGas }: Fees, baseFee: bigint): Fees {
  const most = BigInt(maxFeePerGas ?? gasPrice ?? 0);
  const wanted = maxFeePerGas === undefined ? most : baseFee + BigInt(maxPriorityFeePerGas ?? 0);
  const paid = hex(wanted < most ? wanted : most);
  return { maxFeePerGas: paid, maxPriorityFeePerGas: paid };
}

function hex(value: bigint): Hex {
  return `0x${value.toString(16)}`;
}
