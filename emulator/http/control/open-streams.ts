import type { ServerResponse } from "node:http";
import { ApiError } from "../../model/errors.ts";

/**
 * What consumers may leave unread, in bytes. One that does not read would have every later event kept in memory for it; it is cut off
 * instead, and learns what it missed when it comes back with `Last-Event-ID`. Some thousand events: more than any that reads falls behind.
 */
interface StreamBounds {
  readonly streams: number;
  /** Of one. */
  readonly unread: number;
  /** Of all together: beyond it, the one that leaves most unread is cut off. */
  readonly sum: number;
}

const BOUNDS: StreamBounds = { streams: 100, unread: 8 * 2 ** 20, sum: 64 * 2 ** 20 };

type Stream = Pick<ServerResponse, "writableLength" | "destroy">;

/** The event streams that are open. */
export class OpenStreams {
  readonly #bounds: StreamBounds;
  /** How each is stopped. */
  readonly #open = new Map<Stream, () => void>();

  constructor(bounds: StreamBounds = BOUNDS) {
    this.#bounds = bounds;
  }

  /** Throws STREAM_LIMIT when no further one can be opened. */
  refuseFull(): void {
    const { streams } = this.#bounds;
    if (this.#open.size < streams) return;
    throw new ApiError("STREAM_LIMIT", `There are ${streams} event streams already; close some first.`);
  }

  add(stream: Stream, stop: () => void): void {
    this.#open.set(stream, stop);
  }

  delete(stream: Stream): void {
    this.#open.delete(stream);
  }

  /** Something was written to it: cuts off whoever leaves too much unread. */
  written(stream: Stream): void {
    const { streams, unread, sum } = this.#bounds;
    const left = stream.writableLength;
    if (left > unread) this.#cutOff(stream);
    // While none has more than its share, all together have no more than the sum.
    else if (left > sum / streams) this.#cutOffMost();
  }

  #cutOffMost(): void {
    let [total, most, longest] = [0, 0, null as Stream | null];
    for (const stream of this.#open.keys()) {
      const left = stream.writableLength;
      total += left;
      if (left > most) [most, longest] = [left, stream];
    }
    if (total > this.#bounds.sum && longest) this.#cutOff(longest);
  }

  #cutOff(stream: Stream): void {
    this.#open.get(stream)?.();
    stream.destroy();
  }
}
