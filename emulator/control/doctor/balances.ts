import { formatAmount, parseAmount } from "../../model/amount.ts";
import type { Transaction } from "../../model/transaction.ts";
import type { Chain } from "../../ports/chain.ts";
import type { Store } from "../../ports/store.ts";
import { type Finding, type Patient, ZERO } from "./finding.ts";

export async function supply({ chain, logs }: Patient): Promise<Finding> {
  const problems: string[] = [];
  const addresses = new Set(logs.flatMap(({ from, to }) => [from, to]));
  addresses.delete(ZERO);
  let sum = 0n;
  for (const address of addresses) sum += await chain.balanceOf(address, "latest");
  const total = await chain.totalSupply("latest");
  const { cap } = await chain.tokenInfo();
  if (sum !== total) problems.push(`balances add up to ${formatAmount(sum)}, totalSupply() is ${formatAmount(total)}`);
  if (total > cap) problems.push(`totalSupply() ${formatAmount(total)} is above the cap ${formatAmount(cap)}`);
  return { invariant: "the balances add up to the total supply, which is at most the cap", problems };
}

export async function balances({ records, chain, logs }: Patient): Promise<Finding> {
  const problems: string[] = [];
  const sums = new Map<string, bigint>();
  for (const { from, to, amount } of logs) {
    sums.set(from, (sums.get(from) ?? 0n) - amount);
    sums.set(to, (sums.get(to) ?? 0n) + amount);
  }
  for (const { id, wallet } of records.users ?? []) {
    const logged = sums.get(wallet.address.toLowerCase()) ?? 0n;
    const held = await chain.balanceOf(wallet.address, "latest");
    if (logged !== held) problems.push(`${id}: Transfer logs give ${formatAmount(logged)}, balanceOf() is ${formatAmount(held)}`);
  }
  return { invariant: "each user's balance is the sum of their wallet's Transfer logs", problems };
}

/** What the records say that each address holds, against the chain: for a chain whose hashes are not those recorded. */
export async function compareBalances(store: Store, chain: Chain): Promise<Finding> {
  const sums = new Map<string, bigint>();
  const add = (party: Transaction["from"], amount: bigint) => {
    if (party) sums.set(party.address, (sums.get(party.address) ?? 0n) + amount);
  };
  for (const tx of store.fold().transactions ?? []) {
    if (tx.status !== "confirmed") continue;
    add(tx.from, -parseAmount(tx.amount));
    add(tx.to, parseAmount(tx.amount));
  }
  const problems: string[] = [];
  for (const [address, sum] of sums) {
    const held = await chain.balanceOf(address, "latest");
    if (held !== sum) problems.push(`${address}: transactions give ${sum}, balanceOf() is ${held} (base units)`);
  }
  return { invariant: "each address holds what its transactions add up to", problems };
}
