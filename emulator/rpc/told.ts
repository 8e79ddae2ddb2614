import { BOUNDS } from "./bounds.ts";
import type { RpcLog } from "./log-filter.ts";

/** What a log takes besides its data. */
const LOG_BYTES = 700;

interface ToldBlock {
  readonly hash: string;
  readonly number: number;
  readonly logs: readonly RpcLog[];
  readonly bytes: number;
}

/** The blocks that followers were told of, with the logs in them: the newest of them, so that a revert that takes some away can be told too. */
export class Told {
  readonly #blocks = new Map<string, ToldBlock>();
  #logs = 0;
  #bytes = 0;

  /** A block that is known is left as it is. */
  add(hash: string, number: number, logs: readonly RpcLog[]): void {
    if (this.#blocks.has(hash)) return;
    const bytes = logs.reduce((sum, { data }) => sum + data.length + LOG_BYTES, 0);
    this.#blocks.set(hash, { hash, number, logs, bytes });
    this.#logs += logs.length;
    this.#bytes += bytes;
    const { count, bytes: most } = BOUNDS.logs;
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size <= count && this.#logs <= count && this.#bytes <= most) return;
      this.#forget(oldest);
    }
  }

  /** Those above a block number, newest first. */
  after(number: number): readonly ToldBlock[] {
    return [...this.#blocks.values()].filter((block) => block.number > number).sort((a, b) => b.number - a.number);
  }

  remove({ hash }: ToldBlock): void {
    this.#forget(hash);
  }

  clear(): void {
    for (const hash of [...this.#blocks.keys()]) this.#forget(hash);
  }

  #forget(hash: string): void {
    const block = this.#blocks.get(hash);
    if (!block) return;
    this.#blocks.delete(hash);
    this.#logs -= block.logs.length;
    this.#bytes -= block.bytes;
  }
}
