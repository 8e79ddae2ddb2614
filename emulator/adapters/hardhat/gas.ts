import type { ChainCall, Hex } from "../../ports/chain.ts";

/** At most what each call takes, the transaction's own 21 000 and 10 % to spare included (test/contracts/gas.md has what was measured). */
const MOST: Readonly<Record<ChainCall["method"], number>> = {
  mint: 81_000,
  operatorTransfer: 63_000,
  operatorBurn: 45_000,
  lock: 120_000,
  refund: 68_000,
  pause: 55_000,
  unpause: 30_000,
  revoke: 37_000,
  claim: 182_000,
};

/** A storage slot that is written for the first time, and its bytes on the way there. */
const SLOT = 23_000;

/** An upper bound of the gas that a call takes. A title is taken to be stored. */
export function gasOf(call: ChainCall): number {
  if (call.method !== "claim") return MOST[call.method];
  const [, , , title] = call.args;
  return MOST.claim + SLOT * (1 + Math.ceil(Buffer.byteLength(title) / 32));
}

/** What a call must pay to be taken into a block (EIP-7623: ten units of gas for a zero byte, forty for another). */
export function leastGas(data: Hex): number {
  const bytes = Buffer.from(data.slice(2), "hex");
  return 21_000 + bytes.reduce((gas, byte) => gas + (byte === 0 ? 10 : 40), 0);
}
