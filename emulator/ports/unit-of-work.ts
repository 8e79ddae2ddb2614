import type { EventRecord, EventType } from "../model/event.ts";
import type { TableName, Tables } from "../model/tables.ts";
import type { Block, Chain, ChainCall, ChainLog, Hex, Receipt } from "./chain.ts";
import type { ClockState } from "./clock.ts";
import type { Due, Reader } from "./store.ts";

/** What became of a transaction when its unit sent it. */
export type Outcome =
  | { readonly status: "confirmed"; readonly hash: Hex; readonly block: Block; readonly logs: readonly ChainLog[] }
  | { readonly status: "pending"; readonly hash: Hex };

/** A call as it was sent to a contract. */
export interface Sent {
  readonly hash: Hex;
  readonly call: ChainCall;
}

/** A transaction and the block that took it. */
export interface Mined {
  readonly block: Block;
  readonly receipt: Receipt;
}

/**
 * One change of the world: records, chain and events together, or nothing. Its reads see what it has put; nobody else
 * does before it commits. Contract suite: test/ports/unit-of-work.ts.
 */
export interface Unit extends Reader {
  /** The instant of this unit: ms, and RFC 3339 UTC with milliseconds. */
  readonly now: number;
  readonly at: string;
  readonly requestId: string | null;
  put<T extends TableName>(table: T, record: Tables[T]): void;
  remove(table: TableName, id: string): void;
  /** Records the one event of a state change. */
  emit(type: EventType, data: EventRecord["data"]): void;
  newId(prefix: string): string;
  secret(alphabet: string, length: number): string;
  /**
   * Sends calls to the contracts: mined at once in one block (automatic mining) or left pending.
   * Throws ChainRevert if any is refused, ChainUnavailable if any is not taken into a block: the unit then leaves nothing.
   */
  transact(calls: readonly ChainCall[]): Promise<Outcome[]>;
  /**
   * Runs a part that may fail without failing the unit: when it throws, records, events and chain are as before it. Rethrows.
   * Not to be nested.
   */
  attempt<T>(part: () => Promise<T>): Promise<T>;
  /** Sends a wallet's own transaction; a revert is a result here, not an error. Throws NonceTooHigh for one that automatic mining would leave waiting. */
  transactExternal(tx: Parameters<Chain["sendExternal"]>[0]): Promise<{ hash: Hex; mined: boolean }>;
  /** Mines a block of the mempool. */
  mine(): Promise<Block>;
  /** Balance on the chain as this unit sees it. */
  balanceOf(address: string): Promise<bigint>;
  totalSupply(): Promise<bigint>;
  badgesOf(address: string): Promise<number>;
}

/**
 * A unit in which time passes: what happened over days is one change, all or nothing. Blocks are mined at once in it,
 * whatever the mining mode.
 */
export interface Chronicle extends Unit {
  /** Goes on to a later instant, of which the unit then is; an earlier one changes nothing. What mined blocks did is settled before. */
  moveTo(instant: number): Promise<void>;
  /** The earliest due record at or before `until`, as this unit sees the records. */
  nextDue(until: number): Due | null;
  /** From here on identifiers and secrets follow from this name alone, passing over identifiers that are taken. */
  nameAfter(name: string): void;
  /**
   * Mines what `work` sends in one block at its end, and settles it: meanwhile its transactions are pending. It sends no more once
   * `hasRoom` is false. Throws ChainRevert if one of them fails, ChainUnavailable if one is not taken. Not to be nested.
   */
  inOneBlock<T>(work: () => Promise<T>): Promise<T>;
  /** Whether `inOneBlock` may send more: what it sent takes less than 40 % of a block's gas, so that the base fee stays as it is. */
  readonly hasRoom: boolean;
}

export interface ChronicleOptions {
  /** The instant at which it begins; not before what is committed. */
  readonly from: number;
  /** The clock after it; null leaves the clock alone. */
  readonly clock: ClockState | null;
}

export interface UnitOptions {
  readonly requestId?: string;
  /** The epoch in which the work began: committing in a later one throws SANDBOX_RESET. */
  readonly epoch?: number;
  /** Events are recorded and delivered to nobody: a fixture's. */
  readonly silent?: boolean;
  /** The instant to use instead of the clock's (due work while the clock is advanced). */
  readonly at?: number;
}

/** The single writer: runs units one at a time and commits each as one journal line. */
export interface UnitOfWork {
  /** Raised by one at each restore or reset. */
  readonly epoch: number;
  /** Runs `work`; commits when it resolves, undoes everything when it throws. Throws STORAGE_UNAVAILABLE once undoing failed. */
  run<T>(options: UnitOptions, work: (unit: Unit) => Promise<T> | T): Promise<T>;
  /** Like `run`, for a change in which time passes. */
  chronicle<T>(options: ChronicleOptions, work: (unit: Chronicle) => Promise<T>): Promise<T>;
  /** Runs `read` between two units, so that it sees only what is committed. */
  quiet<T>(read: () => Promise<T>): Promise<T>;
  /**
   * Runs `step` between two units, which changes the chain and takes all of it back before it ends; readers of the chain wait meanwhile.
   * Whatever it throws as ChainUnavailable stops all writes: the chain is not as it was.
   */
  aside<T>(step: () => Promise<T>): Promise<T>;
  /**
   * What everything that leaves the process waits for, so that nobody learns of a change that a power loss can undo (`--fsync`). Resolves
   * when each line up to now is on disk and those who follow commits were told of it; null when that is so already, which it always is
   * without `--fsync`. Rejects with STORAGE_UNAVAILABLE once a flush has failed.
   */
  durable(): Promise<void> | null;
  /**
   * Runs `step` at a moment when nothing that was committed waits for the disk: for what begins to tell others of the state. Rejects as
   * `durable` does.
   */
  whenDurable<T>(step: () => T): Promise<T>;
  /** Number of the last committed block. */
  readonly committedBlock: number;
  /** Reads the chain at the last committed block; a restore that takes that block away meanwhile makes it read again. */
  atCommitted<T>(read: (block: number) => Promise<T>): Promise<T>;
  readonly records: Reader;
}
