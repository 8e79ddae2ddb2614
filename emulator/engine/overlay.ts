import { type AnyRecord, type Change, dueOf, TABLES, type TableName, type Tables } from "../model/tables.ts";
import type { Due, NewestQuery, Reader, Store } from "../ports/store.ts";

type Staged = Map<TableName, Map<string, AnyRecord | null>>;

/** Index keys of staged records: table and index, then key. */
type Keys = Map<string, Map<string, Set<string>>>;

/** So many staged records are walked; more than that are indexed. */
const WALKED = 32;

/** What an overlay lies over. */
export type Base = Reader & Pick<Store, "nextDue">;

/** Staged changes over the committed records: what a unit of work sees. Units are mostly small; a generator's are not. */
export class Overlay implements Reader {
  readonly #base: Base;
  #staged: Staged = new Map();
  #keys: Keys = new Map();
  /** Due instants of staged records, by table and id; null until somebody asks what is due. */
  #dues: Map<string, Due> | null = null;

  constructor(base: Base) {
    this.#base = base;
  }

  put<T extends TableName>(table: T, record: Tables[T]): void {
    this.#set(table, record.id, record);
  }

  remove(table: TableName, id: string): void {
    this.#set(table, id, null);
  }

  /** A copy of what is staged, to go back to. */
  save(): Staged {
    return new Map([...this.#staged].map(([table, rows]) => [table, new Map(rows)]));
  }

  reset(saved: Staged): void {
    this.#staged = saved;
    this.#keys = new Map();
    this.#dues = null;
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
    for (const record of this.#candidates(table, index, key, rows)) {
      if (record && keysOf(table, index, record).includes(key)) found.push(record as Tables[T]);
    }
    return found;
  }

  /** The earliest due record at or before `until`, staged or committed. */
  nextDue(until: number): Due | null {
    let earliest = this.#base.nextDue(until, ({ table, id }) => this.#staged.get(table)?.has(id) ?? false);
    for (const due of (this.#dues ??= this.#findDues()).values()) {
      if (due.at <= until && (!earliest || due.at < earliest.at)) earliest = due;
    }
    return earliest;
  }

  #findDues(): Map<string, Due> {
    const dues = new Map<string, Due>();
    for (const [table, rows] of this.#staged) for (const [id, record] of rows) noteDue(dues, table, id, record);
    return dues;
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

  #set(table: TableName, id: string, record: AnyRecord | null): void {
    const rows = this.#table(table);
    rows.set(id, record);
    if (this.#dues) noteDue(this.#dues, table, id, record);
    for (const [place, found] of this.#keys) {
      const [of, index] = place.split(" ") as [TableName, string];
      if (of === table && record) note(found, table, index, record);
    }
  }

  /** Staged records among which those under a key are, in the order of first touch. */
  #candidates(table: TableName, index: string, key: string, rows: Map<string, AnyRecord | null>): Iterable<AnyRecord | null> {
    if (rows.size <= WALKED) return rows.values();
    const place = `${table} ${index}`;
    let found = this.#keys.get(place);
    if (!found) {
      found = new Map();
      for (const record of rows.values()) if (record) note(found, table, index, record);
      this.#keys.set(place, found);
    }
    return [...(found.get(key) ?? [])].map((id) => rows.get(id) ?? null);
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

function noteDue(dues: Map<string, Due>, table: TableName, id: string, record: AnyRecord | null): void {
  const at = record && dueOf(table, record);
  if (at === null) dues.delete(`${table} ${id}`);
  else dues.set(`${table} ${id}`, { table, id, at });
}

/** Remembers under which keys a record is found. Keys it has no more stay; whoever reads them looks at the record again. */
function note(found: Map<string, Set<string>>, table: TableName, index: string, record: AnyRecord): void {
  for (const key of keysOf(table, index, record)) {
    if (!key) continue;
    const ids = found.get(key);
    if (ids) ids.add(record.id);
    else found.set(key, new Set([record.id]));
  }
}

function keysOf(table: TableName, index: string, record: AnyRecord): readonly (string | null | undefined)[] {
  const indexes = TABLES[table].indexes as
    | Readonly<Record<string, (record: AnyRecord) => readonly (string | null | undefined)[]>>
    | undefined;
  return indexes?.[index]?.(record) ?? [];
}
