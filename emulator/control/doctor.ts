import { formatAmount, parseAmount } from "../model/amount.ts";
import type { EventType } from "../model/event.ts";
import type { Transaction } from "../model/transaction.ts";
import type { Chain, TransferLog } from "../ports/chain.ts";
import type { Store } from "../ports/store.ts";
import type { UnitOfWork } from "../ports/unit-of-work.ts";

/** One invariant and what breaks it. */
export interface Finding {
  readonly invariant: string;
  readonly problems: readonly string[];
}

const ZERO = `0x${"0".repeat(40)}`;

/** Checks the invariants (API.md §5) on the chain itself, between two units. */
export function examine(world: UnitOfWork, store: Store, chain: Chain): Promise<Finding[]> {
  return world.quiet(async () => {
    const logs = await chain.transfers("latest");
    const transactions = (store.fold().transactions ?? []) as readonly Transaction[];
    return [
      await supply(chain, logs),
      await balances(store, chain, logs),
      movements(transactions, logs),
      events(store, transactions),
      times(transactions),
      await heads(world, chain),
    ];
  });
}

async function supply(chain: Chain, logs: readonly TransferLog[]): Promise<Finding> {
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

async function balances(store: Store, chain: Chain, logs: readonly TransferLog[]): Promise<Finding> {
  const problems: string[] = [];
  const sums = new Map<string, bigint>();
  for (const { from, to, amount } of logs) {
    sums.set(from, (sums.get(from) ?? 0n) - amount);
    sums.set(to, (sums.get(to) ?? 0n) + amount);
  }
  for (const { id, wallet } of store.fold().users ?? []) {
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

/** Each confirmed transaction is one Transfer log with its accounts and amount, and each log is one transaction. */
function movements(transactions: readonly Transaction[], logs: readonly TransferLog[]): Finding {
  const problems: string[] = [];
  const open = new Map(logs.map((log) => [`${log.hash} ${log.index}`, log]));
  for (const tx of transactions) {
    if (tx.status !== "confirmed") continue;
    const place = `${tx.chain.tx_hash} ${tx.chain.log_index}`;
    const log = open.get(place);
    open.delete(place);
    if (!log) problems.push(`${tx.id}: no Transfer log at ${place}`);
    else if (!sameMovement(tx, log)) problems.push(`${tx.id}: the Transfer log at ${place} moves something else`);
  }
  for (const [place, log] of open) {
    problems.push(`Transfer log ${place} of ${formatAmount(log.amount)} GETS in block ${log.block} has no transaction`);
  }
  return { invariant: "each confirmed transaction is one Transfer log, and each log one transaction", problems };
}

function sameMovement(tx: Transaction, log: TransferLog): boolean {
  const from = tx.from?.address.toLowerCase() ?? ZERO;
  const to = tx.to?.address.toLowerCase() ?? ZERO;
  return parseAmount(tx.amount) === log.amount && (from === log.from || tx.from === null) && (to === log.to || tx.to === null);
}

/** Each state change has exactly one event of its type. */
function events(store: Store, transactions: readonly Transaction[]): Finding {
  const problems: string[] = [];
  const expect = (subject: string, type: EventType, times: number) => {
    const found = store.by("events", "subject", subject).filter((event) => event.type === type).length;
    if (found !== times) problems.push(`${subject} has ${found} events ${type}, not ${times}`);
  };
  for (const tx of transactions) {
    expect(tx.id, "token.transaction.created", 1);
    expect(tx.id, "token.transaction.confirmed", Number(tx.status === "confirmed"));
    expect(tx.id, "token.transaction.failed", Number(tx.status === "failed"));
  }
  for (const user of store.fold().users ?? []) {
    expect(user.id, "user.created", 1);
    expect(user.id, "user.deleted", Number(user.status === "deleted"));
  }
  return { invariant: "each state change has exactly one event of its type", problems };
}

function times(transactions: readonly Transaction[]): Finding {
  const problems: string[] = [];
  for (const { id, confirmed_at, chain } of transactions) {
    if (confirmed_at === null || chain.block_timestamp === null) continue;
    const apart = Math.abs(Date.parse(confirmed_at) - Date.parse(chain.block_timestamp));
    if (apart > 1000) problems.push(`${id}: confirmed at ${confirmed_at} in a block of ${chain.block_timestamp}`);
  }
  return { invariant: "each block's timestamp is within a second of its transactions' confirmed_at", problems };
}

async function heads(world: UnitOfWork, chain: Chain): Promise<Finding> {
  const { number } = await chain.head();
  const problems = number === world.committedBlock ? [] : [`the chain is at block ${number}, the journal at ${world.committedBlock}`];
  return { invariant: "chain and journal end in the same block", problems };
}
