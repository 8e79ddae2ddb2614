import type { Change } from "../model/tables.ts";
import { COMPACTED, encodeLine, FORMAT, type HeaderLine, type JournalLine, type UnitLine } from "./journal-line.ts";
import { lineFrom, type Position, pathBetween } from "./lineage.ts";
import type { EnginePorts, EngineState } from "./state.ts";

/**
 * A new generation: db.json takes the live records; the journal keeps the whole chain log, and of the records only what
 * leads back to named positions. The journal's rename is the commit point, of which `committed` is told.
 */
export async function compact({ store, journal }: EnginePorts, state: EngineState, committed = () => {}): Promise<void> {
  // A flush under way is of the file that is about to be replaced.
  await journal.durable();
  const header: HeaderLine = { ...state.header, generation: state.header.generation + 1, base_seq: state.head.seq, last_seq: state.seq };
  await store.stage({ generation: header.generation, seq: state.head.seq });
  // Abandoned meanwhile: the folder may be another process's by now.
  if (state.broken) throw state.broken;
  journal.rewrite(numbered(compactedLines(header, state)));
  committed();
  await store.publish();
}

function* numbered(lines: Iterable<JournalLine>): Generator<string> {
  let n = 0;
  for (const line of lines) yield encodeLine({ ...line, n: ++n });
}

function* compactedLines(header: HeaderLine, state: EngineState): Generator<JournalLine> {
  yield header;
  const root = rootOf(state.head);
  const live = lineFrom(root, state.head);
  const branchPoints = new Map([...state.names].map(([name, position]) => [name, pathBetween(position, state.head).common]));
  const anchors = new Set<Position>([...branchPoints.values(), state.head]);
  let folded: Position[] = [];
  for (const position of live) {
    folded.push(position);
    if (anchors.has(position)) {
      yield unitLine(position, { undo: foldUndo(folded) });
      folded = [];
    } else if (position.chain.length > 0) {
      yield unitLine(position, { undo: [] });
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
      yield unitLine(step, { redo: step.redo ?? [] });
      written.add(step);
      from = step;
    }
    yield { v: FORMAT, kind: "snapshot", seq: state.seq, at: position.at, name, position: position.seq };
  }
  yield { v: FORMAT, kind: "restore", seq: state.seq, at: state.head.at, name: COMPACTED, position: state.head.seq };
}

function unitLine(position: Position, records: Partial<UnitLine>): UnitLine {
  return {
    v: FORMAT,
    kind: "unit",
    seq: position.seq,
    at: position.at,
    request_id: null,
    ...records,
    ...(position.chain.length > 0 ? { chain: position.chain } : {}),
    clock: position.clock,
    ids: position.ids,
  };
}

/** The changes that undo several units at once: for each record, what it was, and where, before the oldest of them. */
function foldUndo(positions: readonly Position[]): Change[] {
  const last = new Map<string, Change>();
  for (const position of positions.toReversed()) {
    for (const change of position.undo ?? []) {
      const key = `${change.table} ${change.id}`;
      const place = change.place ?? last.get(key)?.place;
      last.set(key, place === undefined ? change : { ...change, place });
    }
  }
  return [...last.values()];
}

function rootOf(position: Position): Position {
  let at = position;
  while (at.parent) at = at.parent;
  return at;
}
