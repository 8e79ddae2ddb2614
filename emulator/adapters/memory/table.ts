import type { NewestQuery, TablePlaces } from "../../ports/store.ts";

type Row = { readonly id: string };
type Keys<R> = (record: R) => readonly (string | null | undefined)[];

/** A row and its place among all rows ever inserted, by which everything is ordered: a removed row can come back to it. */
interface Entry<R> {
  row: R;
  readonly place: number;
}

/** One table: rows in insertion order, found by id and by the keys of its indexes. */
export class Table<R extends Row> {
  readonly #byId = new Map<string, Entry<R>>();
  /** Here and in every index: ascending by place. */
  readonly #entries: Entry<R>[] = [];
  readonly #indexes = new Map<string, { keys: (record: R) => Set<string>; found: Map<string, Entry<R>[]> }>();
  #next = 0;

  constructor(rows: readonly R[], places: TablePlaces | undefined, indexes: Readonly<Record<string, Keys<R>>>) {
    for (const [name, keys] of Object.entries(indexes)) {
      this.#indexes.set(name, { keys: (record) => new Set(keys(record).filter((key) => !!key) as string[]), found: new Map() });
    }
    rows.forEach((row, i) => {
      this.#insert({ row, place: places?.of[i] ?? i });
    });
    this.#next = places?.next ?? rows.length;
  }

  get size(): number {
    return this.#entries.length;
  }

  rows(): R[] {
    return this.#entries.map(({ row }) => row);
  }

  /** Null while the rows are numbered 0, 1, 2 … as they would be anyway. */
  places(): TablePlaces | null {
    if (this.#next === this.#entries.length) return null;
    return { next: this.#next, of: this.#entries.map(({ place }) => place) };
  }

  get(id: string): R | undefined {
    return this.#byId.get(id)?.row;
  }

  /** Puts (at `place` when given) or, with null, removes; returns what was there, with its place if it left that. */
  set(id: string, record: R | null, place?: number): { record: R | null; place?: number } {
    const entry = this.#byId.get(id);
    if (entry && record && (place ?? entry.place) === entry.place) {
      const before = entry.row;
      entry.row = record;
      this.#reindex(entry, before, record);
      return { record: before };
    }
    if (entry) this.#cut(entry);
    if (record) this.#insert({ row: record, place: place ?? this.#next });
    return entry ? { record: entry.row, place: entry.place } : { record: null };
  }

  by(index: string, key: string): R[] {
    return this.#found(index, key).map(({ row }) => row);
  }

  newest({ limit, before, index, where }: NewestQuery<R>): R[] {
    const entries = index ? this.#found(index.name, index.key) : this.#entries;
    const end = before === undefined ? entries.length : positionOf(entries, this.#byId.get(before)?.place ?? 0);
    const out: R[] = [];
    for (let i = end - 1; i >= 0 && out.length < limit; i--) {
      const { row } = entries[i] as Entry<R>;
      if (where?.(row) ?? true) out.push(row);
    }
    return out;
  }

  #found(index: string, key: string): readonly Entry<R>[] {
    const found = this.#indexes.get(index)?.found;
    if (!found) throw new Error(`no index named ${index}`);
    return found.get(key) ?? [];
  }

  #insert(entry: Entry<R>): void {
    this.#next = Math.max(this.#next, entry.place + 1);
    this.#byId.set(entry.row.id, entry);
    give(this.#entries, entry);
    this.#reindex(entry, null, entry.row);
  }

  #cut(entry: Entry<R>): void {
    this.#byId.delete(entry.row.id);
    take(this.#entries, entry);
    this.#reindex(entry, entry.row, null);
  }

  #reindex(entry: Entry<R>, before: R | null, after: R | null): void {
    for (const { keys, found } of this.#indexes.values()) {
      const old = before ? keys(before) : NONE;
      const now = after ? keys(after) : NONE;
      for (const key of old) {
        if (now.has(key)) continue;
        const entries = found.get(key) as Entry<R>[];
        take(entries, entry);
        if (entries.length === 0) found.delete(key);
      }
      for (const key of now) {
        if (old.has(key)) continue;
        const entries = found.get(key);
        if (entries) give(entries, entry);
        else found.set(key, [entry]);
      }
    }
  }
}

const NONE: ReadonlySet<string> = new Set();

/** Index of the first entry at or after a place. */
function positionOf(entries: readonly { place: number }[], place: number): number {
  let from = 0;
  let to = entries.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((entries[middle] as { place: number }).place < place) from = middle + 1;
    else to = middle;
  }
  return from;
}

function give<E extends { place: number }>(entries: E[], entry: E): void {
  const last = entries.at(-1);
  if (!last || last.place < entry.place) entries.push(entry);
  else entries.splice(positionOf(entries, entry.place), 0, entry);
}

function take<E extends { place: number }>(entries: E[], entry: E): void {
  entries.splice(positionOf(entries, entry.place), 1);
}
