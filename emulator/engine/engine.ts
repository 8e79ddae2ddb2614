import { type Adoptee, adopt } from "./adopt.ts";
import { compact } from "./compaction.ts";
import { encodeLine, type HeaderLine } from "./journal-line.ts";
import { Positions } from "./positions.ts";
import type { ReadJournal } from "./read-journal.ts";
import { type Progress, type RecoveryReport, recover } from "./recovery.ts";
import { type EnginePorts, type EngineState, newState } from "./state.ts";
import type { Settle } from "./unit.ts";
import { type Emitted, Writer } from "./writer.ts";

interface EngineOptions {
  /** A function is asked at each unit. */
  readonly mining: "auto" | "deferred" | (() => "auto" | "deferred");
  readonly settle: Settle;
  readonly emitted?: Emitted;
  readonly progress?: Progress;
  /** Characters after which compaction splits what a unit holds into several lines. */
  readonly lineLength?: number;
}

/** Positions that are not folded while it runs. */
const MOST_KEPT = 100_000;

/** The running engine: one writer, one journal, one chain, and the positions over them. */
export interface Engine {
  readonly writer: Writer;
  readonly positions: Positions;
  readonly header: HeaderLine;
  /** What was found on disk; null for a new sandbox. */
  readonly recovered: RecoveryReport | null;
  /** Ends the generation: db.json takes the records, and what no name leads back to is folded. */
  compact(): Promise<void>;
  /** The same while it runs, without folding what was made in this run. Nothing happens when db.json is current. */
  refresh(): Promise<void>;
  readonly state: EngineState;
  /** Takes another world over, as a new generation. */
  adopt(other: Adoptee): Promise<void>;
}

/**
 * Opens an engine on empty ports: deploys the contracts when `kept` is null, else rebuilds records and chain from it.
 * `header` describes a new sandbox; a kept one brings its own.
 */
export async function openEngine(
  ports: EnginePorts,
  header: HeaderLine,
  kept: ReadJournal | null,
  file: string,
  options: EngineOptions,
): Promise<Engine> {
  const { state, report } = kept ? await recover(ports, file, kept, options.progress ?? (() => {})) : await begin(ports, header);
  const { mining, lineLength } = options;
  const writer = new Writer(
    ports,
    state,
    typeof mining === "function" ? mining : () => mining,
    options.settle,
    options.emitted ?? (() => {}),
  );
  state.began = state.head;
  if (state.head.parent === null) await writer.deploy();
  return {
    writer,
    positions: new Positions(ports, state, writer),
    header: state.header,
    recovered: report,
    compact: () => writer.exclusive(() => compact(ports, state, lineLength === undefined ? {} : { lineLength })),
    refresh: () =>
      writer.exclusive(async () => {
        const { db_digest, last_seq } = state.header;
        if (db_digest === null || last_seq !== state.seq) await compact(ports, state, { keeps: MOST_KEPT });
      }),
    state,
    adopt: (other) =>
      writer.exclusive(async () => {
        await adopt(ports, state, other);
        // No block of the former chain is in the new one, whose history is nobody's news.
        writer.moved(-1);
      }),
  };
}

async function begin({ journal, chain, clock }: EnginePorts, header: HeaderLine): Promise<{ state: EngineState; report: null }> {
  journal.append(encodeLine(header));
  const state = newState(header);
  clock.set(state.head.clock, state.head.at);
  state.head.mark = await chain.mark();
  return { state, report: null };
}
