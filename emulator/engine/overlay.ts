import { type AnyRecord, type Change, TABLES, type TableName, type Tables } from "../model/tables.ts";
import type { NewestQuery, Reader } from "../ports/store.ts";

type Staged = Map<TableName, Map<string, AnyRecord | null>>;

/** Staged changes over the committed records: what a unit of work sees. Unit sizes are small, so staged records are walked. */
export class Overlay implements Reader {
  readonly #base: Reader;
  #staged: Staged = new Map();

  constructor(base: Reader) {
    this.#base = base;
  }

  put<T extends TableName>(table: T, record: Tables[T]): void {
    this.#table(table).set(record.id, record);
  }

  remove(table: TableName, id: string): void {
    this.#table(table).set(id, null);
  }

  /** A copy of what is staged, to go back to. */
  save(): Staged {
    return new Map([...this.#staged].map(([table, rows]) => [table, new Map(rows)]));
  }

  reset(saved: Staged): void {
    this.#staged = saved;
  }

  /** What was staged, in the order of first touch; a record that came and went in the unit is no change. */
  changes(): Change[] {
    const changes: Change[] = [];
    for (const [table, rows] of this.#staged) {
      for (const [id, record] of rows) {
        if (record === null && !this.#base.get(table, id)) continue;
        changes.push({ table, id, record } as Change);
      }
    }
    return changes;
  }

  get<T extends TableName>(table: T, id: string): Tables[T] | undefined {
    const staged = this.#staged.get(table)?.get(id);
    return staged === undefined ? this.#base.get(table, id) : ((staged ?? undefined) as Tables[T] | undefined);
  }

  by<T extends TableName>(table: T, index: string, key: string): readonly Tables[T][] {
    const rows = this.#staged.get(table);
    const committed = this.#base.by(table, index, key);
    if (!rows) return committed;
    const found = committed.filter((record) => !rows.has(record.id));
    const keysOf = TABLES[table].indexes?.[index];
    for (const record of rows.values()) {
      if (record && keysOf?.(record as Tables[T]).includes(key)) found.push(record as Tables[T]);
    }
    return found;
  }

  newest<T extends TableName>(table: T, query: NewestQuery<Tables[T]>): readonly Tables[T][] {
    if (this.#staged.has(table)) throw new Error(`a unit lists ${table} before it changes them, not after`);
    return this.#base.newest(table, query);
  }

  count(table: TableName): number {
    let count = this.#base.count(table);
    for (const [id, record] of this.#staged.get(table) ?? []) {
      count += Number(record !== null) - Number(this.#base.get(table, id) !== undefined);
    }
    return count;
  }

  #table(table: TableName): Map<string, AnyRecord | null> {
    let rows = this.#staged.get(table);
    if (!rows) {
      rows = new Map();
      this.#staged.set(table, rows);
    }
    return rows;
  }
}
