import type { Change, TableName, Tables } from "../model/tables.ts";

/** Reading the records: by id, by an index of model/tables.ts, or newest first. Synchronous; never throws for what is absent. */
export interface Reader {
  get<T extends TableName>(table: T, id: string): Tables[T] | undefined;
  /** Records under `key` in a secondary index, oldest first. */
  by<T extends TableName>(table: T, index: string, key: string): readonly Tables[T][];
  /**
   * Up to `limit` records, newest first by insertion, that satisfy `where`.
   * `before`: only those inserted before the record with this id. `index` narrows the walk to one index key.
   */
  newest<T extends TableName>(table: T, query: NewestQuery<Tables[T]>): readonly Tables[T][];
  count(table: TableName): number;
}

export interface NewestQuery<R> {
  readonly limit: number;
  readonly before?: string;
  readonly index?: { readonly name: string; readonly key: string };
  readonly where?: (record: R) => boolean;
}

/** All records, table by table, in insertion order: the shape of db.json. */
export type Folded = { [T in TableName]?: readonly Tables[T][] };

/**
 * Where the folded records stand among all ever inserted, so that a removed one can come back between them: only for
 * tables in which some were removed.
 */
export type Places = { readonly [T in TableName]?: TablePlaces };

export interface TablePlaces {
  /** The place of the next record inserted. */
  readonly next: number;
  /** The place of each folded record. */
  readonly of: readonly number[];
}

/** The journal position a fold belongs to. */
export interface FoldStamp {
  readonly generation: number;
  readonly seq: number;
}

/** A fold as the journal names it. */
export interface KeptFold extends FoldStamp {
  /** SHA-256 of what was staged, in hexadecimal. */
  readonly digest: string;
}

/**
 * Where records live. Dumb: no rule of the domain is known here.
 * Contract suite: test/ports/store.ts.
 */
export interface Store extends Reader {
  /** Applies all changes in order and returns the changes that undo them (in the order to apply). Never fails half-way. */
  apply(changes: readonly Change[]): Change[];
  /** The earliest due record (model/tables.ts `due`) at or before `until`, or null. `except`: records to pass over. */
  nextDue(until: number, except?: (due: Due) => boolean): Due | null;
  /**
   * Makes the records of another store, one in memory only, those of this one, at once. Returns a store with the former ones, with which
   * the same call takes it back.
   */
  replace(other: Store): Store;
  /** Every record, in insertion order. */
  fold(): Folded;
  places(): Places;
  /**
   * Loads the fold that the journal names; with null there must be none. Throws StorageDamaged when that fold is not there,
   * or not byte for byte what was staged.
   */
  load(fold: KeptFold | null): Promise<void>;
  /** Writes the fold next to the current one and returns its digest; `publish` then puts it in place (and `load` does, if that never came). */
  stage(stamp: FoldStamp): Promise<string>;
  publish(): Promise<void>;
  /** Removes what was staged: the journal that it belongs to could not be written. */
  discard(): Promise<void>;
}

export interface Due {
  readonly table: TableName;
  readonly id: string;
  readonly at: number;
}

/** The operating system refuses what the data folder needs: says what, why, and what to do. */
export class StorageUnusable extends Error {
  override readonly name = "StorageUnusable";
}

/** Data on disk that cannot be read: says the file, the line when there is one, and what is wrong. Never repaired silently. */
export class StorageDamaged extends Error {
  readonly file: string;
  readonly line: number | null;
  readonly reason: string;
  /** Whether `--repair` may keep a part. */
  readonly isRepairable: boolean;
  constructor(file: string, line: number | null, reason: string, { isRepairable = line !== null } = {}) {
    super(`${file}${line === null ? "" : ` line ${line}`}: ${reason}`);
    this.name = "StorageDamaged";
    this.file = file;
    this.line = line;
    this.reason = reason;
    this.isRepairable = isRepairable;
  }
}

/** Data that is sound and that this release cannot use: another format, or a chain whose rules it does not know. Says what to do. */
export class DataUnsupported extends Error {
  override readonly name = "DataUnsupported";
  readonly code = "DATA_UNSUPPORTED";
}
