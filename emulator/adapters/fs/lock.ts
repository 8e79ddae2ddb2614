import { execFileSync } from "node:child_process";
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

/** Who holds a data folder, and where it can be reached. */
export interface LockContent {
  readonly pid: number;
  /** When that process started and in which boot: a pid alone may be somebody else's by now. */
  readonly process_start: string;
  readonly boot_id: string;
  readonly urls: Readonly<Record<string, string>>;
  /** The authority to trust when the URLs are https. */
  readonly ca_file?: string;
}

/** The folder is in use by a living process. */
export class DataFolderInUse extends Error {
  override readonly name = "DataFolderInUse";
  readonly holder: LockContent;
  constructor(file: string, holder: LockContent) {
    const where = holder.urls.api ? ` at ${holder.urls.api}` : "";
    super(`${file} is held by the sandbox with pid ${holder.pid}${where}; stop it, or choose another --data-dir`);
    this.holder = holder;
  }
}

/** Takes the lock file for this process, or throws DataFolderInUse. A lock left by a killed process is not in the way. */
export function takeLock(file: string): Lock {
  const mine: LockContent = { ...identityOf(process.pid), pid: process.pid, urls: {} } as LockContent;
  const draft = `${file}.${process.pid}`;
  for (;;) {
    writeFileSync(draft, JSON.stringify(mine), { mode: 0o600 });
    try {
      linkSync(draft, file);
      return new Lock(file, mine);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    } finally {
      rmSync(draft, { force: true });
    }
    const found = readLock(file);
    if (found && isAlive(found)) throw new DataFolderInUse(file, found);
    removeDead(file);
  }
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

function parse(text: string | null): LockContent | null {
  try {
    return text === null ? null : (JSON.parse(text) as LockContent);
  } catch {
    return null;
  }
}

/** Whether the process that wrote the lock still runs: same pid, same start, same boot. */
export function isAlive(lock: LockContent): boolean {
  const now = identityOf(lock.pid);
  return now !== null && now.process_start === lock.process_start && now.boot_id === lock.boot_id;
}

export class Lock {
  readonly #file: string;
  #content: LockContent;

  constructor(file: string, content: LockContent) {
    this.#file = file;
    this.#content = content;
  }

  /** Writes where the sandbox can be reached, for commands that look for it here. */
  publish(urls: Readonly<Record<string, string>>, caFile?: string): void {
    this.#content = { ...this.#content, urls, ...(caFile === undefined ? {} : { ca_file: caFile }) };
    writeFileSync(`${this.#file}.next`, JSON.stringify(this.#content), { mode: 0o600 });
    renameSync(`${this.#file}.next`, this.#file);
  }

  release(): void {
    rmSync(this.#file, { force: true });
  }
}

/**
 * Removes a dead lock. Only who holds the guard, a lock like this one, may do so: of two processes that find the same dead
 * lock, the slower one would otherwise remove the lock that the faster one has taken since.
 */
function removeDead(file: string): void {
  const guard = takeGuard(file);
  try {
    const text = textOf(file);
    const found = parse(text);
    if (text === null || (found && isAlive(found))) return;
    // Read again: its holder may have released it and ended in between, and another one have taken it.
    if (textOf(file) === text) rmSync(file);
  } finally {
    guard.release();
  }
}

function takeGuard(file: string): Lock {
  try {
    return takeLock(`${file}.guard`);
  } catch (error) {
    throw error instanceof DataFolderInUse ? new DataFolderInUse(file, error.holder) : error;
  }
}

function identityOf(pid: number): { process_start: string; boot_id: string } | null {
  try {
    if (process.platform === "linux") {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      // Fields 3 and 22, counted after the command name, which may hold spaces and brackets itself.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      // A zombie is dead: only its parent has not asked for its end yet.
      if (fields[0] === "Z" || fields[0] === "X") return null;
      return { process_start: fields[19] as string, boot_id: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim() };
    }
    process.kill(pid, 0);
    return { process_start: execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim(), boot_id: "" };
  } catch {
    return null;
  }
}
