import type { Transaction } from "../../model/transaction.ts";
import type { Reader } from "../../ports/store.ts";
import type { Tokens } from "../../services/tokens.ts";
import { nameOf, type Users } from "../../services/users.ts";
import { ok, type Reads, type Reply, type Writes } from "./handler.ts";

/** Operations tagged Tokens. */
export function tokenOperations(tokens: Tokens, users: Users) {
  const reads: Reads<"getToken" | "getUserBalance" | "listTokenTransactions" | "getTokenTransaction"> = {
    async getToken({ world }) {
      const token = await tokens.token(world);
      return ok(token, `${token.total_supply} ${token.symbol} exist.`);
    },
    async getUserBalance({ params, world }) {
      const user = users.get(world.records, params.user_id);
      const balance = await tokens.balance(world, user);
      return ok(balance, `${nameOf(user)} can spend ${balance.balance} GETS.`);
    },
    listTokenTransactions({ query, world }) {
      const page = tokens.transactions(world.records, query, query);
      return ok(page, `${page.items.length} transactions.`);
    },
    getTokenTransaction({ params, world }) {
      const tx = tokens.transaction(world.records, params.transaction_id);
      return ok(tx, `A ${tx.type} of ${tx.amount} GETS, ${tx.status}.`);
    },
  };
  const writes: Writes<"mintTokens" | "transferTokens" | "burnTokens"> = {
    async mintTokens({ body, unit }) {
      const tx = await tokens.mint(unit, body);
      return sent(tx, `${done(tx, "Minted", "Minting")} ${tx.amount} GETS to ${name(unit, tx.to)}.`);
    },
    async transferTokens({ body, unit }) {
      const tx = await tokens.transfer(unit, body);
      const parties = `from ${name(unit, tx.from)} to ${name(unit, tx.to)}`;
      return sent(tx, `${done(tx, "Transferred", "Transferring")} ${tx.amount} GETS ${parties}.`);
    },
    async burnTokens({ body, unit }) {
      const tx = await tokens.burn(unit, body);
      return sent(tx, `${done(tx, "Burnt", "Burning")} ${tx.amount} GETS of ${name(unit, tx.from)}.`);
    },
  };
  return { reads, writes };
}

/** 201 when mined at once, 202 while pending. The message names people, so a deletion forgets the kept answer. */
function sent(tx: Transaction, message: string): Reply {
  const status = tx.status === "pending" ? 202 : 201;
  const subjects = [tx.from?.user_id, tx.to?.user_id].filter((id): id is string => typeof id === "string");
  return { status, data: tx, message, location: `/tokens/transactions/${tx.id}`, subjects };
}

function done(tx: Transaction, past: string, present: string): string {
  return tx.status === "pending" ? present : past;
}

function name(records: Reader, party: Transaction["from"]): string {
  const user = party?.user_id ? records.get("users", party.user_id) : undefined;
  return user ? nameOf(user) : (party?.address ?? "nobody");
}
