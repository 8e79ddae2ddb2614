import { DECIMALS, formatAmount, parseAmount } from "../model/amount.ts";
import { refuse } from "../model/errors.ts";
import type { Page, PageQuery } from "../model/page.ts";
import type { BurnRequest, MintRequest, Transaction, TransactionType, TransferRequest } from "../model/transaction.ts";
import type { User } from "../model/user.ts";
import type { Chain, ChainCall } from "../ports/chain.ts";
import type { Reader } from "../ports/store.ts";
import type { Outcome, Unit, UnitOfWork } from "../ports/unit-of-work.ts";
import { onChain } from "./chain-errors.ts";
import type { Mining } from "./mining.ts";
import { page } from "./pages.ts";
import { pendingOutflow, refuseOverspending, refuseUnmanaged } from "./spending.ts";
import { newTransaction, partyOf } from "./transactions.ts";
import { activeUsers } from "./users.ts";

interface TransactionFilter {
  readonly user_id?: string | undefined;
  readonly type?: TransactionType | undefined;
  readonly status?: Transaction["status"] | undefined;
  /** RFC 3339, both exclusive. */
  readonly created_after?: string | undefined;
  readonly created_before?: string | undefined;
}

interface Balance {
  readonly object: "balance";
  readonly user_id: string;
  readonly address: string;
  readonly balance: string;
  readonly symbol: string;
  readonly decimals: number;
  readonly block_number: number;
}

/** GETS: minting, moving, burning, balances and history. The chain holds the balances; nothing here adds them up. */
export class Tokens {
  readonly #chain: Chain;
  readonly #mining: Mining;

  constructor(chain: Chain, mining: Mining) {
    this.#chain = chain;
    this.#mining = mining;
  }

  /** Throws USER_*, INVALID_AMOUNT, MAX_SUPPLY_EXCEEDED, TOKEN_PAUSED, TRANSACTION_REVERTED. */
  async mint(unit: Unit, input: MintRequest): Promise<Transaction> {
    const { user_id: user } = activeUsers(unit, { user_id: input.user_id });
    const amount = positive(input.amount);
    const outcome = await this.#transact(unit, { contract: "token", method: "mint", args: [user.wallet.address, amount] });
    const { reason, reference, metadata } = input;
    return newTransaction(unit, this.#chain.identity, {
      type: "mint",
      amount: formatAmount(amount),
      to: partyOf(user),
      outcome,
      reason,
      reference,
      metadata: metadata ?? undefined,
    });
  }

  /** Throws as `mint`, and INSUFFICIENT_BALANCE, TRANSFER_NOT_ALLOWED (to oneself), WALLET_NOT_MANAGED. */
  async transfer(unit: Unit, input: TransferRequest): Promise<Transaction> {
    const { from_user_id, to_user_id } = input;
    const { from_user_id: from, to_user_id: to } = activeUsers(unit, { from_user_id, to_user_id });
    const amount = positive(input.amount);
    if (from.id === to.id) throw refuse("TRANSFER_NOT_ALLOWED", "A transfer needs two different users.", "/to_user_id");
    refuseUnmanaged(from, "/from_user_id");
    await refuseOverspending(unit, from, amount);
    const salt = this.#chain.idHash(from.id);
    const outcome = await this.#transact(unit, { contract: "token", method: "operatorTransfer", args: [salt, to.wallet.address, amount] });
    const { memo, metadata } = input;
    return newTransaction(unit, this.#chain.identity, {
      type: "transfer",
      amount: formatAmount(amount),
      from: partyOf(from),
      to: partyOf(to),
      outcome,
      memo,
      metadata: metadata ?? undefined,
    });
  }

  /** Throws as `mint`, and INSUFFICIENT_BALANCE, WALLET_NOT_MANAGED. */
  async burn(unit: Unit, input: BurnRequest): Promise<Transaction> {
    const { user_id: user } = activeUsers(unit, { user_id: input.user_id });
    const amount = positive(input.amount);
    refuseUnmanaged(user, "/user_id");
    await refuseOverspending(unit, user, amount);
    const salt = this.#chain.idHash(user.id);
    const outcome = await this.#transact(unit, { contract: "token", method: "operatorBurn", args: [salt, amount] });
    return newTransaction(unit, this.#chain.identity, {
      type: "burn",
      amount: formatAmount(amount),
      from: partyOf(user),
      outcome,
      reason: input.reason,
    });
  }

  /** Spendable balance: on chain at the last committed block, less what pending transactions will take. */
  balance(world: UnitOfWork, user: User): Promise<Balance> {
    const { address } = user.wallet;
    return world.atCommitted(async (block_number) => {
      const reserved = pendingOutflow(world.records, user);
      const held = await this.#chain.balanceOf(address, block_number);
      const balance = formatAmount(held > reserved ? held - reserved : 0n);
      return { object: "balance", user_id: user.id, address, balance, symbol: "GETS", decimals: DECIMALS, block_number };
    });
  }

  /** The token itself, with its supply at the last committed block. */
  async token(world: UnitOfWork) {
    const { name, symbol, decimals, cap } = await this.#chain.tokenInfo();
    const { token, chainId } = this.#chain.identity;
    return {
      object: "token",
      name,
      symbol,
      decimals,
      contract_address: token,
      chain_id: chainId,
      max_supply: formatAmount(cap),
      total_supply: formatAmount(await world.atCommitted((block) => this.#chain.totalSupply(block))),
    };
  }

  /** Throws TRANSACTION_NOT_FOUND. */
  transaction(records: Reader, id: string): Transaction {
    const tx = records.get("transactions", id);
    if (!tx) throw refuse("TRANSACTION_NOT_FOUND", `There is no transaction with the id ${id}.`, "/transaction_id");
    return tx;
  }

  transactions(records: Reader, filter: TransactionFilter, query: PageQuery): Page<Transaction> {
    const after = filter.created_after === undefined ? Number.NEGATIVE_INFINITY : Date.parse(filter.created_after);
    const before = filter.created_before === undefined ? Number.POSITIVE_INFINITY : Date.parse(filter.created_before);
    const where = (tx: Transaction) => {
      const created = Date.parse(tx.created_at);
      return (
        (filter.type === undefined || tx.type === filter.type) &&
        (filter.status === undefined || tx.status === filter.status) &&
        created > after &&
        created < before
      );
    };
    const index = filter.user_id === undefined ? {} : { index: { name: "user", key: filter.user_id } };
    return page(records, "transactions", query, { ...index, where });
  }

  async #transact(unit: Unit, call: ChainCall): Promise<Outcome> {
    const [outcome] = await onChain(unit.transact([call]));
    if (!outcome) throw new Error("a call without an outcome");
    this.#mining.submitted(unit, outcome, "api");
    return outcome;
  }
}

function positive(text: string): bigint {
  const amount = parseAmount(text);
  if (amount === 0n) throw refuse("INVALID_AMOUNT", "The amount must be greater than zero.", "/amount");
  return amount;
}
