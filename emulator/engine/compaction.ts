import type { Change } from "../model/tables.ts";
import { Pace } from "../pace.ts";
import { COMPACTED, encodeLine, FORMAT, type HeaderLine, type JournalLine, type PartLine, type UnitLine } from "./journal-line.ts";
import { lineFrom, type Position, pathBetween, rootOf } from "./lineage.ts";
import type { EnginePorts, EngineState } from "./state.ts";

/** Characters after which what a unit holds goes on in a further line. */
const LINE_LENGTH = 1 << 20;

interface Compaction {
  /** Folds only what was there when this run began, and no more than is older than so many positions: later ones can be gone back to. */
  readonly keeps?: number;
  /** Told when the journal was renamed: the commit point. */
  readonly committed?: () => void;
  readonly lineLength?: number;
}

/**
 * A new generation: db.json takes the live records; the journal keeps the whole chain log, and of the records only what
 * leads back to named positions. Both are written in pieces, and the journal's header names db.json by its digest.
 */
export async function compact(
  { store, journal }: EnginePorts,
  state: EngineState,
  { committed = () => {}, lineLength = LINE_LENGTH, keeps = 0 }: Compaction = {},
): Promise<void> {
  // Its file is the only one with the records of this generation: it is not written over.
  if (state.isStaged) await store.publish();
  state.isStaged = false;
  // A flush under way is of the file that is about to be replaced.
  await journal.durable();
  const stamp = { generation: state.header.generation + 1, seq: state.head.seq };
  const db_digest = await store.stage(stamp);
  const { generation, seq: base_seq } = stamp;
  const header = { ...state.header, generation, base_seq, last_seq: state.seq, db_digest, restores: state.restores };
  try {
    // Abandoned meanwhile: the folder may be another process's by now.
    if (state.broken) throw state.broken;
    await journal.rewrite(numbered(compactedLines(header, state, lineLength, keeps)));
  } catch (error) {
    await store.discard();
    throw error;
  }
  state.header = header;
  state.isStaged = true;
  committed();
  await store.publish();
  state.isStaged = false;
}

async function* numbered(lines: AsyncIterable<JournalLine>): AsyncGenerator<string> {
  let n = 0;
  for await (const line of lines) yield encodeLine({ ...line, n: ++n });
}

async function* compactedLines(header: HeaderLine, state: EngineState, lineLength: number, keeps: number): AsyncGenerator<JournalLine> {
  yield header;
  const root = rootOf(state.head);
  const live = lineFrom(root, state.head);
  const branchPoints = new Map([...state.names].map(([name, position]) => [name, pathBetween(position, state.head).common]));
  const kept = keeps === 0 ? [] : live.filter(({ depth }) => depth > Math.max(state.began.depth, state.head.depth - keeps) - 1);
  const anchors = new Set<Position>([...branchPoints.values(), state.head, ...kept]);
  let folded: Position[] = [];
  /** Nothing leads back beyond the first of them. */
  let isBelowAnchor = anchors.has(root);
  for (const position of live) {
    folded.push(position);
    if (anchors.has(position)) {
      yield* unitLines(position, { undo: isBelowAnchor ? await foldUndo(folded) : [] }, lineLength);
      isBelowAnchor = true;
      folded = [];
    } else if (position.chain.length > 0) {
      yield* unitLines(position, { undo: [] }, lineLength);
    }
  }
  const written = new Set<Position>([root, ...live]);
  for (const [name, position] of state.names) {
    let from = branchPoints.get(name) as Position;
    for (const step of lineFrom(from, position)) {
      if (written.has(step)) {
        from = step;
        continue;
      }
      yield { v: FORMAT, kind: "restore", seq: state.seq, at: step.at, name, position: from.seq };
      yield* unitLines(step, { redo: step.redo ?? [] }, lineLength);
      written.add(step);
      from = step;
    }
    yield { v: FORMAT, kind: "snapshot", seq: state.seq, at: position.at, name, position: position.seq };
  }
  yield { v: FORMAT, kind: "restore", seq: state.seq, at: state.head.at, name: COMPACTED, position: state.head.seq };
}

/** A position as a unit line, which is preceded by part lines when its contents are long. */
function* unitLines(position: Position, records: Pick<UnitLine, "undo" | "redo">, lineLength: number): Generator<PartLine | UnitLine> {
  const part = { v: FORMAT, kind: "part", seq: position.seq, at: position.at } as const;
  const [chain, chainParts] = lastAndRest(position.chain, lineLength);
  const [undo, undoParts] = lastAndRest(records.undo ?? [], lineLength);
  const [redo, redoParts] = lastAndRest(records.redo ?? [], lineLength);
  for (const some of chainParts) yield { ...part, chain: some };
  for (const some of undoParts) yield { ...part, undo: some };
  for (const some of redoParts) yield { ...part, redo: some };
  yield {
    v: FORMAT,
    kind: "unit",
    seq: position.seq,
    at: position.at,
    request_id: null,
    ...(records.undo ? { undo } : { redo }),
    ...(chain.length > 0 ? { chain } : {}),
    clock: position.clock,
    ids: position.ids,
  };
}

/** Cuts items into lists of about `length` characters as JSON: the last one, and those before it. */
function lastAndRest<T>(items: readonly T[], length: number): [readonly T[], readonly (readonly T[])[]] {
  if (items.length < 2) return [items, []];
  const rest: T[][] = [];
  let last: T[] = [];
  let size = 0;
  for (const item of items) {
    const more = JSON.stringify(item).length;
    if (size + more > length && last.length > 0) {
      rest.push(last);
      last = [];
      size = 0;
    }
    last.push(item);
    size += more;
  }
  return [last, rest];
}

/** The changes that undo several units at once: for each record, what it was, and where, before the oldest of them. */
async function foldUndo(positions: readonly Position[]): Promise<Change[]> {
  const pace = new Pace();
  const last = new Map<string, Change>();
  for (const position of positions.toReversed()) {
    for (const change of position.undo ?? []) {
      const key = `${change.table} ${change.id}`;
      const place = change.place ?? last.get(key)?.place;
      last.set(key, place === undefined ? change : { ...change, place });
      if (pace.isDue()) await pace.turn();
    }
  }
  return [...last.values()];
}
