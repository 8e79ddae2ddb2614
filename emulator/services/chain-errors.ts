import { formatAmount } from "../model/amount.ts";
import { type ApiError, type ErrorCode, refuse } from "../model/errors.ts";
import type { Transaction } from "../model/transaction.ts";
import { ChainRevert } from "../ports/chain.ts";

const CODES: Readonly<Record<string, ErrorCode>> = {
  ERC20InsufficientBalance: "INSUFFICIENT_BALANCE",
  ERC20ExceededCap: "MAX_SUPPLY_EXCEEDED",
  EnforcedPause: "TOKEN_PAUSED",
};

/** Runs chain work, turning a contract's refusal into the API's. `path`: the member of the request that says the amount. */
export async function onChain<T>(work: Promise<T>, path = "/amount"): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof ChainRevert ? refusalOf(error, path) : error;
  }
}

/** The API's refusal for a contract's custom error (ERC-6093 and ours). */
export function refusalOf(revert: ChainRevert, path = "/amount"): ApiError {
  const code = CODES[revert.error] ?? "TRANSACTION_REVERTED";
  const facts = { revert_error: revert.error };
  if (code === "INSUFFICIENT_BALANCE") {
    const [, available, required] = revert.args as [string, bigint, bigint];
    return insufficientBalance(available, required, path);
  }
  if (code === "MAX_SUPPLY_EXCEEDED") {
    return refuse(code, "The mint would exceed the maximum supply of GETS.", path, facts);
  }
  if (code === "TOKEN_PAUSED") return refuse(code, "GETS is paused: no tokens move until it is unpaused.", "", facts);
  return refuse(code, `The contract refused the transaction: ${revert.error}.`, "", facts);
}

export function insufficientBalance(available: bigint, required: bigint, path = "/amount"): ApiError {
  const facts = { available: formatAmount(available), required: formatAmount(required) };
  return refuse("INSUFFICIENT_BALANCE", `The balance is ${facts.available} GETS; ${facts.required} GETS are needed.`, path, facts);
}

/** The `failure` of a transaction that was pending and then reverted. */
export function failureOf(revert: ChainRevert | null): NonNullable<Transaction["failure"]> {
  const refusal = refusalOf(revert ?? new ChainRevert("Unknown"));
  return { code: refusal.code, message: refusal.message, revert_error: revert?.error ?? null };
}
