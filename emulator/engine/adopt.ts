import type { Store } from "../ports/store.ts";
import { compact } from "./compaction.ts";
import type { EnginePorts, EngineState } from "./state.ts";

/** Another engine's world, which nobody else works on any more. */
export interface Adoptee {
  readonly store: Store;
  readonly state: EngineState;
  /** Makes its chain the one that everybody uses; returns the way back. */
  readonly takeChain: () => () => void;
}

/**
 * Takes another world over as a new generation: records, chain, clock, counters, named positions. The journal's rename is the commit
 * point; before it everything is as it was. Work begun before it fails with SANDBOX_RESET.
 */
export async function adopt(ports: EnginePorts, state: EngineState, { store, state: other, takeChain }: Adoptee): Promise<void> {
  const { header, head, seq, names, restores } = state;
  const clock = { state: ports.clock.state(), now: ports.clock.now(), ids: ports.ids.counter() };
  const former = ports.store.replace(store);
  const giveBack = takeChain();
  const generation = { generation: header.generation, fixture: header.fixture, base_seq: 0, last_seq: 0 };
  Object.assign(state, {
    header: { ...other.header, ...generation },
    head: other.head,
    seq: other.seq,
    names: other.names,
    restores: restores + 1,
  });
  ports.clock.set(other.head.clock, other.head.at);
  ports.ids.set(other.head.ids);
  state.epoch += 1;
  let committed = false;
  try {
    await compact(ports, state, {
      committed() {
        committed = true;
      },
    });
  } catch (error) {
    // What is on disk is the new generation: `load` finds its records where they were staged.
    if (committed) throw error;
    giveBack();
    ports.store.replace(former);
    Object.assign(state, { header, head, seq, names, restores });
    ports.clock.set(clock.state, clock.now);
    ports.ids.set(clock.ids);
    throw error;
  }
}
