import { hash } from "node:crypto";
import { encodeTime } from "ulid";
import { CROCKFORD } from "./ids.ts";

/**
 * `req_<ULID>` for every request that comes. Nobody may need to guess them, and each request waits for its own: of the random part only
 * the first 30 bits change, a counter, as in ULID's monotonic mode; the rest is drawn once from the seed.
 */
export class RequestIds {
  readonly #noise: string;
  #count = 0;
  #high = { count: -1, text: "" };
  #time = { at: -1, text: "" };

  constructor(seed: string) {
    const digest = hash("sha256", `${seed} requests`, "buffer");
    this.#noise = Array.from(digest.subarray(0, 10), (byte) => CROCKFORD[byte % 32]).join("");
  }

  /** `at`: ms since the epoch. */
  next(at: number): string {
    const count = this.#count++;
    if (at !== this.#time.at) this.#time = { at, text: `req_${encodeTime(at, 10)}` };
    const high = count >>> 10;
    if (high !== this.#high.count) this.#high = { count: high, text: spell(high >>> 10) + spell(high) };
    return this.#time.text + this.#high.text + spell(count) + this.#noise;
  }
}

/** The last ten bits. */
function spell(count: number): string {
  return `${CROCKFORD[(count >>> 5) & 31]}${CROCKFORD[count & 31]}`;
}
