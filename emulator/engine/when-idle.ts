import type { Timer } from "../ports/timer.ts";

/** Real time between two looks: a minute after the last change db.json is current. */
const EVERY_MS = 30_000;

/** Brings db.json up to date once nothing has changed from one look to the next. */
export class WhenIdle {
  readonly #timer: Timer;
  readonly #state: { readonly seq: number };
  readonly #refresh: () => Promise<void>;
  readonly #log: { warn(sentence: string): void };
  readonly #every: number;
  #seen: number;
  #isStopped = false;

  constructor(
    timer: Timer,
    state: { readonly seq: number },
    refresh: () => Promise<void>,
    log: { warn(sentence: string): void },
    every = EVERY_MS,
  ) {
    this.#timer = timer;
    this.#state = state;
    this.#refresh = refresh;
    this.#log = log;
    this.#every = every;
    this.#seen = state.seq;
    this.#arm();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer.disarm();
  }

  #arm(): void {
    if (!this.#isStopped) this.#timer.arm(this.#every, () => void this.#look());
  }

  async #look(): Promise<void> {
    const { seq } = this.#state;
    try {
      if (seq === this.#seen) await this.#refresh();
    } catch (error) {
      this.#log.warn(`db.json was not brought up to date: ${(error as Error).message}`);
    }
    this.#seen = seq;
    this.#arm();
  }
}
