import * as nodeFs from "node:fs";
import { dirname } from "node:path";
import { type Line, linesOf } from "../../lines.ts";
import { Pace } from "../../pace.ts";
import type { Disk } from "../../ports/disk.ts";
import { type Journal, JournalBroken, JournalRefused } from "../../ports/journal.ts";

interface FileJournalOptions {
  /** Answer `durable` only when the disk says so. */
  readonly fsync: boolean;
  readonly fs?: Disk;
  /** Bytes that are read or rewritten at once. */
  readonly piece?: number;
}

const PIECE = 1 << 20;

/** journal.ndjson: appended with one write a line, so that an acknowledged write survives SIGKILL. */
export class FileJournal implements Journal {
  readonly keeps = true;
  readonly #file: string;
  readonly #fs: Disk;
  readonly #fsync: boolean;
  readonly #piece: number;
  /** Null while there is no file. */
  #fd: number | null;
  /** End of the last good line. */
  #size: number;
  /** Why the file does not end in a good line; nothing may be written behind it. */
  #broken: JournalBroken | null = null;
  #flushing: Promise<void> = Promise.resolve();
  #waiting: Promise<void> | null = null;
  /** Of the appends, how many there were, and how many the disk has. What was found counts as one: a killed process may not have flushed it. */
  #appended: number;
  #flushed = 0;
  #flushFailure: Error | null = null;

  constructor(file: string, options: FileJournalOptions) {
    this.#file = file;
    this.#fs = options.fs ?? nodeFs;
    this.#fsync = options.fsync;
    this.#piece = options.piece ?? PIECE;
    this.#fd = this.#fs.existsSync(file) ? this.#fs.openSync(file, "a+", 0o600) : null;
    this.#size = this.#fd === null ? 0 : this.#fs.fstatSync(this.#fd).size;
    this.#appended = this.#fd === null ? 0 : 1;
  }

