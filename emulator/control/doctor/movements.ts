import { formatAmount, parseAmount } from "../../model/amount.ts";
import type { Transaction } from "../../model/transaction.ts";
import type { TransferLog } from "../../ports/chain.ts";
import { type Finding, type Patient, ZERO } from "./finding.ts";

/** Each confirmed transaction is one Transfer log with its accounts and amount, and each log is one transaction. */
export function movements({ records, logs }: Patient): Finding {
  const problems: string[] = [];
  const open = new Map(logs.map((log) => [`${log.hash} ${log.index}`, log]));
  for (const tx of records.transactions ?? []) {
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

export function times({ records }: Patient): Finding {
  const problems: string[] = [];
  for (const { id, confirmed_at, chain } of records.transactions ?? []) {
    if (confirmed_at === null || chain.block_timestamp === null) continue;
    const apart = Math.abs(Date.parse(confirmed_at) - Date.parse(chain.block_timestamp));
    if (apart > 1000) problems.push(`${id}: confirmed at ${confirmed_at} in a block of ${chain.block_timestamp}`);
  }
  return { invariant: "each block's timestamp is within a second of its transactions' confirmed_at", problems };
}
