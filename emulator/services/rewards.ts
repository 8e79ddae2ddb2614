import { parseAmount } from "../model/amount.ts";
import type { AwardRecord } from "../model/award.ts";
import type { Badge } from "../model/badge.ts";
import type { Party, Transaction } from "../model/transaction.ts";
import type { User } from "../model/user.ts";
import type { Chain, ChainCall } from "../ports/chain.ts";
import type { Outcome, Unit } from "../ports/unit-of-work.ts";
import { onChain } from "./chain-errors.ts";
import { claimCall } from "./claim-call.ts";
import type { Mining } from "./mining.ts";
import { refuseOverspending, refuseUnmanaged } from "./spending.ts";
import { newTransaction, partyOf } from "./transactions.ts";

/** What a step of an award did on the chain: one transaction, and the movement of GETS in it, if any. */
export interface Leg {
  readonly outcome: Outcome;
  readonly transaction: Transaction | null;
}

/** The part of an award that happens on the chain. Each method throws TOKEN_PAUSED and TRANSACTION_REVERTED. */
export class Rewards {
  readonly #chain: Pick<Chain, "identity" | "idHash" | "walletOf">;
  readonly #mining: Mining;

  constructor(chain: Pick<Chain, "identity" | "idHash" | "walletOf">, mining: Mining) {
    this.#chain = chain;
    this.#mining = mining;
  }

  /** Holds the reward back from the sponsor's wallet. Throws WALLET_NOT_MANAGED, INSUFFICIENT_BALANCE. */
  async lock(unit: Unit, award: AwardRecord, sponsor: User): Promise<Leg> {
    const amount = parseAmount(award.reward.amount);
    refuseUnmanaged(sponsor, "");
    await refuseOverspending(unit, sponsor, amount, "");
    const salt = this.#chain.idHash(sponsor.id);
    const outcome = await this.#send(unit, { contract: "token", method: "lock", args: [this.#chain.idHash(award.id), salt, amount] });
    return { outcome, transaction: this.#record(unit, award, outcome, "lock", partyOf(sponsor), this.#escrow()) };
  }

  /** Mints the badge to the recipient and pays the reward, both or neither. Throws MAX_SUPPLY_EXCEEDED. */
  async claim(unit: Unit, award: AwardRecord, recipient: User): Promise<Leg> {
    const badge = unit.get("badges", award.badge_id) as Badge;
    const outcome = await this.#send(unit, claimCall(this.#chain, award, badge, recipient.wallet.address));
    const [type, from] = award.reward.funding === "mint" ? (["reward", null] as const) : (["release", this.#escrow()] as const);
    return { outcome, transaction: this.#record(unit, award, outcome, type, from, partyOf(recipient)) };
  }

  /** Gives a locked reward back to the managed wallet it came from, whatever wallet the sponsor has now. */
  async refund(unit: Unit, award: AwardRecord, sponsor: User): Promise<Leg> {
    const outcome = await this.#send(unit, { contract: "token", method: "refund", args: [this.#chain.idHash(award.id)] });
    return { outcome, transaction: this.#record(unit, award, outcome, "refund", this.#escrow(), this.#managed(sponsor)) };
  }

  /** Flags a claimed badge; it stays with its owner, and so does the reward. */
  async revoke(unit: Unit, award: AwardRecord): Promise<Leg> {
    const outcome = await this.#send(unit, { contract: "badge", method: "revoke", args: [BigInt(award.token_id)] });
    return { outcome, transaction: null };
  }

  /** Where a claimed award is on the chain. */
  placeOf(award: AwardRecord, tx_hash: string, block_number: number): NonNullable<AwardRecord["chain"]> {
    return { contract_address: this.#chain.identity.badge, token_id: award.token_id, tx_hash, block_number, locked: true };
  }

  #managed({ id }: User): Party {
    return { user_id: id, address: this.#chain.walletOf(this.#chain.idHash(id)) };
  }

  /** Locked rewards are held by the token contract itself. */
  #escrow(): Party {
    return { user_id: null, address: this.#chain.identity.token };
  }

  async #send(unit: Unit, call: ChainCall): Promise<Outcome> {
    const [outcome] = await onChain(unit.transact([call]), "");
    if (!outcome) throw new Error("a call without an outcome");
    this.#mining.submitted(unit, outcome, "api");
    return outcome;
  }

  #record(unit: Unit, award: AwardRecord, outcome: Outcome, type: Transaction["type"], from: Party | null, to: Party): Transaction {
    return newTransaction(unit, this.#chain.identity, { type, amount: award.reward.amount, from, to, outcome, reference: award.id });
  }
}
