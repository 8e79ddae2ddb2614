import { formatAmount } from "../model/amount.ts";
import type { Party, Transaction } from "../model/transaction.ts";
import type { Block, Chain, ChainLog, Receipt } from "../ports/chain.ts";
import type { Mined, Unit } from "../ports/unit-of-work.ts";
import { failureOf } from "./chain-errors.ts";
import { newTransaction, partyOf } from "./transactions.ts";

/** An award whose step has been mined: it goes on, or back. */
interface PendingAwards {
  settled(unit: Unit, mined: Mined): Promise<void>;
}

/**
 * What mined blocks did beside the transactions of their unit: pending transactions become confirmed or failed, the awards that
 * wait for them go on, and a wallet's own transfers become transactions of type `external`.
 */
export function settlement(chain: Pick<Chain, "identity" | "checksum">, awards: PendingAwards) {
  return async function settle(unit: Unit, mined: readonly Mined[]): Promise<void> {
    for (const one of mined) {
      const { block, receipt } = one;
      const isOurs = unit.get("submissions", receipt.hash)?.origin === "api";
      unit.remove("submissions", receipt.hash);
      for (const tx of unit.by("transactions", "hash", receipt.hash)) finish(unit, tx, block, receipt);
      if (isOurs) await awards.settled(unit, one);
      else for (const log of receipt.logs) if (isTransfer(log)) recordExternal(chain, unit, block, receipt, log);
    }
  };
}

function finish(unit: Unit, tx: Transaction, block: Block, receipt: Receipt): void {
  if (tx.status !== "pending") return;
  const log = receipt.logs.find(isTransfer);
  const chain = { ...tx.chain, block_number: block.number, block_timestamp: instant(block) };
  if (receipt.failure || !log) {
    const failed: Transaction = { ...tx, status: "failed", chain, failure: failureOf(receipt.failure) };
    unit.put("transactions", failed);
    unit.emit("token.transaction.failed", failed);
    return;
  }
  const confirmed: Transaction = { ...tx, status: "confirmed", chain: { ...chain, log_index: log.index }, confirmed_at: unit.at };
  unit.put("transactions", confirmed);
  unit.emit("token.transaction.confirmed", confirmed);
}

function recordExternal(chain: Pick<Chain, "identity" | "checksum">, unit: Unit, block: Block, receipt: Receipt, log: ChainLog): void {
  const { from, to, amount } = log.args as { from: string; to: string; amount: bigint };
  newTransaction(unit, chain.identity, {
    type: "external",
    amount: formatAmount(amount),
    from: party(chain, unit, from),
    to: party(chain, unit, to),
    outcome: { status: "confirmed", hash: receipt.hash, block, logs: [log] },
  });
}

/** Null for the zero address: minted or burnt. */
function party(chain: Pick<Chain, "checksum">, unit: Unit, address: string): Party | null {
  if (/^0x0{40}$/.test(address)) return null;
  const checked = chain.checksum(address) as string;
  const holders = unit.by("users", "wallet", checked);
  const user = holders.find(({ status }) => status !== "deleted") ?? holders[0];
  return user ? partyOf(user) : { user_id: null, address: checked };
}

function isTransfer(log: ChainLog): boolean {
  return log.contract === "token" && log.event === "Transfer";
}

function instant(block: Block): string {
  return new Date(block.timestamp * 1000).toISOString();
}
