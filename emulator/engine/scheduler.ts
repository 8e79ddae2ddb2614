import type { TableName } from "../model/tables.ts";
import type { Clock } from "../ports/clock.ts";
import type { Due, Store } from "../ports/store.ts";
import type { Timer } from "../ports/timer.ts";
import type { Unit } from "../ports/unit-of-work.ts";
import type { Writer } from "./writer.ts";

/** Does the work a record is due for, in a unit of its own, and leaves it due later or not at all. */
export type DueHandler = (unit: Unit, due: Due) => Promise<void> | void;

/**
 * Due work in time order. What is due follows from the records (model/tables.ts `due`), so a restore or a restart needs
 * nothing else; one timer is armed for the earliest. A frozen clock arms none: the work waits for `clock advance` or `run`.
 */
export class Scheduler {
  readonly #writer: Writer;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #timer: Timer;
  readonly #handlers: Partial<Record<TableName, DueHandler>>;
  readonly #failed: (due: Due, error: Error) => void;
  #stopped = false;

  constructor(
    writer: Writer,
    ports: { store: Store; clock: Clock; timer: Timer },
    handlers: Partial<Record<TableName, DueHandler>>,
    failed: (due: Due, error: Error) => void,
  ) {
    this.#writer = writer;
    this.#store = ports.store;
    this.#clock = ports.clock;
    this.#timer = ports.timer;
    this.#handlers = handlers;
    this.#failed = failed;
  }

  /** Runs what is overdue, then keeps the timer armed after every commit. */
  async start(): Promise<void> {
    await this.runUntil(this.#clock.now());
    this.#writer.onCommit(() => this.rearm());
    this.rearm();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer.disarm();
  }

  /** Does the work that a record is due for, within a unit. */
  async perform(unit: Unit, due: Due): Promise<void> {
    await this.#handlers[due.table]?.(unit, due);
  }

  /**
   * Runs all work due at or before an instant, each at its own instant, in time order. `between`: what to wait for before the
   * first and every next (attempts of deliveries, whose outcome says when they are due again).
   */
  async runUntil(until: number, between: () => Promise<void> = async () => {}): Promise<void> {
    let last: Due | null = null;
    await between();
    for (;;) {
      const due = this.#store.nextDue(until);
      if (!due || this.#stopped) return;
      if (last && due.table === last.table && due.id === last.id && due.at === last.at) {
        throw new Error(`due work on ${due.table} ${due.id} was done and is still due`);
      }
      last = due;
      await this.#writer.run({ at: due.at }, async (unit) => {
        // It may have been done by a unit that was queued before this one.
        if (this.#store.nextDue(until)?.id === due.id) await this.perform(unit, due);
      });
      await between();
    }
  }

  /** Arms the timer for the earliest due work. */
  rearm(): void {
    const due = this.#store.nextDue(Number.POSITIVE_INFINITY);
    if (!due || this.#stopped || this.#clock.state().mode === "frozen") {
      this.#timer.disarm();
      return;
    }
    this.#timer.arm(due.at - this.#clock.now(), () => void this.#ring(due));
  }

  async #ring(due: Due): Promise<void> {
    try {
      await this.runUntil(this.#clock.now());
      this.rearm();
    } catch (error) {
      this.#failed(due, error as Error);
      if (!this.#stopped) this.#timer.arm(RETRY_MS, () => void this.#ring(due));
    }
  }
}

/** After a failure (the chain or the disk refused) due work is tried again. */
const RETRY_MS = 1000;
