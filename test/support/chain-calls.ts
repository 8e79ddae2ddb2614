/** Calls of our contracts that tests of chain, engine and units of work make. */
import type { ChainCall, Hex } from "../../emulator/ports/chain.ts";

export const GETS = 10n ** 18n;

/** `K7QWZ3M`. */
export const GETS_ID: Hex = "0x4b3751575a334d";

export const mint = (to: string, amount: bigint): ChainCall => ({ contract: "token", method: "mint", args: [to, amount] });
export const transfer = (salt: Hex, to: string, amount: bigint): ChainCall => ({
  contract: "token",
  method: "operatorTransfer",
  args: [salt, to, amount],
});
export const burn = (salt: Hex, amount: bigint): ChainCall => ({ contract: "token", method: "operatorBurn", args: [salt, amount] });
/** A badge with a minted reward. `title` and GETS ID are any. */
export const claim = (to: string, tokenId: bigint, awardId: Hex, amount: bigint, title = "Chain reader"): ChainCall => ({
  contract: "badge",
  method: "claim",
  args: [to, tokenId, GETS_ID, title, awardId, amount, 0],
});
