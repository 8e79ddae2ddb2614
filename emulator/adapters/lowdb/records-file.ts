import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import type { Adapter } from "lowdb";
import { linesOf } from "../../lines.ts";
import type { Folded, FoldStamp, Places } from "../../ports/store.ts";

/** What db.json holds. */
export interface Database extends FoldStamp {
  readonly format: number;
  readonly records: Folded;
  readonly places: Places;
}

const PIECE = 1 << 20;
/** How a record's line begins, and nothing else's. */
const RECORD = "    {";
const TABLE = /^ {2}"(\w+)": \[$/;

/**
 * lowdb's adapter for JSON of any size: one record a line, written and read in pieces, where `JSON.stringify` of it all would need one
 * string (512 MB at most). What it reads is what it has written, which the digest says.
 */
export class RecordsFile implements Adapter<Database> {
  /** SHA-256 of the bytes that were last read or written, in hexadecimal. */
  digest = "";
  readonly #file: string;
  readonly #piece: number;

  constructor(file: string, piece = PIECE) {
    this.#file = file;
    this.#piece = piece;
  }

  /** Null when there is no file. Throws an Error for what is not JSON in this layout. */
  async read(): Promise<Database | null> {
    const hash = createHash("sha256");
    const tables: Record<string, unknown[]> = {};
    let rows: unknown[] | undefined;
    /** All but the records, which is little. */
    let frame = "";
    try {
      for await (const { text } of linesOf(hashed(createReadStream(this.#file, { highWaterMark: this.#piece }), hash))) {
        if (rows && text.startsWith(RECORD)) {
          rows.push(JSON.parse(text.endsWith(",") ? text.slice(0, -1) : text));
          continue;
        }
        const table = TABLE.exec(text)?.[1];
        if (table !== undefined) {
          rows = [];
          tables[table] = rows;
        }
        frame += text;
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
    this.digest = hash.digest("hex");
    const database = JSON.parse(frame) as Database | null;
    return { ...(database as Database), records: { ...database?.records, ...tables } };
  }

  /** On the disk when it returns; a file that could not be written is removed. */
  async write(database: Database): Promise<void> {
    const hash = createHash("sha256");
    try {
      const file = await open(this.#file, "w", 0o600);
      try {
        for (const piece of piecesOf(partsOf(database), this.#piece)) {
          const bytes = Buffer.from(piece);
          hash.update(bytes);
          await writeAll(file, bytes);
        }
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (error) {
      await rm(this.#file, { force: true });
      throw error;
    }
    this.digest = hash.digest("hex");
  }
}

async function* hashed(pieces: AsyncIterable<Buffer>, hash: { update(bytes: Buffer): unknown }): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    hash.update(piece);
    yield piece;
  }
}

function* partsOf({ format, generation, seq, records, places }: Database): Generator<string> {
  yield `{\n"format": ${format},\n"generation": ${generation},\n"seq": ${seq},\n"records": {`;
  let between = "\n";
  for (const [table, rows] of Object.entries(records)) {
    yield `${between}  "${table}": [`;
    between = ",\n";
    let before = "\n    ";
    for (const row of rows) {
      yield before + JSON.stringify(row);
      before = ",\n    ";
    }
    yield rows.length > 0 ? "\n  ]" : "]";
  }
  yield '\n},\n"places": {';
  between = "\n";
  for (const [table, place] of Object.entries(places)) {
    yield `${between}  "${table}": ${JSON.stringify(place)}`;
    between = ",\n";
  }
  yield "\n}\n}\n";
}

function* piecesOf(parts: Iterable<string>, length: number): Generator<string> {
  let piece = "";
  for (const part of parts) {
    piece += part;
    if (piece.length < length) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done)).bytesWritten;
}
