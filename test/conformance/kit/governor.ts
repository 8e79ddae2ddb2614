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
 * Spaces requests below the target's limit of ten a second, so that checks never meet a 429 by their own doing: evenly, or with a controller
 * whose clock moves the limiter a second's worth at once, and then a second that is skipped.
 * Requests of `together(n)` are sent at once, with a quiet second before and after: no window of any limiter sees more than n of them.
 */
export class Governor {
  readonly #time: Pick<RunTime, "now" | "sleep" | "moved">;
  readonly #maxRps: number | null;
  #next = 0;
  /** Sent since the clock was moved last; nobody knows what was before the first. */
  #sent = Number.POSITIVE_INFINITY;

  /** `maxRps` null: no pacing (limits are off). */
  constructor(time: Pick<RunTime, "now" | "sleep" | "moved">, maxRps: number | null) {
    this.#time = time;
    this.#maxRps = maxRps;
  }

  /** Returns when one request may be sent. */
  async turn(): Promise<void> {
    if (this.#maxRps === null) return;
    if (this.#time.moved) return await this.#skip(1, this.#maxRps);
    const at = Math.max(this.#time.now(), this.#next);
    this.#next = at + 1000 / this.#maxRps;
    await this.#until(at);
  }

  /** Returns when `n` requests may be sent at once. */
  async together(n: number): Promise<void> {
    if (this.#maxRps === null) return;
    if (this.#time.moved) return await this.#skip(n > 1 ? Number.POSITIVE_INFINITY : 1, this.#maxRps);
    const at = Math.max(this.#time.now(), this.#next + (n > 1 ? 1000 : 0));
    this.#next = at + Math.max(1000, (n * 1000) / this.#maxRps);
    await this.#until(at);
  }

  /** The second begins when the last request has been answered. */
  async #skip(n: number, most: number): Promise<void> {
    if (this.#sent > 0 && this.#sent + n > most) {
      await this.#time.sleep(Math.max(1000, 1000 / most) + MARGIN_MS);
      this.#sent = 0;
    }
    this.#sent += n;
  }

  async #until(at: number): Promise<void> {
    const wait = at - this.#time.now();
    if (wait > 0) await this.#time.sleep(wait);
  }
}

/** For a limiter that counts in coarser steps than milliseconds. */
const MARGIN_MS = 50;
