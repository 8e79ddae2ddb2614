import type { Line } from "../lines.ts";

/**
 * The append-only log: one line is one committed unit of work. It knows bytes, not meaning (engine/journal-line.ts does).
 * Contract suite: test/ports/journal.ts.
 */
export interface Journal {
  /** False for a journal that remembers nothing: lines need not be made for it. */
  readonly keeps: boolean;
  /** Every line from the start, read in pieces. Only the last one can be without its newline (a torn write, or damage). */
  read(): AsyncIterable<Line>;
  /** Settles a last line that `read` gave without its newline: of it `kept` stays, and gets its newline; null drops all of it. */
  mend(tail: Line, kept: string | null): void;
  /**
   * Appends one line (without its newline). When it returns, the line survives the death of the process.
   * Throws JournalRefused after cutting the file back to its last good byte; JournalBroken if even that failed, or another process has
   * removed, replaced or written to the log.
   */
  append(line: string): void;
  /**
   * Resolves when every line appended so far survives a power loss; at once when that was not asked for (`--fsync`). Rejects once a flush
   * has failed: nobody knows then what the disk holds, and a later flush would report success for lines that are lost.
   */
  durable(): Promise<void>;
  /** Whether every line appended so far does already; always when that was not asked for. */
  isDurable(): boolean;
  /**
   * Replaces the whole log by `lines`, atomically, written in pieces. Nothing may be appended meanwhile. When it rejects, the log is as it
   * was. Rejects with JournalBroken for a log that another process has changed.
   */
  rewrite(lines: Iterable<string> | AsyncIterable<string>): Promise<void>;
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
