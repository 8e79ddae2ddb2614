import { isDeepStrictEqual } from "node:util";
import { ApiError, refuse } from "../model/errors.ts";
import type { Page, PageQuery } from "../model/page.ts";
import type { User, UserCreate, UserUpdate } from "../model/user.ts";
import type { Chain } from "../ports/chain.ts";
import type { Reader } from "../ports/store.ts";
import type { Unit } from "../ports/unit-of-work.ts";
import { mergeMetadata, mergeObject, patched } from "./merge-patch.ts";
import { page } from "./pages.ts";

interface UserFilter {
  readonly email?: string | undefined;
  readonly external_id?: string | undefined;
  readonly role?: "earner" | "sponsor" | undefined;
  readonly status?: User["status"] | undefined;
  readonly wallet_address?: string | undefined;
}

/** Users and their wallets. A user without a wallet of their own gets one that the token contract derives from the id. */
export class Users {
  readonly #chain: Pick<Chain, "identity" | "idHash" | "walletOf" | "checksum">;

  constructor(chain: Pick<Chain, "identity" | "idHash" | "walletOf" | "checksum">) {
    this.#chain = chain;
  }

  /** Throws EMAIL_ALREADY_EXISTS, EXTERNAL_ID_ALREADY_EXISTS, WALLET_ALREADY_LINKED, INVALID_WALLET_ADDRESS. */
  create(unit: Unit, input: UserCreate): User {
    const id = unit.newId("usr");
    const email = input.email.toLowerCase();
    this.#refuseTaken(unit, null, "email", email);
    this.#refuseTaken(unit, null, "external_id", input.external_id);
    const user: User = {
      id,
      object: "user",
      external_id: input.external_id ?? null,
      email,
      display_name: input.display_name,
      type: input.type ?? "individual",
      roles: input.roles ?? ["earner"],
      status: "active",
      wallet: this.#wallet(unit, id, input.wallet_address),
      organization: input.organization ?? null,
      locale: input.locale ?? null,
      metadata: input.metadata ?? {},
      created_at: unit.at,
      updated_at: unit.at,
    };
    unit.put("users", user);
    unit.emit("user.created", user);
    return user;
  }

  /** Deleted users too. Throws USER_NOT_FOUND. */
  get(records: Reader, id: string): User {
    const user = records.get("users", id);
    if (!user) throw userNotFound(id);
    return user;
  }

  list(records: Reader, filter: UserFilter, query: PageQuery): Page<User> {
    const wallet = filter.wallet_address === undefined ? undefined : this.#checksum(filter.wallet_address);
    if (wallet === null) throw refuse("VALIDATION_FAILED", "The checksum (EIP-55) of wallet_address is wrong.", "/wallet_address");
    const email = filter.email?.toLowerCase();
    const index = email
      ? { name: "email", key: email }
      : filter.external_id
        ? { name: "external_id", key: filter.external_id }
        : wallet
          ? { name: "wallet", key: wallet }
          : undefined;
    const where = (user: User) =>
      (email === undefined || user.email === email) &&
      (filter.external_id === undefined || user.external_id === filter.external_id) &&
      (filter.role === undefined || user.roles.includes(filter.role)) &&
      (filter.status === undefined || user.status === filter.status) &&
      (wallet === undefined || user.wallet.address === wallet);
    return page(records, "users", query, { ...(index ? { index } : {}), where });
  }

  /** Merge patch (RFC 7396). Throws as `create`, and USER_NOT_FOUND, USER_DELETED, WALLET_IN_USE. */
  async update(unit: Unit, id: string, patch: UserUpdate): Promise<User> {
    const before = this.#living(unit, id);
    const organization = mergeObject(before.organization, patch.organization, "/organization", ["name", "website", "audience"]);
    const metadata = mergeMetadata(before.metadata, patch.metadata);
    const email = patch.email?.toLowerCase() ?? before.email;
    this.#refuseTaken(unit, id, "email", email);
    this.#refuseTaken(unit, id, "external_id", patch.external_id);
    const wallet = patch.wallet_address === undefined ? before.wallet : this.#wallet(unit, id, patch.wallet_address);
    if (wallet.address !== before.wallet.address) await this.#refuseInUse(unit, before);
    const user: User = {
      ...before,
      external_id: patched(patch.external_id, before.external_id, null),
      email,
      display_name: patch.display_name ?? before.display_name,
      type: patched(patch.type, before.type, "individual"),
      roles: patched(patch.roles, before.roles, ["earner"]),
      status: patched(patch.status, before.status, "active"),
      wallet,
      organization,
      locale: patched(patch.locale, before.locale, null),
      metadata,
    };
    if (isDeepStrictEqual(user, before)) return before;
    const updated = { ...user, updated_at: unit.at };
    unit.put("users", updated);
    unit.emit("user.updated", updated);
    return updated;
  }

