/**
 * The append-only log: one line is one committed unit of work. It knows bytes, not meaning (engine/journal-line.ts does).
 * Contract suite: test/ports/journal.ts.
 */
export interface Journal {
  /** Every complete line from the start, and whether a torn tail (no newline) was found and cut off. */
  read(): { lines: Iterable<string>; torn: boolean };
  /**
   * Appends one line (without its newline). When it returns, the line survives the death of the process.
   * Throws JournalRefused after cutting the file back to its last good byte; JournalBroken if even that failed.
   */
  append(line: string): void;
  /** Resolves when every line appended so far survives a power loss; at once when that was not asked for (`--fsync`). */
  durable(): Promise<void>;
  /** Replaces the whole log by `lines`, atomically. The former one is kept beside it when `keep` names a suffix. */
  rewrite(lines: Iterable<string>, keep?: string): void;
  close(): void;
}

/** The disk refused a line (full, short write); the log is as it was before. */
export class JournalRefused extends Error {
  override readonly name = "JournalRefused";
}

/** The log could not be brought back to its last good state: no write may follow. */
export class JournalBroken extends Error {
  override readonly name = "JournalBroken";
}
