import { crc32 } from "node:zlib";
import type { EventRecord } from "../model/event.ts";
import type { IdempotencyRecord } from "../model/idempotency.ts";
import { type Change, TABLES, type TableName, type Tables } from "../model/tables.ts";
import type { ChainRules, ChainStep } from "../ports/chain.ts";
import type { ClockState } from "../ports/clock.ts";
import { DataUnsupported } from "../ports/store.ts";

/** Version of the line format that is written. */
export const FORMAT = 2;

/** The oldest version that is read: frozen, so that data written since opens for good. */
const OLDEST = 2;

/** The name in the last line that compaction writes. */
export const COMPACTED = ".compacted";

/** First line of a journal: what the data was made with. */
export interface HeaderLine {
  /** 1, in a compacted journal. */
  readonly n?: number;
  readonly v: number;
  readonly kind: "header";
  readonly generation: number;
  /** Lines up to this seq have their records in db.json. */
  readonly base_seq: number;
  /** Lines up to this seq were written by compaction, in its own order; after them seq rises by one. */
  readonly last_seq: number;
  /** SHA-256 of db.json, in hexadecimal; null while there is none. */
  readonly db_digest: string | null;
  /** Restores before those that have a line of their own; absent for none. */
  readonly restores?: number;
  readonly chain_id: number;
  /** What the chain is made by, again at each start. */
  readonly rules: ChainRules;
  readonly seed: string;
  /** Given by `--seed`: clock frozen, identifiers reproducible. */
  readonly seeded: boolean;
  /** Timestamp of the genesis block, and of the clock when seeded. */
  readonly start: string;
  readonly fixture: string;
  readonly made_by: string;
}

/** A committed unit of work. */
export interface UnitLine {
  readonly v: number;
  readonly kind: "unit";
  readonly seq: number;
  readonly at: number;
  readonly request_id: string | null;
  /** Records put, by table. */
  readonly records?: { readonly [T in Exclude<TableName, "events" | "idempotency">]?: readonly Tables[T][] };
  /** Ids removed, by table. */
  readonly removed?: { readonly [T in TableName]?: readonly string[] };
  readonly events?: readonly EventRecord[];
  readonly idempotency?: readonly IdempotencyRecord[];
  readonly chain?: readonly ChainStep[];
  readonly clock?: ClockState;
  /** Counter of identifiers after this unit. */
  readonly ids?: number;
  /** In a compacted journal: the changes that undo this line and those folded into it, or (off the live lineage) do it again. */
  readonly undo?: readonly Change[];
  readonly redo?: readonly Change[];
}

/** A named position, or a move of the head to one. */
export interface MarkerLine {
  readonly v: number;
  readonly kind: "snapshot" | "restore" | "drop";
  readonly seq: number;
  readonly at: number;
  readonly name: string;
  /** Compacted journals: the seq that the name points to, when that is not the line before. */
  readonly position?: number;
  readonly clock?: ClockState;
}

/** In a compacted journal: the beginning of what the next unit line, of the same seq, holds. It would be too long as one line. */
export interface PartLine extends Pick<UnitLine, "v" | "seq" | "at" | "chain" | "undo" | "redo"> {
  readonly kind: "part";
}

/** `n`: in a compacted journal, the number of the line in the file; seq cannot tell there whether one is missing. */
export type JournalLine = (HeaderLine | UnitLine | PartLine | MarkerLine) & { readonly n?: number };

/** JSON with its CRC-32 as the last member, so that damage is told from data. */
export function encodeLine(line: JournalLine): string {
  const body = JSON.stringify(line).slice(0, -1);
  return `${body},"crc":"${crc32(body).toString(16).padStart(8, "0")}"}`;
}

const CRC_MARK = ',"crc":"';
/** Eight digits, the quote and the bracket. */
const CRC_END = 10;
const CRC_TAIL = /,"crc":"([0-9a-f]{8})"\}$/;

/** Throws an Error that says what is wrong with the line; DataUnsupported for the header of another format. */
export function decodeLine(text: string): JournalLine {
  const tail = CRC_TAIL.exec(text);
  if (!tail) throw new Error("not a journal line (no checksum)");
  const body = text.slice(0, tail.index);
  if (crc32(body) !== Number.parseInt(tail[1] as string, 16)) throw new Error("checksum does not match");
  const line = JSON.parse(`${body}}`) as JournalLine;
  if (line.v < OLDEST || line.v > FORMAT) throw unsupported(line);
  return line;
}

/** What stands in a text up to a checksum that fits, or null: all of a line that lost its newline, nothing of one that is torn. */
export function sealedPart(text: string): string | null {
  const end = text.lastIndexOf(CRC_MARK) + CRC_MARK.length + CRC_END;
  const line = text.slice(0, end);
  const tail = CRC_TAIL.exec(line);
  return tail && crc32(line.slice(0, tail.index)) === Number.parseInt(tail[1] as string, 16) ? line : null;
}

/** Throws an Error for changes of tables that this release does not know. */
export function refuseUnknownTables(changes: readonly Change[]): void {
  for (const { table } of changes) refuseUnknown(table);
}

/** The header of a journal in another format says what to do; a single such line in a journal of ours is damage. */
function unsupported(line: JournalLine): Error {
  if (line.kind !== "header") return new Error(`format ${line.v} is not one that this release reads`);
  const made = `The data folder was made by getsmart-sandbox ${line.made_by} in data format ${line.v}`;
  return new DataUnsupported(
    line.v > FORMAT
      ? `${made}, which is newer than the format that this release reads (${FORMAT}): open it with that release, or a later one.`
      : `${made}, which this release (format ${FORMAT}) does not read: start it with the release that made it and run \`getsmart-sandbox export state.yaml\`, then run \`getsmart-sandbox import state.yaml\` on a sandbox of this release with another --data-dir. The folder was not changed.`,
  );
}

function refuseUnknown(table: string): void {
  if (!Object.hasOwn(TABLES, table)) throw new Error(`unknown table ${table}`);
}

/** The members of a unit line that hold these changes. */
export function changesToLine(changes: readonly Change[]): Pick<UnitLine, "records" | "removed" | "events" | "idempotency"> {
  const put: Partial<Record<TableName, unknown[]>> = {};
  const removed: Partial<Record<TableName, string[]>> = {};
  for (const change of changes) {
    if (change.record === null) (removed[change.table] ??= []).push(change.id);
    else (put[change.table] ??= []).push(change.record);
  }
  const { events, idempotency, ...records } = put;
  return {
    ...(Object.keys(records).length > 0 ? { records } : {}),
    ...(Object.keys(removed).length > 0 ? { removed } : {}),
    ...(events ? { events } : {}),
    ...(idempotency ? { idempotency } : {}),
  } as Pick<UnitLine, "records" | "removed" | "events" | "idempotency">;
}

/** The changes that a unit line holds. Tables that this release does not know are refused. */
export function changesOf(line: UnitLine): Change[] {
  const changes: Change[] = [...(line.redo ?? [])];
  refuseUnknownTables(changes);
  const put = { ...line.records, events: line.events ?? [], idempotency: line.idempotency ?? [] };
  for (const [table, records] of Object.entries(put)) {
    refuseUnknown(table);
    for (const record of records) changes.push({ table, id: record.id, record } as Change);
  }
  for (const [table, ids] of Object.entries(line.removed ?? {})) {
    refuseUnknown(table);
    for (const id of ids) changes.push({ table, id, record: null } as Change);
  }
  return changes;
}
