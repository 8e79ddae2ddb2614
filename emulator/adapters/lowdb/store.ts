import { rename, rm } from "node:fs/promises";
import { Low } from "lowdb";
import { type Change, TABLES, type TableName, type Tables } from "../../model/tables.ts";
import {
  type Due,
  type Folded,
  type FoldStamp,
  type KeptFold,
  type NewestQuery,
  type Places,
  StorageDamaged,
  type Store,
} from "../../ports/store.ts";
import { type Database, RecordsFile } from "./records-file.ts";

const FORMAT = 2;
const EMPTY: Database = { format: FORMAT, generation: 0, seq: 0, records: {}, places: {} };

/**
 * Records kept in db.json through lowdb. Each write of it serialises everything (247 ms at 100 000 users), so the file is written at a
 * clean stop only; between two stops the journal holds what is newer.
 */
export class LowdbStore implements Store {
  readonly #file: string;
  readonly #open: (folded: Folded, places: Places) => Store;
  readonly #piece: number | undefined;
  #inner: Store;

  /** `open` makes the store that serves the records in memory. `piece`: bytes that are read or written at once. */
  constructor(file: string, open: (folded: Folded, places: Places) => Store, piece?: number) {
    this.#file = file;
    this.#piece = piece;
    this.#open = open;
    this.#inner = open({}, {});
  }

  async load(fold: KeptFold | null): Promise<void> {
    if (fold === null) {
      const found = await this.#read(this.#file);
      if (found !== null)
        throw new StorageDamaged(this.#file, null, "belongs to another journal than the one next to it, which has no db.json yet");
      await rm(this.#next, { force: true });
      return;
    }
    const current = await this.#read(this.#file);
    const isCurrent = isOf(fold, current);
    // Killed between the journal's rename and `publish`.
    const found = isCurrent ? current : await this.#read(this.#next);
    if (!isOf(fold, found)) throw new StorageDamaged(this.#file, null, whyNot(fold, current));
    const { data } = found;
    if (data.format !== FORMAT) throw new StorageDamaged(this.#file, null, `has format ${data.format}; this release reads ${FORMAT}`);
    const unknown = Object.keys(data.records).find((table) => !Object.hasOwn(TABLES, table));
    if (unknown !== undefined) throw new StorageDamaged(this.#file, null, `has a table ${unknown}, which this release does not know`);
    this.#inner = this.#open(data.records, data.places);
    // One that was staged and whose journal never came is of no use any more.
    if (isCurrent) await rm(this.#next, { force: true });
    else await this.publish();
  }

  async stage({ generation, seq }: FoldStamp): Promise<string> {
    const file = new RecordsFile(this.#next, this.#piece);
    const db = new Low<Database>(file, EMPTY);
    db.data = { format: FORMAT, generation, seq, records: this.#inner.fold(), places: this.#inner.places() };
    // Synced: the journal's rename, which makes this fold the only copy of its records, must not reach the disk before it.
    await db.write();
    return file.digest;
  }

  discard(): Promise<void> {
    return rm(this.#next, { force: true });
  }

  publish(): Promise<void> {
    return rename(this.#next, this.#file);
  }

  get<T extends TableName>(table: T, id: string): Tables[T] | undefined {
    return this.#inner.get(table, id);
  }
  by<T extends TableName>(table: T, index: string, key: string): readonly Tables[T][] {
    return this.#inner.by(table, index, key);
  }
  newest<T extends TableName>(table: T, query: NewestQuery<Tables[T]>): readonly Tables[T][] {
    return this.#inner.newest(table, query);
  }
  count(table: TableName): number {
    return this.#inner.count(table);
  }
  apply(changes: readonly Change[]): Change[] {
    return this.#inner.apply(changes);
  }
  nextDue(until: number, except?: (due: Due) => boolean): Due | null {
    return this.#inner.nextDue(until, except);
  }
  replace(other: Store): Store {
    return this.#inner.replace(other);
  }
  fold(): Folded {
    return this.#inner.fold();
  }
  places(): Places {
    return this.#inner.places();
  }

  get #next(): string {
    return `${this.#file}.next`;
  }

  /** Null when there is no file. */
  async #read(path: string): Promise<Content | Unreadable | null> {
    const file = new RecordsFile(path, this.#piece);
    const db = new Low<Database>(file, EMPTY);
    try {
      await db.read();
    } catch (cause) {
      return { unreadable: (cause as Error).message };
    }
    return db.data === EMPTY ? null : { data: db.data, digest: file.digest };
  }
}

interface Content {
  readonly data: Database;
  readonly digest: string;
}

interface Unreadable {
  readonly unreadable: string;
}

function isOf({ digest, generation, seq }: KeptFold, read: Content | Unreadable | null): read is Content {
  if (!read || "unreadable" in read) return false;
  return read.digest === digest && read.data.generation === generation && read.data.seq === seq;
}

function whyNot({ generation }: KeptFold, read: Content | Unreadable | null): string {
  if (!read) return "is missing, and the journal next to it begins where it ended";
  if ("unreadable" in read) return `cannot be read: ${read.unreadable}`;
  const { generation: found } = read.data;
  if (found !== generation) return `is of generation ${found}, the journal next to it of ${generation}`;
  return "was changed since it was written: it does not have the digest that the journal's header says";
}
