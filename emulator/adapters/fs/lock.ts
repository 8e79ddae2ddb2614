import { execFileSync } from "node:child_process";
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

/** Who holds a data folder, and where it can be reached. */
export interface LockContent {
  readonly pid: number;
  /** When that process started and in which boot: a pid alone may be somebody else's by now. */
  readonly process_start: string;
  readonly boot_id: string;
  readonly urls: Readonly<Record<string, string>>;
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
    setAside(file, found);
  }
}

/** The lock's content, or null when there is none or it is not readable. */
export function readLock(file: string): LockContent | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as LockContent;
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
  publish(urls: Readonly<Record<string, string>>): void {
    this.#content = { ...this.#content, urls };
    writeFileSync(`${this.#file}.next`, JSON.stringify(this.#content), { mode: 0o600 });
    renameSync(`${this.#file}.next`, this.#file);
  }

  release(): void {
    rmSync(this.#file, { force: true });
  }
}

/** Moves a dead lock away; of two processes that try, one wins, and a lock taken meanwhile is put back. */
function setAside(file: string, dead: LockContent | null): void {
  const aside = `${file}.dead.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  const moved = readLock(aside);
  if (JSON.stringify(moved) !== JSON.stringify(dead)) linkSync(aside, file);
  rmSync(aside, { force: true });
}

function identityOf(pid: number): { process_start: string; boot_id: string } | null {
  try {
    if (process.platform === "linux") {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      // Field 22, counted after the command name, which may hold spaces and brackets itself.
      const start = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] as string;
      return { process_start: start, boot_id: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim() };
    }
    process.kill(pid, 0);
    return { process_start: execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim(), boot_id: "" };
  } catch {
    return null;
  }
}
