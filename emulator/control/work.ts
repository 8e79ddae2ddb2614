import type { EventRecord } from "../model/event.ts";
import type { Change } from "../model/tables.ts";
import type { Block } from "../ports/chain.ts";
import type { Sent } from "../ports/unit-of-work.ts";

/** What a unit committed (engine/writer.ts), as far as a trace looks at it. Records are immutable, so references are kept. */
export interface Committed {
  readonly line: { readonly seq: number; readonly at: number; readonly request_id: string | null };
  readonly changes: readonly Change[];
  readonly undo: readonly Change[];
  readonly events: readonly EventRecord[];
  readonly sent: readonly Sent[];
  readonly blocks: readonly Block[];
}

export interface Written extends Committed {
  /** performance.now() of the commit. */
  readonly committed: number;
}

/** What a request did: its own units, and those that mined what it had left pending. */
export interface Work {
  readonly units: Written[];
  readonly later: Written[];
}

/** Gathers units by the request that made them. It only notes references: everything else waits until somebody asks for a trace. */
export class Works {
  /** Of requests that are not answered yet. */
  readonly #open = new Map<string, Work>();
  /** By the hash of a transaction that waits for a block. */
  readonly #waiting = new Map<string, Work>();

  committed(commit: Committed): void {
    const id = commit.line.request_id;
    if (id === null && this.#waiting.size === 0) return;
    const written = { ...commit, committed: performance.now() };
    if (this.#waiting.size > 0) this.#mined(written);
    if (id === null) return;
    const work = this.#open.get(id) ?? { units: [], later: [] };
    work.units.push(written);
    this.#open.set(id, work);
    this.#await(work, written);
  }

  /** The work of a request that is now answered; null when it wrote nothing. */
  take(requestId: string): Work | null {
    const work = this.#open.get(requestId) ?? null;
    if (work) this.#open.delete(requestId);
    return work;
  }

  clear(): void {
    this.#waiting.clear();
  }

  #mined(written: Written): void {
    for (const { receipts } of written.blocks) {
      for (const { hash } of receipts) {
        const work = this.#waiting.get(hash);
        if (!work) continue;
        this.#waiting.delete(hash);
        if (work.later.at(-1) !== written) work.later.push(written);
        this.#await(work, written);
      }
    }
  }

  /** An award that was approved by a block may send its claim only then: that belongs to the same request. */
  #await(work: Work, { sent, blocks, changes }: Written): void {
    const mined = (hash: string) => blocks.some(({ receipts }) => receipts.some((receipt) => receipt.hash === hash));
    const own = work.units.flatMap((unit) => unit.changes.map(({ id }) => id));
    for (const { hash } of sent) {
      if (mined(hash)) continue;
      const awaiting = changes.find(({ table, record }) => table === "awards" && record?.pending?.tx_hash === hash);
      if (work.later.length === 0 || (awaiting && own.includes(awaiting.id))) this.#waiting.set(hash, work);
    }
  }
}
