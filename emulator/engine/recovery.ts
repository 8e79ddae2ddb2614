import { DataUnsupported, StorageDamaged } from "../ports/store.ts";
import { COMPACTED, changesOf, decodeLine, type HeaderLine, type JournalLine, undoOf } from "./journal-line.ts";
import { lineFrom, type Position, pathBetween } from "./lineage.ts";
import { moveRecords } from "./positions.ts";
import type { EnginePorts, EngineState } from "./state.ts";
import { positionAfter } from "./writer.ts";

export interface RecoveryReport {
  /** Units of the live lineage. */
  readonly units: number;
  readonly transactions: number;
  /** A torn last line (an unfinished, unanswered unit) was dropped. */
  readonly torn: boolean;
  /** The replayed chain ends in another block hash than the journal says (made by a release with other gas or fork rules). */
  readonly hashDiffers: boolean;
}

/** Reported while the chain is replayed: transactions done and to do. */
export type Progress = (done: number, total: number) => void;

export interface ReadJournal {
  readonly header: HeaderLine;
  readonly lines: readonly Exclude<JournalLine, HeaderLine>[];
  /** A torn last line was found and cut off. */
  readonly torn: boolean;
}

/** A journal's header and lines, or null for an empty one. Throws DataUnsupported; StorageDamaged with the number of the first bad line. */
export function readJournal({ journal }: Pick<EnginePorts, "journal">, file: string): ReadJournal | null {
  const { lines: texts, torn } = journal.read();
  const lines: Exclude<JournalLine, HeaderLine>[] = [];
  let header: HeaderLine | null = null;
  let number = 0;
  let seq = 0;
  /** Whether lines of compaction, in its own order, may still come. */
  let compacted = false;
  for (const text of texts) {
    number += 1;
    try {
      const line = decodeLine(text);
      if (line.kind === "header") {
        if (header) throw new Error("a second header");
        header = line;
        seq = line.last_seq;
        compacted = line.n !== undefined;
        continue;
      }
      if (!header) throw new Error("the header is missing");
      if (compacted) {
        if (line.n !== number) throw new Error(`line ${line.n} stands here`);
        compacted = !(line.kind === "restore" && line.name === COMPACTED);
      } else {
        if (line.seq !== seq + 1) throw new Error(`line ${line.seq} of the log follows line ${seq}`);
        seq = line.seq;
      }
      lines.push(line);
    } catch (cause) {
      if (cause instanceof DataUnsupported) throw cause;
      throw new StorageDamaged(file, number, (cause as Error).message);
    }
  }
  if (compacted) throw new StorageDamaged(file, number + 1, "is missing: the journal ends within its compacted part");
  return header && { header, lines, torn };
}

/** Rebuilds the tree of positions, the records and the chain from a journal. The chain must be empty. */
export async function recover(
  ports: EnginePorts,
  file: string,
  journal: ReadJournal,
  progress: Progress,
): Promise<{ state: EngineState; report: RecoveryReport }> {
  const { header, lines, torn } = journal;
  const stamp = await ports.store.load(header.generation);
  const state = newState(header);
  const root = state.head;
  const at = new Map<number, Position>([[0, root]]);
  let number = 1;
  for (const line of lines) {
    number += 1;
    try {
      take(state, line, at);
      state.seq = Math.max(state.seq, line.seq, header.last_seq);
    } catch (cause) {
      throw new StorageDamaged(file, number, (cause as Error).message);
    }
  }
  if ((stamp?.seq ?? 0) !== header.base_seq)
    throw new StorageDamaged("db.json", null, `is at line ${stamp?.seq ?? 0}, the journal begins at ${header.base_seq}`);
  const base = at.get(header.base_seq);
  if (!base) throw new StorageDamaged(file, null, `line ${header.base_seq}, which db.json belongs to, is missing`);
  moveRecords(ports, pathBetween(base, state.head));
  const replayed = await replayChain(ports, state, root, progress).catch((cause) => {
    throw new StorageDamaged(file, null, `its chain cannot be made again: ${cause.message}`);
  });
  return { state, report: { ...replayed, torn } };
}

/** The state of an engine whose journal holds only its header. */
export function newState(header: HeaderLine): EngineState {
  const start = Date.parse(header.start);
  const root: Position = {
    seq: 0,
    parent: null,
    depth: 0,
    chain: [],
    clock: header.seeded ? { mode: "frozen", at_ms: start } : { mode: "running", offset_ms: 0 },
    ids: 0,
    at: start,
    block: { number: 0, timestamp: Math.floor(start / 1000) },
    redo: null,
    undo: [],
    mark: null,
  };
  return { header, head: root, seq: header.last_seq, names: new Map(), epoch: 1, broken: null, moving: false };
}

function take(state: EngineState, line: Exclude<JournalLine, HeaderLine>, at: Map<number, Position>): void {
  if (line.kind === "unit") {
    const undo = undoOf(line);
    state.head = positionAfter(state.head, line, { undo, redo: undo ? null : changesOf(line), mark: null });
    at.set(line.seq, state.head);
    return;
  }
  if (line.kind === "drop") {
    state.names.delete(line.name);
    return;
  }
  const named = line.position === undefined ? undefined : at.get(line.position);
  if (line.position !== undefined && !named) throw new Error(`points to line ${line.position}, which is not there`);
  if (line.kind === "snapshot") {
    state.names.set(line.name, named ?? state.head);
    return;
  }
  const target = named ?? state.names.get(line.name);
  if (!target) throw new Error(`restores "${line.name}", which was never taken`);
  state.head = target;
}

const BATCH = 500;

/** Replays the live lineage, leaving chain marks where named branches leave it. */
async function replayChain(
  { chain, clock, ids }: EnginePorts,
  state: EngineState,
  root: Position,
  progress: Progress,
): Promise<Omit<RecoveryReport, "torn">> {
  const line = lineFrom(root, state.head);
  const total = line.reduce((sum, position) => sum + transactionsOf(position), 0);
  const branchPoints = new Set([...state.names.values()].map((named) => pathBetween(named, state.head).common));
  root.mark = await chain.mark();
  let done = 0;
  let hash: string | null = null;
  let expected: string | null = null;
  for (let from = 0; from < line.length; ) {
    let to = from;
    const steps: Position["chain"][number][] = [];
    do {
      const position = line[to] as Position;
      steps.push(...position.chain);
      done += transactionsOf(position);
      to += 1;
    } while (to < line.length && to - from < BATCH && !branchPoints.has(line[to - 1] as Position));
    hash = (await chain.replay(steps)) ?? hash;
    const mined = steps.findLast((step) => "mine" in step);
    if (mined && "mine" in mined) expected = mined.mine.hash;
    const reached = line[to - 1] as Position;
    if (branchPoints.has(reached)) reached.mark ??= await chain.mark();
    progress(done, total);
    from = to;
  }
  clock.set(state.head.clock, state.head.at);
  ids.set(state.head.ids);
  return { units: line.length, transactions: total, hashDiffers: hash !== expected };
}

function transactionsOf(position: Position): number {
  return position.chain.reduce((count, step) => count + Number(!("mine" in step)), 0);
}
