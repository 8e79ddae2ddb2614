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
  /** Set when undoing failed: no write is served any more. */
  broken: Error | null;
  /** While a restore moves the chain, a block number may mean a block of another branch. */
  moving: boolean;
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
