import type { Line } from "../lines.ts";
import type { Change } from "../model/tables.ts";
import type { ChainStep } from "../ports/chain.ts";
import type { Journal } from "../ports/journal.ts";
import { DataUnsupported, StorageDamaged } from "../ports/store.ts";
import {
  COMPACTED,
  changesOf,
  decodeLine,
  type HeaderLine,
  type JournalLine,
  type MarkerLine,
  type PartLine,
  refuseUnknownTables,
  sealedPart,
  type UnitLine,
} from "./journal-line.ts";
import type { Position } from "./lineage.ts";
import { type EngineState, newState } from "./state.ts";
import { positionAfter } from "./writer.ts";

/** What a journal says, not yet applied to records and chain. */
export interface ReadJournal {
  readonly header: HeaderLine;
  /** Where its lines lead: the tree of positions, and the names in it. */
  readonly state: EngineState;
  /** The position whose records db.json holds; undefined when the journal lacks its line. */
  readonly base: Position | undefined;
  /** How many lines it has, the header included. */
  readonly lines: number;
  /** A last line without its newline, and what of it is kept: null for a torn one. */
  readonly tail: { readonly line: Line; readonly kept: string | null } | null;
}

/**
 * Reads a journal; null for one without a single line. Throws DataUnsupported; StorageDamaged with the number of the first bad line. Nothing is changed:
 * `mendTail` settles the tail, once the rest is known to be good.
 */
export async function readJournal(lines: AsyncIterable<Line>, file: string): Promise<ReadJournal | null> {
  const reader = new Reader();
  let tail: ReadJournal["tail"] = null;
  try {
    for await (const line of lines) {
      const kept = line.ended ? line.text : sealedPart(line.text);
      if (!line.ended) tail = { line, kept };
      if (kept !== null) reader.take(decodeLine(kept));
    }
    return reader.end(tail);
  } catch (cause) {
    if (cause instanceof DataUnsupported || cause instanceof StorageDamaged) throw cause;
    throw new StorageDamaged(file, reader.lines + 1, (cause as Error).message);
  }
}

/** Makes the journal end with a whole line. */
export function mendTail(journal: Journal, { tail }: ReadJournal): void {
  if (tail) journal.mend(tail.line, tail.kept);
}

/** Takes line by line; one that does not fit is an Error. */
class Reader {
  /** Lines taken so far. */
  lines = 0;
  #header: HeaderLine | null = null;
  #state!: EngineState;
  readonly #at = new Map<number, Position>();
  #seq = 0;
  /** Whether lines of compaction, in its own order, may still come. */
  #isCompacted = false;
  /** What belongs to the next unit line. */
  #parts: PartLine[] = [];

  take(line: JournalLine): void {
    const number = this.lines + 1;
    if (line.kind === "header") {
      if (this.#header) throw new Error("a second header");
      this.#begin(line);
    } else {
      if (!this.#header) throw new Error("the header is missing");
      if (this.#isCompacted) {
        if (line.n !== number) throw new Error(`line ${line.n} stands here`);
        this.#isCompacted = !isEndOfCompaction(line);
      } else {
        if (line.seq !== this.#seq + 1) throw new Error(`line ${line.seq} of the log follows line ${this.#seq}`);
        this.#seq = line.seq;
      }
      this.#place(line);
      this.#state.seq = Math.max(this.#state.seq, line.seq, this.#header.last_seq);
    }
    this.lines = number;
  }

  end(tail: ReadJournal["tail"]): ReadJournal | null {
    if (!this.#header) return null;
    if (this.#isCompacted) throw new Error("is missing: the journal ends within its compacted part");
    return { header: this.#header, state: this.#state, base: this.#at.get(this.#header.base_seq), lines: this.lines, tail };
  }

  #begin(header: HeaderLine): void {
    this.#header = header;
    this.#state = newState(header);
    this.#at.set(0, this.#state.head);
    this.#seq = header.last_seq;
    this.#isCompacted = header.n !== undefined;
  }

  #place(line: Exclude<JournalLine, HeaderLine>): void {
    if (line.kind === "part") {
      refuseUnknownTables([...(line.undo ?? []), ...(line.redo ?? [])]);
      this.#parts.push(line);
      return;
    }
    const parts = this.#parts;
    this.#parts = [];
    if (line.kind === "unit") this.#unit(parts.length === 0 ? line : joined(parts, line));
    else if (parts.length > 0) throw new Error("the unit that the parts before it belong to is missing");
    else this.#marker(line);
  }

  #unit(line: UnitLine): void {
    const state = this.#state;
    const undo = line.undo ?? null;
    refuseUnknownTables(undo ?? []);
    state.head = positionAfter(state.head, line, { undo, redo: undo ? null : changesOf(line), mark: null });
    this.#at.set(line.seq, state.head);
  }

  #marker(line: MarkerLine): void {
    const state = this.#state;
    if (line.kind === "drop") {
      state.names.delete(line.name);
      return;
    }
    const named = line.position === undefined ? undefined : this.#at.get(line.position);
    if (line.position !== undefined && !named) throw new Error(`points to line ${line.position}, which is not there`);
    if (line.kind === "snapshot") {
      state.names.set(line.name, named ?? state.head);
      return;
    }
    const target = named ?? state.names.get(line.name);
    if (!target) throw new Error(`restores "${line.name}", which was never taken`);
    state.head = target;
    // Compaction writes such lines too, as a way to its branches; those restores are in the header.
    if (line.seq > state.header.last_seq) state.restores += 1;
  }
}

export function isEndOfCompaction(line: JournalLine): boolean {
  return line.kind === "restore" && line.name === COMPACTED;
}

/** A unit whose contents were too much for one line. */
function joined(parts: readonly PartLine[], line: UnitLine): UnitLine {
  if (parts.some(({ seq }) => seq !== line.seq)) throw new Error("the parts before it are of another unit");
  const chain: ChainStep[] = [];
  const undo: Change[] = [];
  const redo: Change[] = [];
  for (const part of [...parts, line]) {
    for (const step of part.chain ?? []) chain.push(step);
    for (const change of part.undo ?? []) undo.push(change);
    for (const change of part.redo ?? []) redo.push(change);
  }
  return { ...line, chain, ...(line.undo ? { undo } : {}), ...(line.redo ? { redo } : {}) };
}