  async *read(): AsyncGenerator<Line> {
    if (this.#fd !== null) yield* linesOf(this.#fs.createReadStream(this.#file, { highWaterMark: this.#piece }));
  }

  mend({ at }: Line, kept: string | null): void {
    if (kept === null) {
      this.#cutTo(at);
      return;
    }
    // Line by line is what a kill in between leaves, too: the kept line without its newline.
    this.#cutTo(at + Buffer.byteLength(kept));
    this.#write(Buffer.from("\n"));
  }

  append(line: string): void {
    this.#refuseChanged();
    this.#write(Buffer.from(`${line}\n`));
    this.#appended += 1;
  }

  isDurable(): boolean {
    return !this.#fsync || this.#flushed === this.#appended;
  }

  durable(): Promise<void> {
    if (this.isDurable()) return Promise.resolve();
    // A flush under way may have begun before our line: all that ask meanwhile share the next one.
    this.#waiting ??= this.#flushing.then(() => {
      this.#waiting = null;
      const flush = this.#flush();
      this.#flushing = flush.catch(() => {});
      return flush;
    });
    return this.#waiting;
  }

  async rewrite(lines: Iterable<string> | AsyncIterable<string>): Promise<void> {
    this.#refuseChanged();
    const next = `${this.#file}.next`;
    this.#fs.rmSync(next, { force: true });
    const fd = this.#fs.openSync(next, "ax+", 0o600);
    const pace = new Pace();
    let size = 0;
    try {
      for await (const piece of piecesOf(lines, this.#piece)) {
        const bytes = Buffer.from(piece);
        let done = 0;
        while (done < bytes.length) done += this.#fs.writeSync(fd, bytes, done);
        size += bytes.length;
        await pace.rest();
      }
      await call((done) => this.#fs.fsync(fd, done));
      this.#refuseChanged();
      this.#fs.renameSync(next, this.#file);
    } catch (error) {
      this.#fs.closeSync(fd);
      this.#fs.rmSync(next, { force: true });
      throw error;
    }
    // From here on the new log is the log: nothing may fail any more.
    this.close();
    this.#fd = fd;
    this.#size = size;
    try {
      this.#syncFolder();
      this.#flushed = this.#appended;
    } catch {
      // The disk may not have the rename yet: the next flush says so.
      this.#appended += 1;
      this.#flushed = 0;
    }
  }

  close(): void {
    if (this.#fd !== null) this.#fs.closeSync(this.#fd);
    this.#fd = null;
  }

  /** Nothing is written any more, for this reason. */
  stop(reason: string): void {
    this.#broken ??= new JournalBroken(reason);
  }

  /** Looks whether another process changed the file, and stops if so: the sentence that says it, once; else null. */
  findChange(): string | null {
    if (this.#broken) return null;
    try {
      this.#refuseChanged();
      return null;
    } catch (error) {
      return error instanceof JournalBroken ? error.message : null;
    }
  }

  /** What is written to a file that another process removed, replaced or wrote to would be lost, or break it. */
  #refuseChanged(): void {
    if (this.#broken) throw this.#broken;
    const change = this.#change();
    if (change === null) return;
    const advice = "what is in memory can still be read: `getsmart-sandbox export FILE` keeps it. Then restart the sandbox";
    this.#broken = new JournalBroken(
      `${this.#file} ${change} while the sandbox was running, by another process. No further write is taken; ${advice}.`,
    );
    throw this.#broken;
  }

  #change(): string | null {
    if (this.#fd === null) return null;
    try {
      const ours = this.#fs.fstatSync(this.#fd, { bigint: true });
      const named = this.#fs.statSync(this.#file, { bigint: true, throwIfNoEntry: false });
      if (!named) return "was removed";
      if (named.ino !== ours.ino || named.dev !== ours.dev) return "was replaced";
      return ours.size === BigInt(this.#size) ? null : "was written to";
    } catch (cause) {
      throw new JournalRefused(`${this.#file}: ${(cause as Error).message}`, { cause });
    }
  }

  #write(bytes: Buffer): void {
    let failure: unknown = null;
    try {
      const written = this.#fs.writeSync(this.#open(), bytes);
      // Of a file: there was no room for more.
      if (written !== bytes.length) {
        const message = `only ${written} of ${bytes.length} bytes were written`;
        failure = Object.assign(new Error(message), { code: "ENOSPC", syscall: "write" });
      }
    } catch (error) {
      failure = error;
    }
    if (failure !== null) {
      this.#cutTo(this.#size);
      throw new JournalRefused(`${this.#file}: ${(failure as Error).message}`, { cause: failure });
    }
    this.#size += bytes.length;
  }

  /** Makes the file with its first line, so that an empty one is never left by a start that was killed. */
  #open(): number {
    if (this.#fd === null) {
      this.#fd = this.#fs.openSync(this.#file, "a+", 0o600);
      if (this.#fsync) this.#syncFolder();
    }
    return this.#fd;
  }

  #cutTo(size: number): void {
    try {
      if (this.#fd !== null) this.#fs.ftruncateSync(this.#fd, size);
      this.#size = size;
    } catch (cause) {
      this.#broken = new JournalBroken(
        `${this.#file}: could not be cut back to its last good line. Restart the sandbox; every acknowledged write is kept.`,
        { cause },
      );
      throw this.#broken;
    }
  }

  /** Makes a rename survive a power loss. Windows has no such call. */
  #syncFolder(): void {
    if (process.platform === "win32") return;
    const fd = this.#fs.openSync(dirname(this.#file), "r");
    try {
      this.#fs.fsyncSync(fd);
    } finally {
      this.#fs.closeSync(fd);
    }
  }

  async #flush(): Promise<void> {
    if (this.#flushFailure) throw this.#flushFailure;
    const appended = this.#appended;
    try {
      // The first time the folder too: a file that was found new may not be listed there yet.
      if (this.#flushed === 0) this.#syncFolder();
      await call((done) => this.#fs.fdatasync(this.#open(), done));
    } catch (error) {
      this.#flushFailure = error as Error;
      throw error;
    }
    this.#flushed = appended;
  }
}

function call(start: (done: (error: NodeJS.ErrnoException | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => (error ? reject(error) : resolve()));
  });
}

async function* piecesOf(lines: Iterable<string> | AsyncIterable<string>, length: number): AsyncGenerator<string> {
  let piece = "";
  for await (const line of lines) {
    piece += `${line}\n`;
    if (piece.length < length) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}
