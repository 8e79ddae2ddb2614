import { type AnyRecord, type Change, dueOf, TABLE_NAMES, TABLES, type TableName, type Tables } from "../../model/tables.ts";
import type { Due, Folded, FoldStamp, KeptFold, NewestQuery, Places, Store } from "../../ports/store.ts";
import { DueHeap } from "./due-heap.ts";
import { Table } from "./table.ts";

/** Records in memory; nothing is kept. */
export class MemoryStore implements Store {
  #tables = new Map<TableName, Table<AnyRecord>>();
  #due = new DueHeap();

  constructor(folded: Folded = {}, places: Places = {}) {
    for (const table of TABLE_NAMES) {
      const rows = (folded[table] ?? []) as readonly AnyRecord[];
      this.#tables.set(table, new Table<AnyRecord>(rows, places[table], (TABLES[table].indexes ?? {}) as never));
      for (const row of rows) this.#watch(table, row);
    }
  }

  get<T extends TableName>(table: T, id: string): Tables[T] | undefined {
    return this.#table(table).get(id);
  }

  by<T extends TableName>(table: T, index: string, key: string): readonly Tables[T][] {
    return this.#table(table).by(index, key);
  }

  newest<T extends TableName>(table: T, query: NewestQuery<Tables[T]>): readonly Tables[T][] {
    return this.#table(table).newest(query);
  }

  count(table: TableName): number {
    return this.#table(table).size;
  }

  apply(changes: readonly Change[]): Change[] {
    const undo: Change[] = [];
    for (const { table, id, record, place } of changes) {
      undo.push({ table, id, ...this.#table(table).set(id, record, place) } as Change);
      if (record) this.#watch(table, record);
    }
    return undo.reverse();
  }

  nextDue(until: number, except: (due: Due) => boolean = () => false): Due | null {
    const passed: Due[] = [];
    let due = this.#due.peek();
    for (; due && due.at <= until; due = this.#due.peek()) {
      const record = this.get(due.table, due.id);
      const isCurrent = record !== undefined && dueOf(due.table, record) === due.at;
      if (isCurrent && !except(due)) break;
      this.#due.pop();
      if (isCurrent) passed.push(due);
    }
    for (const each of passed) this.#due.push(each);
    return due && due.at <= until ? due : null;
  }

  replace(other: MemoryStore): MemoryStore {
    const former = new MemoryStore();
    former.#take(this);
    this.#take(other);
    return former;
  }

  fold(): Folded {
    return Object.fromEntries(TABLE_NAMES.map((table) => [table, this.#table(table).rows()])) as Folded;
  }
  places(): Places {
    const places = TABLE_NAMES.map((table) => [table, this.#table(table).places()] as const);
    return Object.fromEntries(places.filter(([, place]) => place !== null)) as Places;
  }

  load(_fold: KeptFold | null): Promise<void> {
    return Promise.resolve();
  }
  stage(_stamp: FoldStamp): Promise<string> {
    return Promise.resolve("");
  }
  discard(): Promise<void> {
    return Promise.resolve();
  }
  publish(): Promise<void> {
    return Promise.resolve();
  }

  #take(other: MemoryStore): void {
    this.#tables = other.#tables;
    this.#due = other.#due;
  }

  #table<T extends TableName>(table: T): Table<Tables[T]> {
    return this.#tables.get(table) as unknown as Table<Tables[T]>;
  }

  #watch(table: TableName, record: AnyRecord): void {
    const at = dueOf(table, record);
    if (at !== null) this.#due.push({ table, id: record.id, at });
  }
}
