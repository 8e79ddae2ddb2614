import type { EventRecord, EventType } from "../model/event.ts";
import type { TableName, Tables } from "../model/tables.ts";
import type { Block, Chain, ChainCall, ChainMark, ChainStep } from "../ports/chain.ts";
import type { ClockState } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { NewestQuery, Reader } from "../ports/store.ts";
import type { Outcome, Unit } from "../ports/unit-of-work.ts";
import { Overlay } from "./overlay.ts";

export interface Surroundings {
  readonly records: Reader;
  readonly chain: Chain;
  readonly ids: Ids;
  /** Blocks come at once (automatic mining), or when due. */
  readonly mining: "auto" | "deferred";
  /** Timestamp of the last committed block, in seconds. */
  readonly lastTimestamp: number;
  /** A mark of the chain as it was before this unit. */
  readonly mark: () => Promise<ChainMark>;
}

/** A unit of work in progress. It stages records and drives the chain; the writer commits or undoes it. */
export class LiveUnit implements Unit {
  readonly now: number;
  readonly at: string;
  readonly requestId: string | null;
  readonly steps: ChainStep[] = [];
  readonly overlay: Overlay;
  /** State of the chain before this unit touched it. */
  before: ChainMark | null = null;
  block: Block | null = null;
  clock: ClockState | null = null;
  readonly #around: Surroundings;

  constructor(around: Surroundings, now: number, requestId: string | null) {
    this.#around = around;
    this.overlay = new Overlay(around.records);
    this.now = now;
    this.at = new Date(now).toISOString();
    this.requestId = requestId;
  }

  get<T extends TableName>(table: T, id: string): Tables[T] | undefined {
    return this.overlay.get(table, id);
  }
  by<T extends TableName>(table: T, index: string, key: string): readonly Tables[T][] {
    return this.overlay.by(table, index, key);
  }
  newest<T extends TableName>(table: T, query: NewestQuery<Tables[T]>): readonly Tables[T][] {
    return this.overlay.newest(table, query);
  }
  count(table: TableName): number {
    return this.overlay.count(table);
  }
  put<T extends TableName>(table: T, record: Tables[T]): void {
    this.overlay.put(table, record);
  }
  remove(table: TableName, id: string): void {
    this.overlay.remove(table, id);
  }

  emit(type: EventType, data: EventRecord["data"]): void {
    this.put("events", { id: this.newId("evt"), object: "event", type, timestamp: this.at, data } as EventRecord);
  }

  newId(prefix: string): string {
    return this.#around.ids.next(prefix, this.now);
  }
  secret(alphabet: string, length: number): string {
    return this.#around.ids.secret(alphabet, length);
  }

  async transact(calls: readonly ChainCall[]): Promise<Outcome[]> {
    const { chain, mining } = this.#around;
    await this.#remember();
    if (mining === "deferred") for (const call of calls) await chain.preflight(call);
    const hashes: string[] = [];
    for (const call of calls) {
      const step = await chain.send(call);
      this.steps.push(step);
      hashes.push(step.hash);
    }
    if (mining === "deferred") return hashes.map((hash) => ({ status: "pending", hash }));
    const block = await this.mine();
    const receipts = new Map(block.receipts.map((receipt) => [receipt.hash, receipt]));
    const outcomes: Outcome[] = [];
    for (const hash of hashes) {
      const receipt = receipts.get(hash);
      if (!receipt?.ok) throw await chain.revertReason(hash);
      outcomes.push({ status: "confirmed", hash, block, logs: receipt.logs });
    }
    return outcomes;
  }

  async transactExternal(tx: Parameters<Chain["sendExternal"]>[0]): Promise<{ hash: string; block: Block | null }> {
    await this.#remember();
    const step = await this.#around.chain.sendExternal(tx);
    this.steps.push(step);
    const block = this.#around.mining === "auto" ? await this.mine() : null;
    return { hash: step.hash, block };
  }

  async mine(): Promise<Block> {
    await this.#remember();
    const timestamp = Math.max(Math.floor(this.now / 1000), this.block?.timestamp ?? this.#around.lastTimestamp);
    const { step, block } = await this.#around.chain.mine(timestamp);
    this.steps.push(step);
    this.block = block;
    return block;
  }

  balanceOf(address: string): Promise<bigint> {
    return this.#around.chain.balanceOf(address, "latest");
  }
  totalSupply(): Promise<bigint> {
    return this.#around.chain.totalSupply("latest");
  }
  badgesOf(address: string): Promise<number> {
    return this.#around.chain.badgesOf(address, "latest");
  }

  async #remember(): Promise<void> {
    this.before ??= await this.#around.mark();
  }
}
