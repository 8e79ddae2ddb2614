import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { makeFolder, removeMade, topmostMissing, uncompacted, unusable } from "./adapters/fs/folder.ts";
import { FileJournal } from "./adapters/fs/journal.ts";
import { type Lock, takeLock } from "./adapters/fs/lock.ts";
import type { HeaderLine } from "./engine/journal-line.ts";
import { FIXTURE } from "./engine/positions.ts";
import { mendTail, type ReadJournal, readJournal } from "./engine/read-journal.ts";
import { readableLines } from "./engine/repair.ts";
import type { Line } from "./lines.ts";
import type { Machine } from "./ports/disk.ts";
import { JournalBroken } from "./ports/journal.ts";
import { StorageDamaged } from "./ports/store.ts";
import { makePrivate } from "./private-path.ts";

interface FolderOptions {
  readonly dir: string;
  /** Begin a new generation; the old one is kept beside it. */
  readonly fresh?: boolean;
  /** On damage: keep the damaged file as a copy and continue with the lines before the damage. */
  readonly repair?: boolean;
  /** Answer writes only when they survive a power loss. */
  readonly fsync?: boolean;
  /** Told while a lock of another container, or on Windows, is watched for a sign of life. */
  readonly onWaiting?: (message: string) => void;
  /** Where it is said when another process takes the folder or the journal. */
  readonly log?: { error(message: string): void };
}

/** An open data folder: `lock`, `journal.ndjson`, `db.json`. */
export interface DataFolder {
  readonly lock: Lock;
  readonly journal: FileJournal;
  readonly journalFile: string;
  readonly dbFile: string;
  /** What the journal holds; null for a new sandbox. */
  readonly kept: ReadJournal | null;
  /** What was set aside or left out, a sentence each. */
  readonly notices: readonly string[];
  /** Lets go of it, and of what a new sandbox that could not be started has begun there; returns the error as a user is told it. */
  abandon(error: unknown): unknown;
  /**
   * Runs a compaction, unless writes were stopped (`broken`): the journal suffices then. Throws StorageUnusable where the system refuses
   * it, the journal being as it was, and where another process took the journal.
   */
  compact(broken: Error | null, work: () => Promise<void>): Promise<void>;
  close(): void;
}

/** What a new folder would be made with; a kept one must agree. Undefined: whatever it was made with. */
interface Asked {
  readonly fixture?: string | undefined;
  readonly seed?: string | undefined;
  readonly chainId?: number | undefined;
  readonly baseFee?: number | undefined;
}

/** The folder was made with other settings than asked for. */
export class DataFolderMismatch extends Error {
  override readonly name = "DataFolderMismatch";
}

/** Opens a data folder. Throws DataFolderInUse, DataFolderMismatch, DataUnsupported, StorageDamaged, StorageUnusable. */
export async function openDataFolder(options: FolderOptions, asked: Asked = {}, machine: Machine = {}): Promise<DataFolder> {
  const missing = topmostMissing(options.dir);
  try {
    makeFolder(options.dir, missing);
    return await open(options, asked, machine, missing);
  } catch (error) {
    removeMade(options.dir, missing);
    throw unusable(options.dir, error) ?? error;
  }
}

async function open(
  { dir, fresh = false, repair = false, fsync = false, onWaiting, log }: FolderOptions,
  asked: Asked,
  { disk }: Machine,
  missing: string | null,
): Promise<DataFolder> {
  const lock = await takeLock(join(dir, "lock"), { waiting: onWaiting });
  const journalFile = join(dir, "journal.ndjson");
  const dbFile = join(dir, "db.json");
  const journalOptions = { fsync, ...(disk ? { fs: disk } : {}) };
  let journal: FileJournal | null = null;
  try {
    // Left by a kill while it was written.
    rmSync(`${journalFile}.next`, { force: true });
    if (fresh) setAside([journalFile, dbFile]);
    const notices: string[] = [];
    if (!closeToOthers(dir)) notices.push("Others may read the data folder, which holds secrets: its permissions could not be set.");
    const opened = new FileJournal(journalFile, journalOptions);
    journal = opened;
    let kept = await readOrRepair(opened, journalFile, repair, notices);
    if (kept && isReady(kept)) {
      refuseMismatch(kept.header, asked);
      mendTail(opened, kept);
    } else {
      kept = null;
      const names = setAside([journalFile, dbFile]);
      if (names.length > 0) notices.push(sayNew(names));
      // Its file has gone: the next line begins another one.
      opened.close();
      journal = new FileJournal(journalFile, journalOptions);
    }
    const inUse = journal;
    lock.whenLost((reason) => {
      const message = `${reason}. No further write is taken; restart the sandbox, or choose another --data-dir.`;
      inUse.stop(message);
      log?.error(message);
    });
    lock.whenBeating(() => {
      const change = inUse.findChange();
      if (change !== null) log?.error(change);
    });
    const close = () => {
      inUse.close();
      lock.release();
    };
    const abandon = (error: unknown) => {
      close();
      // Nobody was answered by what a new sandbox has begun to write.
      if (kept === null) for (const file of [journalFile, dbFile]) rmSync(file, { force: true });
      removeMade(dir, missing);
      return unusable(dir, error) ?? error;
    };
    const compact = async (broken: Error | null, work: () => Promise<void>) => {
      try {
        if (broken instanceof JournalBroken) throw broken;
        if (broken === null) await work();
      } catch (error) {
        throw uncompacted(dir, error) ?? error;
      }
    };
    return { lock, journal, journalFile, dbFile, kept, notices, abandon, compact, close };
  } catch (error) {
    journal?.close();
    lock.release();
    throw error;
  }
}