  /**
   * Leaves a tombstone without personal data and scrubs it from events and kept answers; what is on chain stays.
   * Throws USER_NOT_FOUND, USER_DELETED.
   */
  remove(unit: Unit, id: string): void {
    const before = this.#living(unit, id);
    const user: User = {
      ...before,
      external_id: null,
      email: null,
      display_name: null,
      organization: null,
      locale: null,
      metadata: {},
      status: "deleted",
      updated_at: unit.at,
    };
    for (const event of unit.by("events", "subject", id)) {
      if (event.data.object === "user") unit.put("events", { ...event, data: user } as typeof event);
    }
    for (const answer of unit.by("idempotency", "subject", id)) unit.remove("idempotency", answer.id);
    unit.put("users", user);
    unit.emit("user.deleted", user);
  }

  #living(unit: Unit, id: string): User {
    const user = this.get(unit, id);
    if (user.status === "deleted") throw new ApiError("USER_DELETED", `User ${id} was deleted.`);
    return user;
  }

  #refuseTaken(unit: Unit, self: string | null, field: "email" | "external_id", value: string | null | undefined): void {
    if (!value) return;
    const holder = unit.by("users", field, value).find((user) => user.id !== self);
    if (!holder) return;
    const code = field === "email" ? "EMAIL_ALREADY_EXISTS" : "EXTERNAL_ID_ALREADY_EXISTS";
    throw refuse(code, `Another user has this ${field}.`, `/${field}`);
  }

  #wallet(unit: Unit, id: string, given: string | null | undefined): User["wallet"] {
    const { chainId, token, badge, server } = this.#chain.identity;
    const managed = this.#chain.walletOf(this.#chain.idHash(id));
    const address = given ? this.#checksum(given) : managed;
    if (!address || /^0x0{40}$/.test(address)) {
      throw refuse("INVALID_WALLET_ADDRESS", "The wallet address is the zero address or its EIP-55 checksum is wrong.", "/wallet_address");
    }
    if ([token, badge, server].includes(address)) {
      throw refuse("INVALID_WALLET_ADDRESS", "This address belongs to the platform's own contracts.", "/wallet_address");
    }
    if (unit.by("users", "wallet", address).some((user) => user.id !== id && keepsWallet(user))) {
      throw refuse("WALLET_ALREADY_LINKED", "Another user has this wallet.", "/wallet_address");
    }
    const custody = address === managed ? "managed" : "self";
    return { address, account: `eip155:${chainId}:${address}`, chain_id: chainId, custody };
  }

  /** The address with its checksum; null unless it came in lower case or with a right one. */
  #checksum(given: string): string | null {
    const address = this.#chain.checksum(given);
    return given === address || given === given.toLowerCase() ? address : null;
  }

  async #refuseInUse(unit: Unit, user: User): Promise<void> {
    const { address } = user.wallet;
    const pending = unit.by("transactions", "pending_wallet", address).length > 0;
    if (!pending && (await unit.balanceOf(address)) === 0n && (await unit.badgesOf(address)) === 0) return;
    throw refuse("WALLET_IN_USE", "The present wallet holds GETS or a badge; it cannot be replaced.", "/wallet_address");
  }
}

/**
 * The users that a write names, by the members that name them: `{user_id: "usr_…"}`. First all must exist, then each must be active.
 * Throws USER_NOT_FOUND, USER_SUSPENDED, USER_DELETED.
 */
export function activeUsers<Member extends string>(unit: Unit, ids: Readonly<Record<Member, string>>): Record<Member, User> {
  const named = Object.entries<string>(ids).map(([member, id]) => {
    const user = unit.get("users", id);
    if (!user) throw userNotFound(id, `/${member}`);
    return [member, user] as const;
  });
  for (const [member, { id, status }] of named) {
    if (status === "suspended") throw refuse("USER_SUSPENDED", `User ${id} is suspended.`, `/${member}`);
    if (status === "deleted") throw refuse("USER_DELETED", `User ${id} was deleted.`, `/${member}`);
  }
  return Object.fromEntries(named) as Record<Member, User>;
}

/** A deleted user's own wallet may come back with them under a new id; a managed one is theirs for ever. */
function keepsWallet({ status, wallet }: User): boolean {
  return status !== "deleted" || wallet.custody === "managed";
}

/** How a message calls a user. */
export function nameOf(user: User): string {
  return user.display_name ?? user.id;
}

function userNotFound(id: string, path = "/user_id"): ApiError {
  return refuse("USER_NOT_FOUND", `There is no user with the id ${id}.`, path);
}
