/** A 20-byte address with its EIP-55 checksum. */
export type Address = string;
/** 0x-prefixed hexadecimal. */
export type Hex = string;

/** What the sandbox asks of its two contracts (contracts/*.sol). Amounts are base units; a GETS ID is its seven ASCII characters. */
export type ChainCall =
  | { contract: "token"; method: "mint"; args: [to: Address, amount: bigint] }
  | { contract: "token"; method: "operatorTransfer"; args: [salt: Hex, to: Address, amount: bigint] }
  | { contract: "token"; method: "operatorBurn"; args: [salt: Hex, amount: bigint] }
  | { contract: "token"; method: "lock"; args: [awardId: Hex, salt: Hex, amount: bigint] }
  | { contract: "token"; method: "refund"; args: [awardId: Hex] }
  | { contract: "token"; method: "pause" | "unpause"; args: [] }
  | { contract: "badge"; method: "revoke"; args: [tokenId: bigint] }
  | {
      contract: "badge";
      method: "claim";
      args: [to: Address, tokenId: bigint, getsId: Hex, title: string, awardId: Hex, amount: bigint, funding: 0 | 1];
    };

/** Units of gas, or no more than gets the call into a block, where it then runs out of gas. */
export type GasLimit = number | "scarce";

/** One step of the chain's history, as journaled. Replaying the steps in order gives identical hashes. */
export type ChainStep =
  | { readonly tx: ServerTransaction; readonly hash: Hex }
  | { readonly raw: Hex; readonly hash: Hex }
  | { readonly mine: { readonly timestamp: number; readonly number: number; readonly hash: Hex } };

/** A transaction of somebody else: signed, or to be signed by a funded account. */
export type ExternalTransaction = { readonly raw: Hex } | { readonly from: Address; readonly request: Readonly<Record<string, unknown>> };

/** A transaction that the chain signs itself with an account it holds; signing is deterministic (RFC 6979). */
export interface ServerTransaction {
  readonly from: Address;
  readonly to?: Address;
  readonly data: Hex;
  readonly nonce: number;
  readonly gas: number;
  readonly value?: Hex;
  /** Wei per unit of gas: the two of EIP-1559, or `gasPrice`. None is left open, which a node would settle by what it has seen. */
  readonly maxFeePerGas?: Hex;
  readonly maxPriorityFeePerGas?: Hex;
  readonly gasPrice?: Hex;
  /** EIP-2930 and EIP-7702, as the sender gave them. */
  readonly accessList?: unknown;
  readonly authorizationList?: unknown;
}

export interface Receipt {
  readonly hash: Hex;
  /** Why it failed; null when it did not. */
  readonly failure: ChainRevert | null;
  readonly from: Address;
  readonly logs: readonly ChainLog[];
}

/** A log of one of our contracts, decoded. Logs of other contracts are left out. */
export interface ChainLog {
  readonly contract: "token" | "badge";
  readonly event: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly index: number;
}

export interface Block {
  readonly number: number;
  readonly hash: Hex;
  /** Seconds since the epoch. */
  readonly timestamp: number;
  readonly receipts: readonly Receipt[];
}

export interface SentAndMined {
  readonly sent: readonly (ChainStep & { hash: Hex })[];
  readonly step: ChainStep;
  readonly block: Block;
  /** The chain as it is after the block. */
  readonly mark: ChainMark;
}

/** A remembered state of the chain. One use: reverting to it uses it up, and every later one with it. */
export type ChainMark = string;

/**
 * What a chain is made by, fixed when it is made and journaled with it: the same steps under other rules give other hashes, or fail.
 * Member names are those of the journal's header.
 */
export interface ChainRules {
  /** Name of the Ethereum hardfork, as Hardhat writes it: `osaka`. */
  readonly hardfork: string;
  readonly block_gas_limit: number;
  /** The most gas of one transaction (EIP-7825). */
  readonly tx_gas_cap: number;
  /** Base fee of the first block (EIP-1559), in wei per unit of gas. 0: gas is free. */
  readonly base_fee: number;
  /** Identity of the two contracts: a digest of the code that deploys them. */
  readonly contracts: string;
  /** Base URL in what the contracts say of a badge (`external_url`), such as `https://badges.example/v1`; empty: they name none. */
  readonly external_base: string;
}

export interface ChainIdentity {
  readonly chainId: number;
  readonly token: Address;
  readonly badge: Address;
  /** The wallet that holds the contracts' roles. Never published nor unlocked on the RPC port. */
  readonly server: Address;
  /** Funded accounts with publicly known keys, for wallets and tests. */
  readonly accounts: readonly { readonly address: Address; readonly privateKey: Hex }[];
}

/**
 * A local Ethereum chain with the two contracts. It mines only when told.
 * Raises ChainRevert when a contract refuses, ChainUnavailable when the chain does not answer, ChainRefusal for what a caller from outside may
 * not have: a transaction of more gas than its rules allow, or a program that would keep the chain busy.
 * Contract suite: test/ports/chain.ts.
 */
