import type { Party, Transaction, TransactionType } from "../model/transaction.ts";
import type { User } from "../model/user.ts";
import type { ChainIdentity } from "../ports/chain.ts";
import type { Outcome, Unit } from "../ports/unit-of-work.ts";

interface NewTransaction {
  readonly type: TransactionType;
  /** Decimal GETS. */
  readonly amount: string;
  readonly from?: Party | null;
  readonly to?: Party | null;
  readonly outcome: Outcome;
  readonly reason?: string | null | undefined;
  readonly memo?: string | null | undefined;
  readonly reference?: string | null | undefined;
  readonly metadata?: Transaction["metadata"] | undefined;
}

/** Records a token movement with its events: created, and confirmed when it was mined at once. */
export function newTransaction(unit: Unit, identity: ChainIdentity, input: NewTransaction): Transaction {
  const { outcome } = input;
  const confirmed = outcome.status === "confirmed";
  const log = confirmed ? outcome.logs.find(({ contract, event }) => contract === "token" && event === "Transfer") : undefined;
  const tx: Transaction = {
    id: unit.newId("txn"),
    object: "transaction",
    type: input.type,
    status: outcome.status,
    amount: input.amount,
    symbol: "GETS",
    from: input.from ?? null,
    to: input.to ?? null,
    reason: input.reason ?? null,
    memo: input.memo ?? null,
    reference: input.reference ?? null,
    chain: {
      chain_id: identity.chainId,
      contract_address: identity.token,
      tx_hash: outcome.hash,
      log_index: log?.index ?? null,
      block_number: confirmed ? outcome.block.number : null,
      block_timestamp: confirmed ? new Date(outcome.block.timestamp * 1000).toISOString() : null,
      explorer_url: null,
    },
    failure: null,
    metadata: input.metadata ?? {},
    created_at: unit.at,
    confirmed_at: confirmed ? unit.at : null,
  };
  unit.put("transactions", tx);
  unit.emit("token.transaction.created", tx);
  if (confirmed) unit.emit("token.transaction.confirmed", tx);
  return tx;
}

export function partyOf(user: User): Party {
  return { user_id: user.id, address: user.wallet.address };
}
