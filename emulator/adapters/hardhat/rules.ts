import type { ChainRules } from "../../ports/chain.ts";
import { DataUnsupported } from "../../ports/store.ts";
import { CONTRACTS } from "./contracts.ts";
import { BASE_FEE, BLOCK_GAS_LIMIT, HARDFORK, TX_GAS_CAP } from "./settings.ts";

/** What the maker of a new chain may choose. */
interface ChosenRules {
  /** Wei per unit of gas; 0: gas is free. */
  readonly baseFee?: number | undefined;
  readonly publicUrl?: string | undefined;
}

/** Rules that a journal may name: those of new chains since the data format was frozen. */
const HARDFORKS: readonly string[] = [HARDFORK];

/**
 * Contracts of earlier releases that are called as today's are: their chains replay the code in their own journal. Contracts that are
 * called otherwise need an encoder of their own before they can be listed.
 */
const EARLIER_CONTRACTS: readonly string[] = [];

/** The rules of a new chain. */
export function newRules({ baseFee = BASE_FEE, publicUrl = "" }: ChosenRules = {}): ChainRules {
  return {
    hardfork: HARDFORK,
    block_gas_limit: BLOCK_GAS_LIMIT,
    tx_gas_cap: TX_GAS_CAP,
    base_fee: baseFee,
    contracts: CONTRACTS,
    external_base: publicUrl,
  };
}

/** Throws DataUnsupported for a chain that this release cannot make again. */
export function refuseUnknownRules({ hardfork, contracts }: ChainRules): void {
  if (HARDFORKS.includes(hardfork) && [CONTRACTS, ...EARLIER_CONTRACTS].includes(contracts)) return;
  const what = HARDFORKS.includes(hardfork) ? `contracts ${contracts}` : `hardfork ${hardfork}`;
  throw new DataUnsupported(
    `The chain of the data folder was made with the ${what}, which this release does not know: open it with the release that made it, or a later one.`,
  );
}
