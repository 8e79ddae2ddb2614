import { ApiError } from "../model/errors.ts";
import type { EventRecord } from "../model/event.ts";
import type { Change } from "../model/tables.ts";
import type { Block } from "../ports/chain.ts";
import type { ClockState } from "../ports/clock.ts";
import { JournalBroken } from "../ports/journal.ts";
import type { Reader } from "../ports/store.ts";
import type { Chronicle, ChronicleOptions, Sent, Unit, UnitOfWork, UnitOptions } from "../ports/unit-of-work.ts";
import { changesToLine, encodeLine, FORMAT, type JournalLine, type UnitLine } from "./journal-line.ts";
import type { Position } from "./lineage.ts";
import { type EnginePorts, type EngineState, lastBlock, markHead } from "./state.ts";
import { LiveUnit, type Settle } from "./unit.ts";

/** Told of each event in the unit that emits it; what it puts is committed with it. */
export type Emitted = (unit: Unit, event: EventRecord) => void;

/** What a unit committed. */
export interface Commit {
  readonly line: UnitLine;
  readonly changes: readonly Change[];
  /** What takes the changes back: the records as they were. */
  readonly undo: readonly Change[];
  /** Events it emitted, but those of a silent unit. */
  readonly events: readonly EventRecord[];
  readonly sent: readonly Sent[];
  readonly blocks: readonly Block[];
}

/** Told after each commit; must not throw. */
export type CommitListener = (commit: Commit) => void;

/**
 * The single writer. Units run one at a time: chain first, then one journal line, then the records become visible.
 * The line is the commit point: before it everything is undone on failure, after it nothing can fail.
 */
export class Writer implements UnitOfWork {
  readonly #ports: EnginePorts;
  readonly #state: EngineState;
  readonly #mining: () => "auto" | "deferred";
  readonly #settle: Settle;
  readonly #emitted: Emitted;
  readonly #listeners = new Set<CommitListener>();
  #queue: Promise<unknown> = Promise.resolve();
  /** When the step in progress began (performance.now). */
  #since: number | null = null;

  constructor(ports: EnginePorts, state: EngineState, mining: () => "auto" | "deferred", settle: Settle, emitted: Emitted) {
    this.#ports = ports;
    this.#state = state;
    this.#mining = mining;
    this.#settle = settle;
    this.#emitted = emitted;
  }

  get epoch(): number {
    return this.#state.epoch;
  }
  get committedBlock(): number {
    return this.#state.head.block.number;
  }
  get records(): Reader {
    return this.#ports.store;
  }
  /** The failure that stopped all writes, or null. */
  get broken(): Error | null {
    return this.#state.broken;
  }

  /** How long the step in progress has kept everything else waiting, in milliseconds. */
  get busyFor(): number {
    return this.#since === null ? 0 : performance.now() - this.#since;
  }

  onCommit(listener: CommitListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async run<T>(options: UnitOptions, work: (unit: Unit) => Promise<T> | T): Promise<T> {
    return this.runWithClock(options, work, null);
  }

  /** Like `run`; the unit also changes the clock. */
  runWithClock<T>(options: UnitOptions, work: (unit: Unit) => Promise<T> | T, clock: ClockState | null): Promise<T> {
    return this.exclusive(() => this.#unit(options, work, clock, this.#mining()));
  }

  chronicle<T>({ from, clock }: ChronicleOptions, work: (unit: Chronicle) => Promise<T>): Promise<T> {
    return this.exclusive(() => this.#unit({ at: from, silent: true }, work, clock, "auto"));
  }

  quiet<T>(read: () => Promise<T>): Promise<T> {
    return this.#enqueue(read);
  }

  async atCommitted<T>(read: (block: number) => Promise<T>): Promise<T> {
    if (this.#state.moving) return await this.quiet(() => read(this.committedBlock));
    try {
      return await read(this.committedBlock);
    } catch {
      // A restore began meanwhile, and took the block away. Within the queue no restore can come between; a chain that is really down fails here too.
      return await this.quiet(() => read(this.committedBlock));
    }
  }

  /** Runs `step` between two units, and resolves when what it wrote is as safe as was asked for. Refused once writes are stopped. */
  async exclusive<T>(step: () => Promise<T>): Promise<T> {
    const result = await this.#enqueue(async () => {
      if (this.#state.broken) throw stopped(this.#state.broken);
      return await step();
    });
    await this.#durable();
    return result;
  }

  /** After a failed flush nobody knows what the disk holds: a later one would report success for lines that are lost. */
  async #durable(): Promise<void> {
    try {
      await this.#ports.journal.durable();
    } catch (cause) {
      this.stop(cause as Error);
      throw stopped(cause as Error);
    }
  }

  /** Appends a line at the next seq. Throws STORAGE_UNAVAILABLE when the disk refuses it; the log is then as before. */
  append<L extends JournalLine>(line: L): void {
    if (this.#state.broken) throw stopped(this.#state.broken);
    try {
      this.#ports.journal.append(encodeLine(line));
    } catch (cause) {
      if (cause instanceof JournalBroken) this.stop(cause);
      throw new ApiError("STORAGE_UNAVAILABLE", "The journal could not be written; nothing was changed.", { cause });
    }
  }

  /** Stops all writes for good. */
  stop(reason: Error): void {
    this.#state.broken ??= reason;
  }

  #enqueue<T>(step: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(() => {
      this.#since = performance.now();
      return step();
    });
    const ended = () => {
      this.#since = null;
    };
    this.#queue = result.then(ended, ended);
    return result;
  }

