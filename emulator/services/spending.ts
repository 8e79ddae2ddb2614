import { parseAmount } from "../model/amount.ts";
import { refuse } from "../model/errors.ts";
import type { User } from "../model/user.ts";
import type { Reader } from "../ports/store.ts";
import type { Unit } from "../ports/unit-of-work.ts";
import { insufficientBalance } from "./chain-errors.ts";

/** Base units that pending transactions will take from the user's wallet. */
export function pendingOutflow(records: Reader, user: User): bigint {
  return records.by("transactions", "pending_from", user.wallet.address).reduce((sum, tx) => sum + parseAmount(tx.amount), 0n);
}

/** The contract refuses an overdraft by itself; only what is still pending must be counted here. Throws INSUFFICIENT_BALANCE. */
export async function refuseOverspending(unit: Unit, user: User, amount: bigint, path = "/amount"): Promise<void> {
  const reserved = pendingOutflow(unit, user);
  if (reserved === 0n) return;
  const available = (await unit.balanceOf(user.wallet.address)) - reserved;
  if (available < amount) throw insufficientBalance(available > 0n ? available : 0n, amount, path);
}

/** Throws WALLET_NOT_MANAGED: the server moves only the wallets it manages. */
export function refuseUnmanaged(user: User, path: string): void {
  if (user.wallet.custody === "managed") return;
  throw refuse("WALLET_NOT_MANAGED", `The wallet of user ${user.id} is their own; only they can move its tokens.`, path);
}
