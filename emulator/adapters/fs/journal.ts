import * as nodeFs from "node:fs";
import { dirname } from "node:path";
import { type Journal, JournalBroken, JournalRefused } from "../../ports/journal.ts";

/** The calls of node:fs that the journal makes; tests inject full disks and short writes here. */
export type JournalFs = Pick<
  typeof nodeFs,
  | "openSync"
  | "writeSync"
  | "ftruncateSync"
  | "fdatasync"
  | "fsyncSync"
  | "closeSync"
  | "readFileSync"
  | "renameSync"
  | "linkSync"
  | "rmSync"
  | "fstatSync"
>;

export interface FileJournalOptions {
  /** Answer `durable` only when the disk says so. */
  readonly fsync: boolean;
  readonly fs?: JournalFs;
}

/** journal.ndjson: appended with one write a line, so that an answered write survives SIGKILL. */
export class FileJournal implements Journal {
  readonly #file: string;
  readonly #fs: JournalFs;
  readonly #fsync: boolean;
  #fd: number;
  /** End of the last good line. */
  #size: number;
  /** Why the file does not end in a good line; nothing may be written behind it. */
  #broken: JournalBroken | null = null;
  #flushing: Promise<void> = Promise.resolve();
  #waiting: Promise<void> | null = null;

  constructor(file: string, options: FileJournalOptions) {
    this.#file = file;
    this.#fs = options.fs ?? nodeFs;
    this.#fsync = options.fsync;
    this.#fd = this.#fs.openSync(file, "a+", 0o600);
    this.#size = this.#fs.fstatSync(this.#fd).size;
  }

  read(): { lines: Iterable<string>; torn: boolean } {
    const bytes = this.#fs.readFileSync(this.#file);
    const end = bytes.lastIndexOf(0x0a) + 1;
    const torn = end < bytes.length;
    if (torn) this.#cutTo(end);
    return { lines: linesOf(bytes, end), torn };
  }

  append(line: string): void {
    if (this.#broken) throw this.#broken;
    const bytes = Buffer.from(`${line}\n`);
    let failure: unknown = null;
    try {
      const written = this.#fs.writeSync(this.#fd, bytes);
      if (written !== bytes.length) failure = new Error(`only ${written} of ${bytes.length} bytes were written`);
    } catch (error) {
      failure = error;
    }
    if (failure !== null) {
      this.#cutTo(this.#size);
      throw new JournalRefused(`${this.#file}: ${(failure as Error).message}`, { cause: failure });
    }
    this.#size += bytes.length;
  }

  durable(): Promise<void> {
    if (!this.#fsync) return Promise.resolve();
    // A flush under way may have begun before our line: all that ask meanwhile share the next one.
    this.#waiting ??= this.#flushing.then(() => {
      this.#waiting = null;
      const flush = this.#flush();
      this.#flushing = flush.catch(() => {});
      return flush;
    });
    return this.#waiting;
  }

  rewrite(lines: Iterable<string>, keep?: string): void {
    const next = `${this.#file}.next`;
    const fd = this.#fs.openSync(next, "w", 0o600);
    try {
      for (const chunk of chunksOf(lines)) {
        const bytes = Buffer.from(chunk);
        let done = 0;
        while (done < bytes.length) done += this.#fs.writeSync(fd, bytes, done);
      }
      this.#fs.fsyncSync(fd);
      if (keep) this.#fs.linkSync(this.#file, `${this.#file}.${keep}`);
      this.#fs.renameSync(next, this.#file);
    } catch (error) {
      this.#fs.rmSync(next, { force: true });
      throw error;
    } finally {
      this.#fs.closeSync(fd);
    }
    this.#fs.closeSync(this.#fd);
    this.#fd = this.#fs.openSync(this.#file, "a+", 0o600);
    this.#size = this.#fs.fstatSync(this.#fd).size;
    this.#broken = null;
    this.#syncFolder();
  }

  close(): void {
    this.#fs.closeSync(this.#fd);
  }

  #cutTo(size: number): void {
    try {
      this.#fs.ftruncateSync(this.#fd, size);
      this.#size = size;
    } catch (cause) {
      this.#broken = new JournalBroken(`${this.#file}: could not be cut back to its last good line`, { cause });
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

  #flush(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#fs.fdatasync(this.#fd, (error) => (error ? reject(error) : resolve()));
    });
  }
}

function* linesOf(bytes: Buffer, end: number): Generator<string> {
  for (let from = 0; from < end; ) {
    const to = bytes.indexOf(0x0a, from);
    yield bytes.toString("utf8", from, to);
    from = to + 1;
  }
}

function* chunksOf(lines: Iterable<string>): Generator<string> {
  let chunk = "";
  for (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length > 1 << 20) {
      yield chunk;
      chunk = "";
    }
  }
  yield chunk;
}
