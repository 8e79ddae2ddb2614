import { closeSync, copyFileSync, existsSync, mkdirSync, openSync, readSync, renameSync } from "node:fs";
import { join } from "node:path";
import { FileJournal } from "./adapters/fs/journal.ts";
import { type Lock, takeLock } from "./adapters/fs/lock.ts";
import { decodeLine, type HeaderLine } from "./engine/journal-line.ts";
import { FIXTURE } from "./engine/positions.ts";
import { type ReadJournal, readJournal } from "./engine/recovery.ts";
import { DataUnsupported, StorageDamaged } from "./ports/store.ts";

export interface FolderOptions {
  readonly dir: string;
  /** Begin a new generation; the old one is kept beside it. */
  readonly fresh?: boolean;
  /** On damage: keep the damaged file as a copy and go on with the lines before the damage. */
  readonly repair?: boolean;
  /** Answer writes only when they survive a power loss. */
  readonly fsync?: boolean;
}

/** Bytes: more than any first line of a journal. */
const MAX_HEADER = 65_536;

/** An open data folder: `lock`, `journal.ndjson`, `db.json`. */
export interface DataFolder {
  readonly lock: Lock;
  readonly journal: FileJournal;
  readonly journalFile: string;
  readonly dbFile: string;
  /** What the journal holds; null for a new sandbox. */
  readonly kept: ReadJournal | null;
  /** There was a db.json without its journal; it was set aside. */
  readonly orphaned: boolean;
  close(): void;
}

/** What a new folder would be made with; a kept one must agree. Undefined: whatever it was made with. */
export interface Asked {
  readonly fixture?: string | undefined;
  readonly seed?: string | undefined;
  readonly chainId?: number | undefined;
  readonly baseFee?: number | undefined;
}

/** The folder was made with other settings than asked for. */
export class DataFolderMismatch extends Error {
  override readonly name = "DataFolderMismatch";
}

/** Opens a data folder. Throws DataFolderInUse, DataFolderMismatch, DataUnsupported, StorageDamaged. */
export function openDataFolder({ dir, fresh = false, repair = false, fsync = false }: FolderOptions, asked: Asked = {}): DataFolder {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const lock = takeLock(join(dir, "lock"));
  const journalFile = join(dir, "journal.ndjson");
  const dbFile = join(dir, "db.json");
  let opened: FileJournal | null = null;
  try {
    if (fresh) setAside([journalFile, dbFile]);
    refuseUnsupported(journalFile);
    const journal = new FileJournal(journalFile, { fsync });
    opened = journal;
    const kept = readOrRepair(journal, journalFile, repair);
    // Killed before it was ever ready: nobody was answered, so begin again.
    const wasReady = kept?.lines.some((line) => line.kind === "snapshot" && line.name === FIXTURE);
    if (kept && wasReady) refuseMismatch(kept.header, asked);
    else if (kept) journal.rewrite([]);
    // A db.json without its journal: killed inside --fresh, between the two.
    const orphaned = !wasReady && existsSync(dbFile);
    if (orphaned) setAside([dbFile]);
    const close = () => {
      journal.close();
      lock.release();
    };
    return { lock, journal, journalFile, dbFile, kept: wasReady ? kept : null, orphaned, close };
  } catch (error) {
    opened?.close();
    lock.release();
    throw error;
  }
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

/** Before anything in the folder is changed: reading a journal cuts off a torn line. Throws DataUnsupported for another format. */
function refuseUnsupported(journalFile: string): void {
  if (!existsSync(journalFile)) return;
  const file = openSync(journalFile, "r");
  try {
    const begin = Buffer.alloc(MAX_HEADER);
    const text = begin.toString("utf8", 0, readSync(file, begin, 0, MAX_HEADER, 0));
    decodeLine(text.slice(0, text.indexOf("\n")));
  } catch (error) {
    // Damage is found and told when all is read.
    if (error instanceof DataUnsupported) throw error;
  } finally {
    closeSync(file);
  }
}

function readOrRepair(journal: FileJournal, file: string, repair: boolean): ReadJournal | null {
  try {
    return readJournal({ journal }, file);
  } catch (error) {
    if (!repair || !(error instanceof StorageDamaged) || error.line === null) throw error;
    const readable = [...journal.read().lines].slice(0, error.line - 1);
    if (!isWholeBase(readable)) throw error;
    copyFileSync(file, nameAside(file, "damaged"));
    journal.rewrite(readable);
    return readJournal({ journal }, file);
  }
}

/** What compaction wrote is needed whole: a chain cannot be rebuilt from a part of it. */
function isWholeBase(readable: readonly string[]): boolean {
  const [header, ...lines] = readable.map(decodeLine);
  if (header?.kind !== "header" || header.last_seq === 0) return true;
  return lines.some((line) => line.kind === "restore" && line.name === "");
}

function setAside(files: readonly string[]): void {
  for (const file of files) if (existsSync(file)) renameSync(file, nameAside(file, "old"));
}

/** A name that is not taken: `journal.ndjson.old`, `journal.ndjson.old-2` … */
function nameAside(file: string, suffix: string): string {
  for (let i = 1; ; i++) {
    const name = `${file}.${suffix}${i === 1 ? "" : `-${i}`}`;
    if (!existsSync(name)) return name;
  }
}
