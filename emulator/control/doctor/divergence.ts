import type { Chain } from "../../ports/chain.ts";
import type { Store } from "../../ports/store.ts";
import { awardsOnChain } from "./awards.ts";
import { compareBalances } from "./balances.ts";

/**
 * What a chain whose hashes are not those recorded does otherwise than the records say: balances, and badges with their owners and
 * revocations. A transaction that its block did not take when the history was repeated shows here.
 */
export async function divergence(store: Store, chain: Chain): Promise<readonly string[]> {
  const badges = await awardsOnChain({ records: store.fold(), store, chain });
  return [...(await compareBalances(store, chain)).problems, ...badges.problems];
}
