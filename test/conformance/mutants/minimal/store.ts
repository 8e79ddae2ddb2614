import { createHash } from "node:crypto";
import { newId, Refused, type Reply } from "./http.ts";
import type { Plain, Rules } from "./rules.ts";

/** Users and tokens in memory: no chain, no files. */
export class Store {
  readonly users: Plain[] = [];
  readonly transactions: Plain[] = [];
  readonly #balances = new Map<string, bigint>();
  readonly #rules: Rules;

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  user(id: unknown): Plain {
    const found = this.users.find((each) => each.id === id);
    if (!found) throw new Refused(404, "USER_NOT_FOUND");
    return found;
  }

  createUser(body: Plain): Reply {
    const id = newId("usr");
    const wallet = { address: hex(id, 40), account: `eip155:1:${hex(id, 40)}`, chain_id: 1, custody: "managed" };
    const at = now();
    const defaults = { external_id: null, type: "individual", roles: ["earner"], locale: null, metadata: {} };
    const user = { ...defaults, ...canonical(body), id, object: "user", status: "active", wallet, organization: null };
    this.#refuseTaken(user);
    this.users.push({ ...user, created_at: at, updated_at: at });
    return { status: 201, data: this.users.at(-1), location: `/v1/users/${id}` };
  }

  updateUser(id: string, body: Plain): Reply {
    const before = this.user(id);
    if (before.status === "deleted") throw new Refused(409, "USER_DELETED");
    const after = { ...this.#rules.patched(before, canonical(body)), updated_at: now() };
    this.#refuseTaken(after);
    this.users[this.users.indexOf(before)] = after;
    return { status: 200, data: after };
  }

  deleteUser(id: string): Reply {
    const { wallet, created_at, type, roles } = this.user(id);
    const gone = { email: null, display_name: null, external_id: null, organization: null, locale: null, metadata: {} };
    const deleted = { id, object: "user", ...gone, type, roles, status: "deleted", wallet, created_at, updated_at: now() };
    this.users[this.users.findIndex((each) => each.id === id)] = deleted;
    return { status: 204, data: null };
  }

  balance(id: string): Plain {
    const { wallet } = this.user(id);
    const balance = this.#rules.decimal(this.#balances.get(id) ?? 0n);
    return {
      object: "balance",
      user_id: id,
      address: wallet.address,
      balance,
      symbol: "GETS",
      decimals: 18,
      block_number: this.transactions.length,
    };
  }

  token(): Plain {
    const total = [...this.#balances.values()].reduce((sum, each) => sum + each, 0n);
    const facts = { name: "GetSmart Token", symbol: "GETS", decimals: 18, contract_address: CONTRACT, chain_id: 1 };
    return { object: "token", ...facts, max_supply: "1000000000000", total_supply: this.#rules.decimal(total) };
  }

  /** Mint, transfer or burn: whoever is null is nobody's wallet. Checked whole before anything changes. */
  move(type: string, from: string | null, to: string | null, body: Plain): Reply {
    const parties = [from, to].map((id) => (id === null ? null : this.user(id)));
    if (parties.some((user) => user && user.status !== "active")) throw new Refused(409, "USER_DELETED");
    const units = this.#rules.unitsOf(body.amount);
    if (units === null) throw new Refused(400, "VALIDATION_FAILED");
    if (units <= 0n) throw new Refused(422, "INVALID_AMOUNT");
    if (from !== null && from === to) throw new Refused(422, "TRANSFER_NOT_ALLOWED");
    if (from === null && units > MAX_SUPPLY) throw new Refused(422, "MAX_SUPPLY_EXCEEDED");
    if (from !== null) {
      const left = this.#rules.debited(this.#balances.get(from) ?? 0n, units);
      if (left === null) throw new Refused(422, "INSUFFICIENT_BALANCE");
      this.#balances.set(from, left);
    }
    if (to !== null) this.#balances.set(to, this.#rules.credited(this.#balances.get(to) ?? 0n, units));
    return { status: 201, ...this.#recorded(type, parties, this.#rules.decimal(units), body) };
  }

  #recorded(type: string, [from, to]: readonly (Plain | null | undefined)[], amount: string, body: Plain) {
    const [id, at] = [newId("txn"), now()];
    const party = (user: Plain | null | undefined) => user && { user_id: user.id, address: user.wallet.address };
    const block = { block_number: this.transactions.length + 1, block_timestamp: at, explorer_url: null };
    const chain = { chain_id: 1, contract_address: CONTRACT, tx_hash: hex(id, 64), log_index: 0, ...block };
    const notes = { reason: null, memo: null, reference: null, metadata: {}, ...body };
    const { reason, memo, reference, metadata } = notes as Plain;
    const money = { type, status: "confirmed", amount, symbol: "GETS", from: party(from), to: party(to) };
    const rest = { reason, memo, reference, chain, failure: null, metadata, created_at: at, confirmed_at: at };
    const data = { id, object: "transaction", ...money, ...rest };
    this.transactions.push(data);
    return { data, location: `/v1/tokens/transactions/${id}` };
  }

  #refuseTaken({ id, email, external_id }: Plain): void {
    const others = this.users.filter((each) => each.id !== id);
    if (email && others.some((each) => each.email?.toLowerCase() === email.toLowerCase())) throw new Refused(409, "EMAIL_ALREADY_EXISTS");
    if (external_id && others.some((each) => each.external_id === external_id)) throw new Refused(409, "EXTERNAL_ID_ALREADY_EXISTS");
  }
}

const MAX_SUPPLY = 10n ** 30n;
const CONTRACT = hex("GETS", 40);
let last = 0;

/** Later than any instant before, so that a change moves `updated_at`. */
function now(): string {
  last = Math.max(Date.now(), last + 1);
  return new Date(last).toISOString();
}

function canonical({ email, ...body }: Plain): Plain {
  return email === undefined ? body : { ...body, email: email.toLowerCase() };
}

function hex(text: string, digits: number): string {
  return `0x${createHash("sha256").update(text).digest("hex").slice(0, digits)}`;
}