  /** Deploys the contracts on an empty chain, at the beginning of its history. */
  deploy(): Promise<void> {
    return this.exclusive(() => this.#unit({ at: this.#state.head.at }, (unit) => unit.deploy(), null, "auto"));
  }

  async #unit<T>(
    options: UnitOptions,
    work: (unit: LiveUnit) => Promise<T> | T,
    clock: ClockState | null,
    mining: "auto" | "deferred",
  ): Promise<T> {
    const { chain, ids } = this.#ports;
    const state = this.#state;
    if (options.epoch !== undefined && options.epoch !== state.epoch) {
      throw new ApiError("SANDBOX_RESET", "The sandbox was reset or restored while this request was in flight; send it again.");
    }
    const unit = new LiveUnit(
      {
        records: this.#ports.store,
        chain,
        ids,
        mining,
        lastTimestamp: state.head.block.timestamp,
        emitted: options.silent ? () => {} : this.#emitted,
        mark: () => markHead(state, chain),
        settle: this.#settle,
      },
      Math.max(options.at ?? this.#ports.clock.now(), state.head.at),
      options.requestId ?? null,
    );
    try {
      const result = await work(unit);
      await unit.settle();
      this.#commit(unit, options, clock);
      return result;
    } catch (error) {
      await this.#undo(unit);
      throw error;
    }
  }

  #commit(unit: LiveUnit, options: UnitOptions, clock: ClockState | null): void {
    const { store, ids } = this.#ports;
    const state = this.#state;
    const changes = unit.overlay.changes();
    if (changes.length === 0 && unit.steps.length === 0 && clock === null) return;
    const counter = ids.counter();
    const line: UnitLine = {
      v: FORMAT,
      kind: "unit",
      seq: state.seq + 1,
      at: unit.now,
      request_id: unit.requestId,
      ...changesToLine(changes),
      ...(unit.steps.length > 0 ? { chain: unit.steps } : {}),
      ...(clock ? { clock } : {}),
      ...(counter !== state.head.ids ? { ids: counter } : {}),
    };
    this.append(line);
    const undo = store.apply(changes);
    if (clock) this.#ports.clock.set(clock, unit.now);
    state.seq = line.seq;
    state.head = positionAfter(state.head, line, { undo, redo: null, mark: unit.after });
    const events = options.silent ? [] : unit.events;
    const { sent, blocks } = unit;
    for (const listener of this.#listeners) listener({ line, changes, undo, events, sent, blocks });
  }

  async #undo(unit: LiveUnit): Promise<void> {
    const { chain, ids } = this.#ports;
    ids.set(this.#state.head.ids);
    if (unit.before === null) return;
    try {
      await chain.revert(unit.before);
      this.#state.head.mark = null;
    } catch (error) {
      this.stop(error as Error);
    }
  }
}

/** The position that a unit line leads to. */
export function positionAfter(parent: Position, line: UnitLine, rest: Pick<Position, "undo" | "redo" | "mark">): Position {
  const chain = line.chain ?? [];
  return {
    seq: line.seq,
    parent,
    depth: parent.depth + 1,
    chain,
    clock: line.clock ?? parent.clock,
    ids: line.ids ?? parent.ids,
    at: Math.max(line.at, parent.at),
    block: lastBlock(chain, parent.block),
    ...rest,
  };
}

function stopped(cause: Error): ApiError {
  return new ApiError(
    "STORAGE_UNAVAILABLE",
    "Writes are stopped: a failure could not be undone. Restart the sandbox; every answered write is kept.",
    { cause },
  );
}
