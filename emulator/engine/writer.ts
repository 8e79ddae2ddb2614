import { ApiError } from "../model/errors.ts";
import type { EventRecord } from "../model/event.ts";
import { explain, systemErrorIn } from "../model/system-error.ts";
import type { Change } from "../model/tables.ts";
import { type Block, ChainUnavailable } from "../ports/chain.ts";
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
interface Commit {
  readonly line: UnitLine;
  readonly changes: readonly Change[];
  /** What takes the changes back: the records as they were. */
  readonly undo: readonly Change[];
  /** Events it emitted, but those of a silent unit. */
  readonly events: readonly EventRecord[];
  readonly sent: readonly Sent[];
  readonly blocks: readonly Block[];
}

/** Told of each commit, in order, once its line is as durable as was asked for; must not throw. */
type CommitListener = (commit: Commit) => void;

/** Told of each restore, reset and import, before its line is durable; must not throw. `stayed`: as of `moved`. */
type MoveListener = (stayed: number) => void;

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
  readonly #moveListeners = new Set<MoveListener>();
  /** Commits that are not on disk yet, which nobody may learn of; and how many were ever told. */
  readonly #untold: Commit[] = [];
  #told = 0;
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

  onMove(listener: MoveListener): () => void {
    this.#moveListeners.add(listener);
    return () => this.#moveListeners.delete(listener);
  }

  /** The chain went to another position. `stayed`: number of the last block that it had before, too. */
  moved(stayed: number): void {
    for (const listener of this.#moveListeners) listener(stayed);
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
    const state = this.#state;
    if (state.moving) return await this.quiet(() => read(this.committedBlock));
    const { asides } = state;
    try {
      const found = await read(this.committedBlock);
      // What something else did to the chain meanwhile may be in it.
      if (state.asides === asides) return found;
    } catch {
      // A restore began meanwhile, and took the block away. Within the queue no restore can come between; a chain that is really down fails below too.
    }
    return await this.quiet(() => read(this.committedBlock));
  }

  aside<T>(step: () => Promise<T>): Promise<T> {
    const state = this.#state;
    return this.#enqueue(async () => {
      state.moving = true;
      state.asides += 1;
      try {
        return await step();
      } catch (error) {
        if (error instanceof ChainUnavailable) this.stop(error);
        throw error;
      } finally {
        state.moving = false;
      }
    });
  }

  /**
   * Runs `step` between two units, and ends when what it wrote is as durable as was asked for, and what it saw, which is what a refusal
   * follows from. Refused once writes are stopped.
   */
  async exclusive<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await this.#enqueue(async () => {
        if (this.#state.broken) throw stopped(this.#state.broken);
        return await step();
      });
    } finally {
      await this.durable();
    }
  }

  durable(): Promise<void> | null {
    return this.#untold.length === 0 && this.#ports.journal.isDurable() ? null : this.#flush();
  }

  async whenDurable<T>(step: () => T): Promise<T> {
    if (this.durable() === null) return step();
    // No unit commits within the queue: once all is durable it stays so.
    return await this.quiet(async () => {
      await this.durable();
      return step();
    });
  }

  async #flush(): Promise<void> {
    const committed = this.#told + this.#untold.length;
    try {
      await this.#ports.journal.durable();
    } catch (cause) {
      this.stop(cause as Error);
      throw stopped(cause as Error);
    }
    while (this.#told < committed) {
      this.#told += 1;
      this.#tell(this.#untold.shift() as Commit);
    }
  }

  #tell(commit: Commit): void {
    for (const listener of this.#listeners) listener(commit);
  }

  /**
   * Appends a line at the next seq. Throws STORAGE_UNAVAILABLE when the disk refuses it, PAYLOAD_TOO_LARGE when it is longer than a string
   * can be; the log is then as before.
   */
  append<L extends JournalLine>(line: L): void {
    if (this.#state.broken) throw stopped(this.#state.broken);
    const { journal } = this.#ports;
    if (!journal.keeps) return;
    const text = textOf(line);
    try {
      journal.append(text);
    } catch (cause) {
      if (cause instanceof JournalBroken) {
        this.stop(cause);
        throw stopped(cause);
      }
      const refused = systemErrorIn(cause);
      const why = refused ? `: ${explain(refused)}` : "";
      throw new ApiError("STORAGE_UNAVAILABLE", `The journal could not be written${why}. Nothing was changed.`, { cause });
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
        restores: state.restores,
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
    const commit = { line, changes, undo, events, sent, blocks };
    if (this.#ports.journal.isDurable()) this.#tell(commit);
    else this.#untold.push(commit);
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

function textOf(line: JournalLine): string {
  try {
    return encodeLine(line);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const message =
      "What this would write is longer than a line of the journal can be (512 MB); nothing was changed. Do it in several parts.";
    throw new ApiError("PAYLOAD_TOO_LARGE", message, { cause });
  }
}

function stopped(cause: Error): ApiError {
  const why =
    cause instanceof JournalBroken
      ? cause.message
      : "a failure could not be undone. Restart the sandbox; every acknowledged write is kept.";
  return new ApiError("STORAGE_UNAVAILABLE", `Writes are stopped: ${why}`, { cause });
}
