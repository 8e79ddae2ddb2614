import { Interface, keccak256, parseUnits, Wallet } from "ethers";
import { FUNDED_ACCOUNTS } from "../../emulator/adapters/hardhat/accounts.ts";
import type { Random } from "../support/random.ts";
import type { Client } from "./client.ts";
import type { Model, Person, Write } from "./model.ts";

const AMOUNTS = ["1", "2.5", "0.000000000000000001", "7.000000000000000003", "0.125"];
const TOO_MUCH = "900000000";
const ERC20 = new Interface(["function transfer(address to, uint256 amount)"]);

/** Which writes a client sends, how often. */
const MIX = { user: 15, patch: 20, mint: 30, transfer: 20, burn: 15 };

/** Makes writes with markers that are never used twice, on people whom the model knows. */
export class Writes {
  readonly #random: Random;
  #count = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  next(model: Model): Write {
    const random = this.#random;
    const managed = [...model.people.values()].filter((person) => person.managed);
    const kind = managed.length < 3 ? "user" : random.weighted(MIX);
    if (kind === "user") return this.user();
    if (kind === "patch") return this.patch(random.pick(managed));
    // Now and then more than anybody has: a refusal that is kept under its key too.
    const amount = kind !== "mint" && random.chance(0.1) ? TOO_MUCH : random.pick(AMOUNTS);
    if (kind === "mint") return this.mint(random.pick([...model.people.values()]), amount);
    const [from, to] = [random.pick(managed), random.pick([...model.people.values()])];
    return kind === "burn" || from === to ? this.burn(from, amount) : this.transfer(from, to, amount);
  }

  user(wallet?: string): Write {
    const marker = this.#marker();
    const body = {
      email: `${marker}@example.com`,
      display_name: marker,
      external_id: marker,
      ...(wallet ? { wallet_address: wallet } : {}),
    };
    return { marker, leaves: "user", call: { method: "POST", path: "/v1/users", body, key: this.#key(marker) }, moves: [] };
  }

  /** Adds a member to metadata, so that patches of one user meet without hiding each other. */
  patch({ id }: Person): Write {
    const marker = this.#marker();
    const body = { metadata: { [marker]: "patched" } };
    return { marker, leaves: "metadata", call: { method: "PATCH", path: `/v1/users/${id}`, body }, moves: [] };
  }

  mint({ id }: Person, amount: string): Write {
    const marker = this.#marker();
    return this.#movement(marker, "mint", { user_id: id, amount, reason: marker }, [{ user: id, amount: units(amount) }]);
  }

  burn({ id }: Person, amount: string): Write {
    const marker = this.#marker();
    return this.#movement(marker, "burn", { user_id: id, amount, reason: marker }, [{ user: id, amount: -units(amount) }]);
  }

  transfer(from: Person, to: Person, amount: string): Write {
    const marker = this.#marker();
    const body = { from_user_id: from.id, to_user_id: to.id, amount, memo: marker };
    return this.#movement(marker, "transfer", body, moves(from, to, units(amount)));
  }

  #movement(marker: string, action: string, body: unknown, moves: Write["moves"]): Write {
    const call = { method: "POST" as const, path: `/v1/tokens/${action}`, body, key: this.#key(marker) };
    return { marker, leaves: "transaction", call, moves };
  }

  #marker(): string {
    return `w${this.#count++}`;
  }

  #key(marker: string): string | null {
    return this.#random.chance(0.5) ? `key-${marker}` : null;
  }
}

/** The wallet of a self-custody user: it signs for itself and speaks JSON-RPC. */
export class OwnWallet {
  readonly address = FUNDED_ACCOUNTS[0]?.address as string;
  readonly #wallet = new Wallet(FUNDED_ACCOUNTS[0]?.privateKey as string);
  readonly #token: string;
  readonly #chainId: number;
  #nonce: number;

  private constructor(token: string, chainId: number, nonce: number) {
    this.#token = token;
    this.#chainId = chainId;
    this.#nonce = nonce;
  }

  static async of(client: Client): Promise<OwnWallet> {
    const { chain } = await client.get("/_sandbox/info");
    const { address } = FUNDED_ACCOUNTS[0] as { address: string };
    const nonce = await client.ask<string>("eth_getTransactionCount", address, "pending");
    return new OwnWallet(chain.token_address, chain.chain_id, Number(nonce));
  }

  /** A signed transfer, known by its hash before it is sent. */
  async transfer(from: Person, to: Person, amount: string): Promise<{ raw: string; write: Write }> {
    const raw = await this.#wallet.signTransaction({
      chainId: this.#chainId,
      nonce: this.#nonce++,
      to: this.#token,
      data: ERC20.encodeFunctionData("transfer", [to.address, units(amount)]),
      gasLimit: 100_000,
      maxFeePerGas: 10n ** 9n,
      maxPriorityFeePerGas: 0,
    });
    return { raw, write: { marker: keccak256(raw), leaves: "transaction", call: null, moves: moves(from, to, units(amount)) } };
  }
}

function moves(from: Person, to: Person, amount: bigint): Write["moves"] {
  return [
    { user: from.id, amount: -amount },
    { user: to.id, amount },
  ];
}

function units(amount: string): bigint {
  return parseUnits(amount, 18);
}
