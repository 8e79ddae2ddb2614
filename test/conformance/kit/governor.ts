import type { RunTime } from "./time.ts";

/** The most requests of a run; Untestable beyond, so that a run can never use up the target's hour. */
export class Budget {
  readonly limit: number;
  #spent = 0;
  constructor(limit: number) {
    this.limit = limit;
  }
  get spent(): number {
    return this.#spent;
  }
  get left(): number {
    return Math.max(0, this.limit - this.#spent);
  }
  take(): void {
    this.#spent += 1;
  }
}

/**
 * Spaces requests evenly below the target's limit of ten a second, so that checks never meet a 429 by their own doing.
 * With a controller whose clock moves the limiter it moves the clock instead of waiting.
 * Requests of `together(n)` are sent at once, with a quiet second before and after: no window of any limiter sees more than n of them.
 */
export class Governor {
  readonly #time: Pick<RunTime, "now" | "sleep">;
  readonly #gap: number;
  #next = 0;

  /** `maxRps` null: no pacing (limits are off). */
  constructor(time: Pick<RunTime, "now" | "sleep">, maxRps: number | null) {
    this.#time = time;
    this.#gap = maxRps === null ? 0 : 1000 / maxRps;
  }

  get paced(): boolean {
    return this.#gap > 0;
  }

  /** Returns when one request may be sent. */
  async turn(): Promise<void> {
    if (this.#gap === 0) return;
    const at = Math.max(this.#time.now(), this.#next);
    this.#next = at + this.#gap;
    await this.#until(at);
  }

  /** Returns when `n` requests may be sent at once. */
  async together(n: number): Promise<void> {
    if (this.#gap === 0) return;
    const at = Math.max(this.#time.now(), this.#next + (n > 1 ? 1000 : 0));
    this.#next = at + Math.max(1000, n * this.#gap);
    await this.#until(at);
  }

  async #until(at: number): Promise<void> {
    const wait = at - this.#time.now();
    if (wait > 0) await this.#time.sleep(wait);
  }
}
