import type { Change } from "../model/tables.ts";
import type { ChainMark, ChainStep } from "../ports/chain.ts";
import type { ClockState } from "../ports/clock.ts";

/** State after one unit: what the unit did, and how to take it back. */
export interface Position {
  readonly seq: number;
  readonly parent: Position | null;
  readonly depth: number;
  readonly chain: readonly ChainStep[];
  /** After this position: clock, identifier counter, instant and last block. */
  readonly clock: ClockState;
  readonly ids: number;
  readonly at: number;
  readonly block: { readonly number: number; readonly timestamp: number };
  /** Applying one yields the other; the one that is set says on which side of the unit the records are. */
  redo: readonly Change[] | null;
  undo: readonly Change[] | null;
  /** A chain mark taken exactly here, while it is usable. */
  mark: ChainMark | null;
}

/** The way from one position to another: units to take back (newest first), then units to do again (oldest first). */
export interface Path {
  readonly common: Position;
  readonly back: readonly Position[];
  readonly forward: readonly Position[];
}

/** The way through the tree of positions, by the nearest common ancestor. */
export function pathBetween(from: Position, to: Position): Path {
  const back: Position[] = [];
  const forward: Position[] = [];
  let a = from;
  let b = to;
  while (a !== b) {
    if (a.depth >= b.depth) {
      back.push(a);
      a = parentOf(a);
    } else {
      forward.push(b);
      b = parentOf(b);
    }
  }
  return { common: a, back, forward: forward.reverse() };
}

/** The nearest position at or above `position` whose chain mark is usable. The root always has one. */
export function nearestMarked(position: Position): Position {
  let at = position;
  while (at.mark === null) at = parentOf(at);
  return at;
}

/** The positions below `ancestor` down to `position`, oldest first. */
export function lineFrom(ancestor: Position, position: Position): Position[] {
  const line: Position[] = [];
  for (let at = position; at !== ancestor; at = parentOf(at)) line.push(at);
  return line.reverse();
}

function parentOf(position: Position): Position {
  if (!position.parent) throw new Error("positions share no root");
  return position.parent;
}

export function rootOf(position: Position): Position {
  let at = position;
  while (at.parent) at = at.parent;
  return at;
}
