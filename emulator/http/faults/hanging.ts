import type { Response } from "express";

/** So many at once; a further one is ended at once. */
const MOST = 1000;

/** Requests that wait for an answer, or its end, because of a fault: until their clients leave or the sandbox stops. */
export class HangingRequests {
  readonly #held = new Set<Response>();
  readonly #most: number;
  #isReleased = false;

  constructor(most = MOST) {
    this.#most = most;
  }

  /** Whether it is held; otherwise its connection has been ended. */
  hold(res: Response): boolean {
    if (this.#isReleased || this.#held.size >= this.#most) {
      res.socket?.destroy();
      return false;
    }
    this.#held.add(res);
    res.once("close", () => this.#held.delete(res));
    return true;
  }

  /** The sandbox stops: ends the connections of those that are held, and of those that come. */
  release(): void {
    this.#isReleased = true;
    for (const res of this.#held) res.socket?.destroy();
  }
}
