import type { NewestQuery } from "../../ports/store.ts";

type Row = { readonly id: string };
type Keys<R> = (record: R) => readonly (string | null | undefined)[];

/** One table: rows in insertion order, found by id and by the keys of its indexes. */
export class Table<R extends Row> {
  readonly rows: R[];
  readonly #place = new Map<string, number>();
  readonly #indexes = new Map<string, { keys: Keys<R>; found: Map<string, string[]> }>();

  constructor(rows: R[], indexes: Readonly<Record<string, Keys<R>>>) {
    this.rows = rows;
    for (const [name, keys] of Object.entries(indexes)) this.#indexes.set(name, { keys, found: new Map() });
    rows.forEach((row, place) => {
      this.#place.set(row.id, place);
      this.#reindex(null, row);
    });
  }

  get(id: string): R | undefined {
    const place = this.#place.get(id);
    return place === undefined ? undefined : this.rows[place];
  }

  /** Puts or (null) removes; returns what was there. */
  set(id: string, record: R | null): R | null {
    const place = this.#place.get(id);
    const before = place === undefined ? null : (this.rows[place] as R);
    this.#reindex(before, record);
    if (record === null) {
      if (place !== undefined) this.#cut(place, id);
      return before;
    }
    if (place === undefined) {
      this.#place.set(id, this.rows.length);
      this.rows.push(record);
    } else this.rows[place] = record;
    return before;
  }

  by(index: string, key: string): R[] {
    return (this.#found(index).get(key) ?? []).map((id) => this.get(id) as R);
  }

  newest({ limit, before, index, where }: NewestQuery<R>): R[] {
    const end = before === undefined ? this.rows.length : (this.#place.get(before) ?? 0);
    const out: R[] = [];
    if (index) {
      const ids = this.#found(index.name).get(index.key) ?? [];
      for (let i = ids.length - 1; i >= 0 && out.length < limit; i--) {
        const row = this.get(ids[i] as string) as R;
        if ((this.#place.get(row.id) as number) < end && (where?.(row) ?? true)) out.push(row);
      }
      return out;
    }
    for (let i = end - 1; i >= 0 && out.length < limit; i--) {
      const row = this.rows[i] as R;
      if (where?.(row) ?? true) out.push(row);
    }
    return out;
  }

  #found(index: string): Map<string, string[]> {
    const found = this.#indexes.get(index)?.found;
    if (!found) throw new Error(`no index named ${index}`);
    return found;
  }

  #cut(place: number, id: string): void {
    this.#place.delete(id);
    this.rows.splice(place, 1);
    for (let i = place; i < this.rows.length; i++) this.#place.set((this.rows[i] as R).id, i);
  }

  /** Keys that stay keep their place, so that an index lists records in insertion order. */
  #reindex(before: R | null, after: R | null): void {
    for (const { keys, found } of this.#indexes.values()) {
      const old = before ? keys(before) : [];
      const now = after ? keys(after) : [];
      for (const key of old) if (key && !now.includes(key)) take(found, key, (before as R).id);
      for (const key of now) if (key && !old.includes(key)) give(found, key, (after as R).id);
    }
  }
}

function give(found: Map<string, string[]>, key: string, id: string): void {
  const ids = found.get(key);
  if (ids) ids.push(id);
  else found.set(key, [id]);
}

function take(found: Map<string, string[]>, key: string, id: string): void {
  const ids = found.get(key) ?? [];
  const at = ids.lastIndexOf(id);
  if (at >= 0) ids.splice(at, 1);
  if (ids.length === 0) found.delete(key);
}
