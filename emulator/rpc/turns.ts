import type { UnitOfWork } from "../ports/unit-of-work.ts";
import { BOUNDS } from "./bounds.ts";
import { tooMuch } from "./json-rpc.ts";

/** The writer as this door uses it. */
export interface Turns extends Pick<UnitOfWork, "run" | "quiet" | "aside"> {
  readonly epoch: number;
}

/**
 * One call from here is in the writer's queue at a time: however many wait, what the API wants comes after one of them, and not after all.
 */
export function turnsAt(writer: Pick<UnitOfWork, "run" | "quiet" | "aside" | "epoch">): Turns {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  async function take<T>(step: () => Promise<T>): Promise<T> {
    if (waiting >= BOUNDS.waiting) throw tooMuch(`${BOUNDS.waiting} calls are waiting already; send fewer at once.`);
    waiting += 1;
    const result = last.then(step).finally(() => {
      waiting -= 1;
    });
    last = result.catch(() => {});
    return await result;
  }

  return {
    get epoch() {
      return writer.epoch;
    },
    run: (options, work) => take(() => writer.run(options, work)),
    quiet: (read) => take(() => writer.quiet(read)),
    aside: (step) => take(() => writer.aside(step)),
  };
}
