import { ApiError } from "../model/errors.ts";
import { FORMAT, type MarkerLine } from "./journal-line.ts";
import { lineFrom, nearestMarked, type Path, type Position, pathBetween } from "./lineage.ts";
import { type EnginePorts, type EngineState, markHead } from "./state.ts";
import type { Writer } from "./writer.ts";

/** State kept in memory that snapshots carry too (quotas); lost at a restart. */
interface Participant {
  capture(): unknown;
  /** `captured` is undefined when the snapshot was taken before a restart. */
  restore(captured: unknown): void;
}

/** The name of the hidden snapshot that `reset` goes back to; names given by people cannot begin with a dot. */
export const FIXTURE = ".fixture";

/**
 * Named positions: one snapshot over records, chain, clock and counters. Taking one costs a marker line and an EVM mark;
 * restoring costs the changes between here and there, in any order and also to a sibling.
 */
export class Positions {
  readonly #ports: EnginePorts;
  readonly #state: EngineState;
  readonly #writer: Writer;
  readonly #participants: Participant[] = [];
  readonly #captured = new Map<string, unknown[]>();

  constructor(ports: EnginePorts, state: EngineState, writer: Writer) {
    this.#ports = ports;
    this.#state = state;
    this.#writer = writer;
  }

  /** Lets snapshots carry state that lives in memory. */
  join(participant: Participant): void {
    this.#participants.push(participant);
  }

  /** Names in the order in which they were taken, without the hidden one. */
  list(): { name: string; seq: number; at: string }[] {
    return [...this.#state.names]
      .filter(([name]) => !name.startsWith("."))
      .map(([name, { seq, at }]) => ({ name, seq, at: new Date(at).toISOString() }));
  }

  /** Names the present position. Throws SNAPSHOT_EXISTS for a name in use. */
  snapshot(name: string): Promise<void> {
    return this.#writer.exclusive(async () => {
      const state = this.#state;
      if (state.names.has(name)) {
        throw new ApiError("SNAPSHOT_EXISTS", `There is already a snapshot named "${name}"; delete it or choose another name.`, {
          param: "name",
        });
      }
      await markHead(state, this.#ports.chain);
      this.#append("snapshot", name);
      state.names.set(name, state.head);
      this.#captured.set(
        name,
        this.#participants.map((each) => each.capture()),
      );
    });
  }

  /** Goes back (or across) to a named position. Throws SNAPSHOT_NOT_FOUND. Work begun before it fails with SANDBOX_RESET. */
  restore(name: string): Promise<void> {
    return this.#writer.exclusive(async () => {
      const state = this.#state;
      const target = this.#find(name);
      const origin = state.head;
      const { common } = pathBetween(origin, target);
      await this.#move(target);
      try {
        this.#append("restore", name);
      } catch (error) {
        await this.#move(origin);
        throw error;
      }
      this.#ports.clock.set(target.clock, target.at);
      this.#ports.ids.set(target.ids);
      const captured = this.#captured.get(name);
      this.#participants.forEach((each, index) => {
        each.restore(captured?.[index]);
      });
      state.epoch += 1;
      state.restores += 1;
      this.#writer.moved(common.block.number);
    });
  }

  /** Forgets a name. Throws SNAPSHOT_NOT_FOUND, also for the hidden one, without which neither reset nor restart would work. */
  drop(name: string): Promise<void> {
    return this.#writer.exclusive(async () => {
      if (name === FIXTURE) throw notFound(name);
      this.#find(name);
      this.#append("drop", name);
      this.#state.names.delete(name);
      this.#captured.delete(name);
    });
  }

  #find(name: string): Position {
    const position = this.#state.names.get(name);
    if (!position) throw notFound(name);
    return position;
  }

  #append(kind: MarkerLine["kind"], name: string): void {
    const seq = this.#state.seq + 1;
    this.#writer.append({ v: FORMAT, kind, seq, at: this.#ports.clock.now(), name });
    this.#state.seq = seq;
  }

  /** Moves chain and records. A chain that cannot follow stops all writes: records and chain would disagree. */
  async #move(target: Position): Promise<void> {
    const path = pathBetween(this.#state.head, target);
    this.#state.moving = true;
    try {
      await this.#moveChain(path, target);
      moveRecords(this.#ports, path);
      this.#state.head = target;
    } catch (error) {
      this.#writer.stop(error as Error);
      throw error;
    } finally {
      this.#state.moving = false;
    }
  }

  async #moveChain(path: Path, target: Position): Promise<void> {
    const { chain } = this.#ports;
    // A position that is left keeps no mark: a later revert further up would use it up unseen.
    for (const left of path.back) left.mark = null;
    if (![...path.back, ...path.forward].some((position) => position.chain.length > 0)) return;
    const base = nearestMarked(path.common);
    const again = lineFrom(base, target);
    await chain.revert(base.mark as string);
    for (const used of [...lineFrom(base, path.common), base]) used.mark = null;
    base.mark = await chain.mark();
    await chain.replay(again.flatMap((position) => position.chain));
    target.mark ??= await chain.mark();
  }
}

function notFound(name: string): ApiError {
  return new ApiError("SNAPSHOT_NOT_FOUND", `There is no snapshot named "${name}".`, { param: "name" });
}

/** Takes the records along a path; each applied side yields the other. */
export function moveRecords({ store }: Pick<EnginePorts, "store">, path: Path): void {
  for (const position of path.back) {
    position.redo = store.apply(position.undo ?? []);
    position.undo = null;
  }
  for (const position of path.forward) {
    position.undo = store.apply(position.redo ?? []);
    position.redo = null;
  }
}
