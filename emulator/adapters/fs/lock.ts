import { closeSync, linkSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
// Kept as they are now: a test that fakes timers later must not stop the beat.
import { clearInterval, setInterval } from "node:timers";
import { setTimeout as sleep } from "node:timers/promises";
import { identityOf, ownIdentity, type ProcessIdentity, sharesPids } from "./process-identity.ts";

/** Who holds a data folder, and where it can be reached. */
export interface LockContent extends ProcessIdentity {
  readonly pid: number;
  /** Device and inode of the folder: a copy of the folder has a copy of its lock, which holds nothing there. */
  readonly folder: string;
  /** The sandbox that the process runs (`info` has it too); absent until it listens somewhere. */
  readonly sandbox_id?: string;
  readonly urls: Readonly<Record<string, string>>;
  /** The authority to trust when the URLs are https. */
  readonly ca_file?: string;
}

/** What commands that look for the sandbox here need to know of it. */
type Published = Pick<LockContent, "sandbox_id" | "urls" | "ca_file">;

/** The folder is in use by a living process. */
export class DataFolderInUse extends Error {
  override readonly name = "DataFolderInUse";
  readonly holder: LockContent;
  constructor(file: string, holder: LockContent) {
    const where = holder.urls.api ? ` at ${holder.urls.api}` : "";
    const elsewhere = sharesPids(holder) ? "" : ", in another container or on another machine";
    super(`${file} is held by the sandbox with pid ${holder.pid}${where}${elsewhere}; stop it, or choose another --data-dir`);
    this.holder = holder;
  }
}

interface LockOptions {
  /** Told once, while a holder whose pid says nothing here is watched for a sign of life. */
  readonly waiting?: ((message: string) => void) | undefined;
  /** After so long without a beat (ms) such a holder is gone. */
  readonly silence?: number;
}

const BEAT_MS = 2000;
const SILENCE_MS = 5 * BEAT_MS;
const LOOK_MS = 100;

/**
 * Takes the lock file for this process, or throws DataFolderInUse. A lock left by a process that is gone is not in the way. Whether it
 * is gone its pid says, where that counts here too; of one in another container, on another machine or on Windows its silence does.
 */
export async function takeLock(file: string, options: LockOptions = {}): Promise<Lock> {
  const mine: LockContent = { ...ownIdentity(), pid: process.pid, folder: folderOf(file), urls: {} };
  for (;;) {
    const claim = claimed(file, JSON.stringify(mine));
    if (claim.isMine) return new Lock(file, mine);
    const text = textOf(file);
    const found = parse(text);
    if (found && (await isHeld(file, text as string, found, claim.at, options))) throw new DataFolderInUse(file, found);
    // Between two calls of a process on a file system without links its lock is empty.
    if (!found && !claim.isAtomic && text !== null && claim.at - (stampOf(file) ?? 0) < BEAT_MS) await sleep(LOOK_MS);
    else await removeDead(file, text, options);
  }
}

/**
 * Writes the lock if there is none: whole, by a link; where the file system has no links, by making the file. `at`: the instant by the
 * clock of the file system, which stamps the locks of others too.
 */
function claimed(file: string, text: string): { isMine: boolean; isAtomic: boolean; at: number } {
  const draft = `${file}.${process.pid}`;
  let at = Date.now();
  try {
    writeFileSync(draft, text, { mode: 0o600 });
    at = statSync(draft).mtimeMs;
    linkSync(draft, file);
    return { isMine: true, isAtomic: true, at };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return { isMine: false, isAtomic: true, at };
    if (!NO_LINKS.has(code as string)) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  try {
    writeFileSync(file, text, { mode: 0o600, flag: "wx" });
    return { isMine: true, isAtomic: false, at };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return { isMine: false, isAtomic: false, at };
    rmSync(file, { force: true });
    throw error;
  }
}

/** What file systems without hard links answer: exFAT, some of containers, phones and networks. */
const NO_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

/** Whether a living process holds this folder by the lock. `now`: by the file system's clock. */
async function isHeld(file: string, text: string, lock: LockContent, now: number, options: LockOptions): Promise<boolean> {
  if (sharesPids(lock)) return lock.folder === folderOf(file) && lives(lock);
  const { waiting, silence = SILENCE_MS } = options;
  const stamp = stampOf(file);
  const left = silence - Math.max(0, now - (stamp ?? 0));
  if (left <= 0) return false;
  waiting?.(
    `${file} names the sandbox with pid ${lock.pid}, which this process cannot see; it is free after ${Math.ceil(left / 1000)} s without a sign of life.`,
  );
  for (const until = performance.now() + left; performance.now() < until; await sleep(LOOK_MS)) {
    if (textOf(file) !== text || stampOf(file) !== stamp) return textOf(file) !== null;
  }
  return false;
}

/** The lock's content when the process that wrote it still holds this folder, for those who look for a sandbox; else null. */
export function livingLock(file: string): LockContent | null {
  const lock = parse(textOf(file));
  if (!lock) return null;
  if (sharesPids(lock)) return lock.folder === folderOf(file) && lives(lock) ? lock : null;
  return Date.now() - (stampOf(file) ?? 0) < SILENCE_MS ? lock : null;
}

/** The lock's content, or null when there is none or it is not readable. */
export function readLock(file: string): LockContent | null {
  return parse(textOf(file));
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

function stampOf(file: string): number | null {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? null;
}

function folderOf(file: string): string {
  const { dev, ino } = statSync(dirname(file), { bigint: true });
  return `${dev}:${ino}`;
}

function parse(text: string | null): LockContent | null {
  try {
    const lock = (text === null ? null : JSON.parse(text)) as LockContent | null;
    return Number.isInteger(lock?.pid) ? { ...(lock as LockContent), urls: lock?.urls ?? {} } : null;
  } catch {
    return null;
  }
}

/** Whether the process that wrote the lock still runs: same pid, same start. For locks whose pids count here. */
function lives(lock: LockContent): boolean {
  return identityOf(lock.pid)?.process_start === lock.process_start;
}

export class Lock {
  readonly #file: string;
  readonly #beat: NodeJS.Timeout;
  #content: LockContent;
  #lost: (reason: string) => void = () => {};
  #look: () => void = () => {};

  constructor(file: string, content: LockContent) {
    this.#file = file;
    this.#content = content;
    this.#beat = setInterval(() => {
      this.#show();
      this.#look();
    }, BEAT_MS).unref();
  }

  /** Told once when another process has the folder now: this one was taken for gone, or its lock was removed. */
  whenLost(lost: (reason: string) => void): void {
    this.#lost = lost;
  }

  /** Called with every beat: for what else is looked at from time to time. Must not throw. */
  whenBeating(look: () => void): void {
    this.#look = look;
  }

  /** The folder that it locks: device and inode. */
  get folder(): string {
    return this.#content.folder;
  }

  /** Writes which sandbox this is and where it can be reached. */
  publish(published: Published): void {
    if (!this.#isMine()) return;
    this.#content = { ...this.#content, ...published };
    const next = `${this.#file}.next`;
    try {
      writeFileSync(next, this.#text, { mode: 0o600 });
      renameSync(next, this.#file);
    } catch (error) {
      rmSync(next, { force: true });
      throw error;
    }
  }

  /** Never throws: a lock that cannot be removed is left, as a kill leaves it. */
  release(): void {
    clearInterval(this.#beat);
    try {
      if (this.#isMine()) rmSync(this.#file, { force: true });
    } catch {}
  }

  get #text(): string {
    return JSON.stringify(this.#content);
  }

  #isMine(): boolean {
    return textOf(this.#file) === this.#text;
  }

  /** Writes what is there already, so that the file system stamps it. */
  #show(): void {
    try {
      const found = textOf(this.#file);
      if (found === null) {
        // Somebody removed it, and nobody has taken it yet.
        if (!claimed(this.#file, this.#text).isMine) this.#lose();
      } else if (found !== this.#text) this.#lose();
      else {
        const fd = openSync(this.#file, "r+");
        try {
          writeSync(fd, this.#text, 0);
        } finally {
          closeSync(fd);
        }
      }
    } catch {
      // A full disk, too many open files, the whole folder gone: the next append says so.
    }
  }

  #lose(): void {
    clearInterval(this.#beat);
    const holder = readLock(this.#file);
    this.#lost(`${this.#file} was taken by ${holder ? `the sandbox with pid ${holder.pid}` : "another process"}`);
    this.#lost = () => {};
  }
}

/**
 * Removes a dead lock. Only who holds the guard, a lock like this one, may do so: of two processes that find the same dead
 * lock, the slower one would otherwise remove the lock that the faster one has taken since.
 */
async function removeDead(file: string, dead: string | null, options: LockOptions): Promise<void> {
  const guard = await takeLock(`${file}.guard`, options).catch((error) => {
    throw error instanceof DataFolderInUse ? new DataFolderInUse(file, error.holder) : error;
  });
  try {
    // Its holder may have released it and another one have taken it in between.
    if (dead !== null && textOf(file) === dead) rmSync(file, { force: true });
  } finally {
    guard.release();
  }
}
