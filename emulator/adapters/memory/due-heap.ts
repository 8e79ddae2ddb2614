import type { Due } from "../../ports/store.ts";

/** A binary min-heap by due time. Entries are never taken out when a record changes: the reader drops stale ones at the top. */
export class DueHeap {
  readonly #heap: Due[] = [];

  peek(): Due | undefined {
    return this.#heap[0];
  }

  push(due: Due): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(due);
    while (at > 0) {
      const up = (at - 1) >> 1;
      if ((heap[up] as Due).at <= due.at) break;
      heap[at] = heap[up] as Due;
      at = up;
    }
    heap[at] = due;
  }

  pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if (down >= heap.length) break;
      if (down + 1 < heap.length && (heap[down + 1] as Due).at < (heap[down] as Due).at) down += 1;
      if ((heap[down] as Due).at >= last.at) break;
      heap[at] = heap[down] as Due;
      at = down;
    }
    heap[at] = last;
  }
}
