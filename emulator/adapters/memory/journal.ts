import type { Journal } from "../../ports/journal.ts";

/** Remembers nothing: an ephemeral sandbox starts afresh, and its positions keep what a restore needs. */
export class MemoryJournal implements Journal {
  read(): { lines: Iterable<string>; torn: boolean } {
    return { lines: [], torn: false };
  }
  append(_line: string): void {}
  durable(): Promise<void> {
    return Promise.resolve();
  }
  rewrite(_lines: Iterable<string>): void {}
  close(): void {}
}
