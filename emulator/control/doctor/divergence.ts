import type { Chain } from "../../ports/chain.ts";
import { StorageDamaged, type Store } from "../../ports/store.ts";
import { awardsOnChain } from "./awards.ts";
import { compareBalances } from "./balances.ts";

/**
 * For a chain that was replayed to other hashes than those in the journal. Another release may give other hashes, but not other balances,
 * nor other badges: a transaction that its block did not take when the history was repeated shows there. Throws StorageDamaged.
 */
export async function refuseDivergence(store: Store, chain: Chain, journalFile: string): Promise<void> {
  const balances = await compareBalances(store, chain);
  const badges = await awardsOnChain({ records: store.fold(), store, chain });
  const [problem] = [...balances.problems, ...badges.problems];
  if (problem === undefined) return;
  throw new StorageDamaged(journalFile, null, `the replayed chain does not agree with the records: ${problem}`);
}
