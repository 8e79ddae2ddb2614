import { StorageDamaged } from "../ports/store.ts";
import { lineFrom, type Position, pathBetween, rootOf } from "./lineage.ts";
import { moveRecords } from "./positions.ts";
import type { ReadJournal } from "./read-journal.ts";
import type { EnginePorts, EngineState } from "./state.ts";

export interface RecoveryReport {
  /** Units of the live lineage. */
  readonly units: number;
  readonly transactions: number;
  /** How the journal ended: `torn`: an unfinished, unacknowledged unit was dropped; `mended`: a whole line had lost its newline. */
  readonly tail: "whole" | "torn" | "mended";
  /** The replayed chain ends in another block hash than the journal says (made by a release with other gas or fork rules). */
  readonly hashDiffers: boolean;
}

/** Reported while the chain is replayed: transactions done and to do. */
export type Progress = (done: number, total: number) => void;

/** Rebuilds records and chain from a journal. The chain must be empty. Throws StorageDamaged. */
export async function recover(
  ports: EnginePorts,
  file: string,
  { header, state, base, tail }: ReadJournal,
  progress: Progress,
): Promise<{ state: EngineState; report: RecoveryReport }> {
  if (!base) throw new StorageDamaged(file, null, `line ${header.base_seq}, which db.json belongs to, is missing`);
  const { generation, base_seq: seq, db_digest: digest } = header;
  await ports.store.load(digest === null ? null : { generation, seq, digest });
  moveRecords(ports, pathBetween(base, state.head));
  const replayed = await replayChain(ports, state, file, progress);
  const ended = tail ? (tail.kept === null ? "torn" : "mended") : "whole";
  return { state, report: { ...replayed, tail: ended } };
}

const BATCH = 500;

/** Replays the live lineage, leaving chain marks where named branches leave it. */
async function replayChain(
  { chain, clock, ids }: EnginePorts,
  state: EngineState,
  file: string,
  progress: Progress,
): Promise<Omit<RecoveryReport, "tail">> {
  const root = rootOf(state.head);
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
      for (const step of position.chain) steps.push(step);
      done += transactionsOf(position);
      to += 1;
    } while (to < line.length && to - from < BATCH && !branchPoints.has(line[to - 1] as Position));
    const head = await chain.replay(steps).catch((cause) => {
      throw new StorageDamaged(file, null, `its chain cannot be made again: ${cause.message}`);
    });
    hash = head ?? hash;
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
