import type { ChainCall } from "../../ports/chain.ts";

/** At most what each call takes, the transaction's own 21 000 and 10 % to spare included (test/contracts/gas.md has what was measured). */
const MOST: Readonly<Record<ChainCall["method"], number>> = {
  mint: 81_000,
  operatorTransfer: 63_000,
  operatorBurn: 45_000,
  lock: 120_000,
  refund: 68_000,
  pause: 55_000,
  unpause: 30_000,
  revoke: 60_000,
  claim: 165_000,
};

/** A storage slot that is written for the first time, and its bytes on the way there. */
const SLOT = 23_000;

/** An upper bound of the gas that a call takes. Texts are taken to be stored. */
export function gasOf({ method, args }: ChainCall): number {
  const texts = (args as readonly unknown[]).filter((arg): arg is string => typeof arg === "string" && !arg.startsWith("0x"));
  return MOST[method] + texts.reduce((sum, text) => sum + SLOT * (1 + Math.ceil(Buffer.byteLength(text) / 32)), 0);
}
