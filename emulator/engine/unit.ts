import type { EventRecord, EventType } from "../model/event.ts";
import { instantText } from "../model/instant.ts";
import { TABLE_NAMES, type TableName, type Tables } from "../model/tables.ts";
import { type Block, type Chain, type ChainCall, type ChainMark, type ChainStep, ChainUnavailable } from "../ports/chain.ts";
import type { Ids } from "../ports/ids.ts";
import type { Due, NewestQuery } from "../ports/store.ts";
import type { Chronicle, Mined, Outcome, Sent, Unit } from "../ports/unit-of-work.ts";
import { type Base, Overlay } from "./overlay.ts";

/** The share of a block's gas that `inOneBlock` fills: half of it would be the limit up to which the base fee stays. */
const BLOCK_SHARE = 0.4;

/** Records what mined blocks did beside the unit's own transactions; it may send more (services/settlement.ts). */
export type Settle = (unit: Unit, mined: readonly Mined[]) => Promise<void>;

interface Surroundings {
  readonly records: Base;
  readonly chain: Chain;
  readonly ids: Ids;
  /** How often the state was restored before this unit: part of the identifiers of its events. */
  readonly restores: number;
  /** Blocks come at once (automatic mining), or when due. */
  readonly mining: "auto" | "deferred";
  /** Timestamp of the last committed block, in seconds. */
  readonly lastTimestamp: number;
  /** Told of each event, in the unit that emits it (services/deliveries.ts). */
  readonly emitted: (unit: Unit, event: EventRecord) => void;
  /** A mark of the chain as it was before this unit. */
  readonly mark: () => Promise<ChainMark>;
  readonly settle: Settle;
}

/** A unit of work in progress. It stages records and drives the chain; the writer commits or undoes it. */
export class LiveUnit implements Chronicle {
  now: number;
  at: string;
  readonly requestId: string | null;
  readonly steps: ChainStep[] = [];
  readonly overlay: Overlay;
  /** What was emitted, in order. */
  readonly events: EventRecord[] = [];
  /** The calls that it sent and the blocks that it mined, for those who trace it. */
  readonly sent: Sent[] = [];
  readonly blocks: Block[] = [];
  /** State of the chain before this unit touched it. */
  before: ChainMark | null = null;
  /** State of the chain as the unit left it, when it was remembered. */
  after: ChainMark | null = null;
  block: Block | null = null;
  /** Mined transactions that `transact` did not send: a wallet's, or what was pending. Settling them empties it. */
  others: Mined[] = [];
  readonly #around: Surroundings;
  #names: Pick<Ids, "next" | "nextOf" | "secret">;
  #named = false;
  /** What `inOneBlock` has sent so far, and the most gas that it takes; null outside of it. */
  #held: { readonly hashes: string[]; gas: number } | null = null;