export interface Chain {
  /** What an adapter can do: `snapshot`: marks can be reverted to; `clock`: block timestamps are ours to set. */
  readonly capabilities: { readonly snapshot: boolean; readonly clock: boolean };
  readonly identity: ChainIdentity;
  readonly rules: ChainRules;
  /** Steps that deploy both contracts and grant their roles: for an empty chain. */
  deploy(timestamp: number): Promise<ChainStep[]>;
  /** Throws ChainRevert, with the contract's custom error, if the call would be refused on the latest block. */
  preflight(call: ChainCall): Promise<void>;
  /** An upper bound of the gas that a call takes. */
  gasOf(call: ChainCall): number;
  /** Puts a transaction in the mempool. `gas`: the most that it may use, when not the usual. */
  send(call: ChainCall, gas?: GasLimit): Promise<ChainStep & { hash: Hex }>;
  /**
   * Puts somebody else's transaction in the mempool. `mayWait`: also one whose nonce is not the sender's next. Throws FeeTooLow, NonceTooHigh
   * where it may not, and what the node refuses it with.
   */
  sendExternal(tx: ExternalTransaction, mayWait?: boolean): Promise<ChainStep & { hash: Hex }>;
  /** Those in the mempool that a further block does not take, since a nonce before theirs is missing. */
  stuck(): Promise<readonly StuckTransaction[]>;
  /** Mines one block of all that is in the mempool. `timestamp`: seconds, not before the parent's. */
  mine(timestamp: number): Promise<{ step: ChainStep; block: Block }>;
  /** `send` of each call, `mine` and `mark`, as one. */
  sendAndMine(calls: readonly ChainCall[], timestamp: number, gas?: GasLimit): Promise<SentAndMined>;
  /** Repeats journaled steps. Returns the hash of the last block mined. */
  replay(steps: readonly ChainStep[]): Promise<Hex | null>;
  mark(): Promise<ChainMark>;
  /** Back to a mark. Throws ChainUnavailable if the chain says that it did not. */
  revert(mark: ChainMark): Promise<void>;

  /** Head of the chain as mined so far (a unit of work may yet undo it). */
  head(): Promise<{ number: number; timestamp: number; hash: Hex }>;
  balanceOf(address: Address, block: number | "latest"): Promise<bigint>;
  totalSupply(block: number | "latest"): Promise<bigint>;
  badgesOf(address: Address, block: number | "latest"): Promise<number>;
  /** The badge with this number in our contract; null when there is none. */
  badgeAt(tokenId: bigint, block: number | "latest"): Promise<ChainBadge | null>;
  /** What a transaction mined up to `block` did with ERC-721 tokens of any contract, ours or not; nothing for an unknown hash. */
  nftTransfers(hash: Hex, block: number): Promise<readonly NftTransfer[]>;
  tokenInfo(): Promise<{ name: string; symbol: string; decimals: number; cap: bigint }>;
  /** Every Transfer of the token contract up to `block`, oldest first. */
  transfers(block: number | "latest"): Promise<readonly TransferLog[]>;

  /** keccak256 of a text: the salt of a user's managed wallet, an award's id on chain. */
  idHash(text: string): Hex;
  /** The keyless wallet that the token contract derives for a salt (CREATE2 formula, EIP-1014). */
  walletOf(salt: Hex): Address;
  /** The address with its EIP-55 checksum; null if it is none, or carries a wrong checksum. */
  checksum(address: string): Address | null;
  /** Whose signatures a transaction carries: its sender's, and of those who delegate by it (EIP-7702). Null if one is not valid. */
  signersOf(tx: ExternalTransaction): readonly Address[] | null;

  /** Raw JSON-RPC, for the RPC server's reads. What runs a program does it within bounds. */
  request(method: string, params: readonly unknown[]): Promise<unknown>;
  close(): Promise<void>;
}

export interface TransferLog {
  readonly hash: Hex;
  readonly index: number;
  readonly block: number;
  readonly from: Address;
  readonly to: Address;
  readonly amount: bigint;
}

/** A badge as our contract says it is. */
export interface ChainBadge {
  readonly owner: Address;
  readonly locked: boolean;
  readonly revoked: boolean;
}

/** An ERC-721 Transfer. Of a contract that is not ours nothing else is known, and nothing that it says is to be believed. */
export interface NftTransfer {
  readonly contract: Address;
  readonly tokenId: bigint;
}

/** A contract refused: its custom error (ERC-6093 name or one of ours) and arguments; `OutOfGas` and `Unknown` otherwise. */
export class ChainRevert extends Error {
  readonly error: string;
  readonly args: readonly unknown[];
  constructor(error: string, args: readonly unknown[] = []) {
    super(`the contract refused: ${error}(${args.map(String).join(", ")})`);
    this.name = "ChainRevert";
    this.error = error;
    this.args = args;
  }
}

/** A transaction offers less than the base fee of the next block. `code` is JSON-RPC's, the sentence that of other nodes. */
export class FeeTooLow extends Error {
  override readonly name = "FeeTooLow";
  readonly code = -32000;
  constructor(member: "maxFeePerGas" | "gasPrice", offered: bigint, baseFee: bigint) {
    super(
      `Transaction ${member} (${offered}) is too low for the next block, which has a baseFeePerGas of ${baseFee}; offer at least ${baseFee} wei.`,
    );
  }
}

/** A transaction would wait for others that were not sent. `code` is JSON-RPC's, the first sentence that of `hardhat node`. */
export class NonceTooHigh extends Error {
  override readonly name = "NonceTooHigh";
  readonly code = -32000;
  constructor(nonce: number, expected: number) {
    super(
      `Nonce too high. Expected nonce to be ${expected} but got ${nonce}. Each transaction is mined at once here; start with --mining manual or interval:2s to let some wait for others.`,
    );
  }
}

/** A transaction that no block can take before another one that was not sent. */
export interface StuckTransaction {
  readonly hash: Hex;
  readonly from: Address;
  readonly nonce: number;
  /** The nonce of the first one that is missing. */
  readonly missing: number;
}

/** What a caller of the chain's own methods is answered with: JSON-RPC's code, message and data. */
export class ChainRefusal extends Error {
  readonly code: number;
  readonly data: unknown;
  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.name = "ChainRefusal";
    this.code = code;
    this.data = data;
  }
}

export class ChainUnavailable extends Error {
  override readonly name = "ChainUnavailable";
}
