/** Calls of our contracts that tests of chain, engine and units of work make. */
import type { ChainCall, Hex } from "../../emulator/ports/chain.ts";

export const GETS = 10n ** 18n;

export const mint = (to: string, amount: bigint): ChainCall => ({ contract: "token", method: "mint", args: [to, amount] });
export const transfer = (salt: Hex, to: string, amount: bigint): ChainCall => ({
  contract: "token",
  method: "operatorTransfer",
  args: [salt, to, amount],
});
export const burn = (salt: Hex, amount: bigint): ChainCall => ({ contract: "token", method: "operatorBurn", args: [salt, amount] });