  constructor(around: Surroundings, now: number, requestId: string | null) {
    this.#around = around;
    this.#names = around.ids;
    this.overlay = new Overlay(around.records);
    this.now = now;
    this.at = instantText(now);
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
    const event = { id: this.#newId("evt", this.#around.restores), object: "event", type, timestamp: this.at, data } as EventRecord;
    this.put("events", event);
    this.events.push(event);
    this.#around.emitted(this, event);
  }

  newId(prefix: string): string {
    return this.#newId(prefix, 0);
  }
  secret(alphabet: string, length: number): string {
    return this.#names.secret(alphabet, length);
  }

  async moveTo(instant: number): Promise<void> {
    await this.settle();
    if (instant <= this.now) return;
    const at = instantText(instant);
    this.now = instant;
    this.at = at;
  }

  nextDue(until: number): Due | null {
    return this.overlay.nextDue(until);
  }

  nameAfter(name: string): void {
    this.#names = this.#around.ids.named(name);
    this.#named = true;
  }

  async inOneBlock<T>(work: () => Promise<T>): Promise<T> {
    await this.settle();
    const held = { hashes: [], gas: 0 };
    this.#held = held;
    const result = await work().finally(() => {
      this.#held = null;
    });
    if (held.hashes.length === 0) return result;
    for (const { receipt } of await this.#taken(held.hashes, await this.mine())) if (receipt.failure) throw receipt.failure;
    await this.settle();
    return result;
  }

  get hasRoom(): boolean {
    const { block_gas_limit } = this.#around.chain.rules;
    return this.#held === null || this.#held.gas < block_gas_limit * BLOCK_SHARE;
  }

  /**
   * The transactions with these hashes, and the blocks that took them: `block`, and where that was full of what waited before them, the
   * next ones. Throws ChainUnavailable when one is not taken.
   */
  async #taken(hashes: readonly string[], block: Block): Promise<Mined[]> {
    const taken = new Map<string, Mined>();
    for (let last = block; ; last = await this.mine()) {
      for (const receipt of last.receipts) taken.set(receipt.hash, { block: last, receipt });
      const missing = hashes.find((hash) => !taken.has(hash));
      if (missing === undefined) return hashes.map((hash) => taken.get(hash) as Mined);
      if (last.receipts.length === 0) throw new ChainUnavailable(`${missing} was not taken into a block`);
    }
  }

  /** Lets the services record what mined blocks did, until nothing is left. */
  async settle(): Promise<void> {
    while (this.others.length > 0) {
      const mined = this.others;
      this.others = [];
      await this.#around.settle(this, mined);
    }
  }

  async transact(calls: readonly ChainCall[]): Promise<Outcome[]> {
    const { chain, mining } = this.#around;
    await this.#remember();
    if (mining === "deferred") for (const call of calls) await chain.preflight(call);
    if (mining === "deferred" || this.#held) {
      const pending: Outcome[] = [];
      for (const call of calls) {
        const step = await chain.send(call);
        this.#keep([step], [call]);
        this.#held?.hashes.push(step.hash);
        if (this.#held) this.#held.gas += chain.gasOf(call);
        pending.push({ status: "pending", hash: step.hash });
      }
      return pending;
    }
    const { sent, step, block, mark } = await chain.sendAndMine(calls, this.#blockTime());
    this.#keep(sent, calls);
    this.#mined(step, block);
    this.after = mark;
    const hashes: readonly string[] = sent.map(({ hash }) => hash);
    const taken = await this.#taken(hashes, block);
    this.others = this.others.filter(({ receipt }) => !hashes.includes(receipt.hash));
    return taken.map(({ block, receipt: { hash, failure, logs } }) => {
      if (failure) throw failure;
      return { status: "confirmed", hash, block, logs };
    });
  }

  async attempt<T>(part: () => Promise<T>): Promise<T> {
    const { chain } = this.#around;
    await this.#remember();
    const mark = await chain.mark();
    const records = this.overlay.save();
    const { block, others, after } = this;
    const held = this.#held;
    const gas = held?.gas ?? 0;
    const grown = [this.steps, this.events, this.sent, this.blocks, held?.hashes ?? []];
    const lengths = grown.map(({ length }) => length);
    try {
      return await part();
    } catch (error) {
      this.overlay.reset(records);
      this.block = block;
      this.others = others;
      this.after = after;
      grown.forEach((list, index) => {
        list.length = lengths[index] as number;
      });
      if (held) held.gas = gas;
      await chain.revert(mark);
      throw error;
    }
  }

  async transactExternal(tx: Parameters<Chain["sendExternal"]>[0]): Promise<{ hash: string; mined: boolean }> {
    await this.#remember();
    const mayWait = this.#around.mining === "deferred";
    const step = await this.#around.chain.sendExternal(tx, mayWait);
    this.after = null;
    this.steps.push(step);
    if (mayWait) return { hash: step.hash, mined: false };
    const block = await this.mine();
    return { hash: step.hash, mined: block.receipts.some((receipt) => receipt.hash === step.hash) };
  }

  async mine(): Promise<Block> {
    await this.#remember();
    const { step, block } = await this.#around.chain.mine(this.#blockTime());
    this.#mined(step, block);
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

  /** Deploys the contracts: the first unit of every sandbox. */
  async deploy(): Promise<void> {
    await this.#remember();
    this.steps.push(...(await this.#around.chain.deploy(Math.floor(this.now / 1000))));
  }

  #newId(prefix: string, branch: number): string {
    let id = this.#names.nextOf(branch, prefix, this.now);
    while (this.#named && TABLE_NAMES.some((table) => this.get(table, id))) id = this.#names.nextOf(branch, prefix, this.now);
    return id;
  }

  #keep(steps: readonly (ChainStep & { hash: string })[], calls: readonly ChainCall[]): void {
    this.after = null;
    this.steps.push(...steps);
    steps.forEach(({ hash }, index) => {
      this.sent.push({ hash, call: calls[index] as ChainCall });
    });
  }

  #mined(step: ChainStep, block: Block): void {
    this.after = null;
    this.steps.push(step);
    this.blocks.push(block);
    this.block = block;
    this.others = [...this.others, ...block.receipts.map((receipt) => ({ block, receipt }))];
  }

  /** The next block's timestamp, in seconds. */
  #blockTime(): number {
    return Math.max(Math.floor(this.now / 1000), this.block?.timestamp ?? this.#around.lastTimestamp);
  }

  async #remember(): Promise<void> {
    this.before ??= await this.#around.mark();
  }
}
