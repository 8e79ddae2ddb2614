import type { Line } from "../../lines.ts";
import type { Journal } from "../../ports/journal.ts";

/** Remembers nothing: an ephemeral sandbox starts afresh, and its positions keep what a restore needs. */
export class MemoryJournal implements Journal {
  readonly keeps = false;
  async *read(): AsyncGenerator<Line> {}
  mend(): void {}
  append(_line: string): void {}
  durable(): Promise<void> {
    return Promise.resolve();
  }
  isDurable(): boolean {
    return true;
  }
  rewrite(): Promise<void> {
    return Promise.resolve();
  }
  close(): void {}
}