/** A start that was killed before that was never acknowledged to anyone, and a journal cut as short cannot be told from it. */
function isReady({ state }: ReadJournal): boolean {
  return state.names.has(FIXTURE);
}

function sayNew(names: readonly string[]): string {
  const [hasJournal, hasDb] = ["journal", "db"].map((begin) => names.some((name) => name.startsWith(begin)));
  let reason = "journal.ndjson ended before its sandbox was ready for the first time";
  if (hasDb) reason = hasJournal ? "journal.ndjson has lost what db.json goes with" : "There was a db.json without its journal";
  return `${reason}; kept as ${names.join(" and ")}. This sandbox is new.`;
}

/** Throws DataFolderMismatch if the folder was made with other settings than asked for. */
export function refuseMismatch(header: HeaderLine, asked: Asked): void {
  const differing = [
    asked.fixture !== undefined && asked.fixture !== header.fixture ? `--fixture ${header.fixture}` : null,
    asked.seed !== undefined && (!header.seeded || asked.seed !== header.seed)
      ? header.seeded
        ? `--seed ${header.seed}`
        : "no --seed"
      : null,
    asked.chainId !== undefined && asked.chainId !== header.chain_id ? `--chain-id ${header.chain_id}` : null,
    asked.baseFee !== undefined && asked.baseFee !== header.rules.base_fee ? `--base-fee ${header.rules.base_fee}` : null,
  ].filter((each) => each !== null);
  if (differing.length === 0) return;
  throw new DataFolderMismatch(
    `The data folder was made with ${differing.join(", ")}; choose another --data-dir, or begin anew in this one with --fresh (the old data is kept beside it).`,
  );
}

async function readOrRepair(journal: FileJournal, file: string, repair: boolean, notices: string[]): Promise<ReadJournal | null> {
  try {
    return await readJournal(journal.read(), file);
  } catch (error) {
    if (!(error instanceof StorageDamaged) || error.line === null) throw error;
    const kept = await readableBefore(journal, file, error, error.line);
    if (!repair) throw error;
    await keepReadable(journal, file, error, error.line, notices);
    return kept;
  }
}

/** What a repair would keep. Throws StorageDamaged, not repairable, where too little is readable to continue with. */
async function readableBefore(journal: FileJournal, file: string, { reason }: StorageDamaged, line: number): Promise<ReadJournal> {
  const refused = (why: string) => new StorageDamaged(file, line, `${reason}; ${why}`, { isRepairable: false });
  try {
    const kept = await readJournal(asLines(readableLines(journal.read(), file, line)), file);
    if (kept && isReady(kept)) return kept;
  } catch (cause) {
    throw cause instanceof StorageDamaged ? refused(cause.reason) : cause;
  }
  throw refused("before it there is no state to continue with");
}

async function keepReadable(
  journal: FileJournal,
  file: string,
  { reason }: StorageDamaged,
  line: number,
  notices: string[],
): Promise<void> {
  const copy = nameAside(file, "damaged");
  await copyFile(file, copy);
  await journal.rewrite(readableLines(journal.read(), file, line));
  const lines = line === 2 ? "the line" : `the ${line - 1} lines`;
  notices.push(
    `Line ${line} of journal.ndjson was damaged (${reason}): this sandbox continues with ${lines} before it. The damaged file is kept as ${basename(copy)}.`,
  );
}

async function* asLines(texts: AsyncIterable<string>): AsyncGenerator<Line> {
  for await (const text of texts) yield { text, at: 0, ended: true };
}

/**
 * Our files hold secrets of webhooks and the issuer's key; those that were there before may be open to others. False when they stay so,
 * as on a file system without permissions.
 */
function closeToOthers(dir: string): boolean {
  makePrivate(dir);
  const ours = readdirSync(dir).filter((name) => /^(journal\.ndjson|db\.json|lock)/.test(name));
  return ours.map((name) => makePrivate(join(dir, name))).every(Boolean);
}

/** Returns the names under which they are kept. */
function setAside(files: readonly string[]): string[] {
  const names: string[] = [];
  for (const file of files) {
    if (!existsSync(file)) continue;
    const name = nameAside(file, "old");
    renameSync(file, name);
    names.push(basename(name));
  }
  return names;
}

/** A name that is not taken: `journal.ndjson.old`, `journal.ndjson.old-2` … */
function nameAside(file: string, suffix: string): string {
  for (let i = 1; ; i++) {
    const name = `${file}.${suffix}${i === 1 ? "" : `-${i}`}`;
    if (!existsSync(name)) return name;
  }
}
