import { open, rename } from "node:fs/promises";
import { Low } from "lowdb";
import { JSONFile } from "lowdb/node";
import { type Change, TABLES, type TableName, type Tables } from "../../model/tables.ts";
import { type Due, type Folded, type FoldStamp, type NewestQuery, type Places, StorageDamaged, type Store } from "../../ports/store.ts";

/** What db.json holds. */
interface Database extends FoldStamp {
  readonly format: number;
  readonly records: Folded;
  readonly places?: Places;
}

const FORMAT = 2;
const EMPTY: Database = { format: FORMAT, generation: 0, seq: 0, records: {} };

/**
 * Records kept in db.json through lowdb. lowdb serialises everything at each write (247 ms at 100 000 users), so the file
 * is written at a clean stop only; between two stops the journal holds what is newer.
 */
export class LowdbStore implements Store {
  readonly #file: string;
  readonly #open: (folded: Folded, places: Places) => Store;
  #inner: Store;

  /** `open` makes the store that serves the records in memory. */
  constructor(file: string, open: (folded: Folded, places: Places) => Store) {
    this.#file = file;
    this.#open = open;
    this.#inner = open({}, {});
  }

  async load(generation: number): Promise<FoldStamp | null> {
    let current = await this.#read(this.#file);
    if (current?.generation !== generation) {
      const next = await this.#read(this.#next);
      if (next?.generation === generation) {
        await this.publish();
        current = next;
      }
    }
    if (!current) return null;
    if (current.generation !== generation) {
      throw new StorageDamaged(this.#file, null, `is of generation ${current.generation}, the journal of ${generation}`);
    }
    this.#inner = this.#open(current.records, current.places ?? {});
    return { generation, seq: current.seq };
  }

  async stage({ generation, seq }: FoldStamp): Promise<void> {
    const db = new Low<Database>(new JSONFile(this.#next), EMPTY);
    db.data = { format: FORMAT, generation, seq, records: this.#inner.fold(), places: this.#inner.places() };
    await db.write();
    // The journal's rename, which makes this fold the only copy of its records, must not reach the disk before it.
    const file = await open(this.#next, "r+");
    await file.sync().finally(() => file.close());
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
  fold(): Folded {
    return this.#inner.fold();
  }
  places(): Places {
    return this.#inner.places();
  }

  get #next(): string {
    return `${this.#file}.next`;
  }

  async #read(file: string): Promise<Database | null> {
    const db = new Low<Database | null>(new JSONFile(file), null);
    try {
      await db.read();
    } catch (cause) {
      throw new StorageDamaged(file, null, `cannot be read: ${(cause as Error).message}`);
    }
    const data = db.data;
    if (data === null) return null;
    if (data.format !== FORMAT || typeof data.records !== "object" || data.records === null) {
      throw new StorageDamaged(file, null, `has format ${data.format}; this release reads ${FORMAT}`);
    }
    const unknown = Object.keys(data.records).find((table) => !Object.hasOwn(TABLES, table));
    if (unknown !== undefined) throw new StorageDamaged(file, null, `has a table ${unknown}, which this release does not know`);
    return data;
  }
}
