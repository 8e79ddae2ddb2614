import type { Chain, ChainMark, ChainStep } from "../ports/chain.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Journal } from "../ports/journal.ts";
import type { Store } from "../ports/store.ts";
import type { HeaderLine } from "./journal-line.ts";
import type { Position } from "./lineage.ts";

/** What the engine runs on. */
export interface EnginePorts {
  readonly store: Store;
  readonly chain: Chain;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Where the engine stands: one object, shared by writer, positions and compaction, changed only inside the writer's queue. */
export interface EngineState {
  header: HeaderLine;
  head: Position;
  /** seq of the last line written. */
  seq: number;
  names: Map<string, Position>;
  epoch: number;
  /** Restores and resets so far, over all runs: kept in the journal's markers, and in its header once those are compacted. */
  restores: number;
  /** Set when undoing failed: no write is served any more. */
  broken: Error | null;
  /** The position that this run began with: what is made after it is not folded while it runs. */
  began: Position;
  /** db.json of this generation is not in its place yet. */
  isStaged: boolean;
  /** While a restore moves the chain, or something is tried on it, a block number may mean another block. */
  moving: boolean;
  /** How often something was tried on the chain and taken back. */
  asides: number;
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
  return {
    header,
    head: root,
    seq: header.last_seq,
    names: new Map(),
    epoch: 1,
    restores: header.restores ?? 0,
    broken: null,
    began: root,
    isStaged: false,
    moving: false,
    asides: 0,
  };
}

/** The last block among steps, or what was before. */
export function lastBlock(steps: readonly ChainStep[], before: Position["block"]): Position["block"] {
  const step = steps.findLast((each) => "mine" in each);
  return step && "mine" in step ? { number: step.mine.number, timestamp: step.mine.timestamp } : before;
}

/** A mark of the chain at the head, taken once and kept with it. */
export async function markHead(state: EngineState, chain: Chain): Promise<ChainMark> {
  state.head.mark ??= await chain.mark();
  return state.head.mark;
}
