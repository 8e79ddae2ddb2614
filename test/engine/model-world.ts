import type { ClockState } from "../../emulator/ports/clock.ts";
import { PEOPLE, type Person } from "../support/engine-actions.ts";
import { user } from "../support/records.ts";

/** A whole state, copied at every snapshot: the simplest thing that could be right. */
interface State {
  readonly users: Map<string, number>;
  readonly balances: Map<string, bigint>;
  blocks: number;
  drawn: number;
  clock: ClockState;
}

/** The naive model of an engine: snapshots are full copies, and so are restores. */
export class ModelWorld {
  #state: State;
  readonly #names = new Map<string, State>();

  /** `drawn`: identifiers that were drawn before. */
  constructor(clock: ClockState, drawn: number) {
    this.#state = { users: new Map(), balances: new Map(), blocks: 1, drawn, clock };
  }

  balanceOf(who: Person): bigint {
    return this.#state.balances.get(who) ?? 0n;
  }

  /** Puts a user's record, with a version; a new one comes last. */
  register(who: Person, version: number): void {
    this.#state.users.set(who, version);
    this.#state.drawn += 1;
  }
  remove(who: Person): void {
    this.#state.users.delete(who);
  }
  mint(who: Person, amount: bigint): void {
    this.#state.balances.set(who, this.balanceOf(who) + amount);
    this.#state.blocks += 1;
  }
  /** False when the chain would refuse. */
  move(from: Person, to: Person, amount: bigint): boolean {
    if (this.balanceOf(from) < amount) return false;
    this.#state.balances.set(from, this.balanceOf(from) - amount);
    this.#state.balances.set(to, this.balanceOf(to) + amount);
    this.#state.blocks += 1;
    return true;
  }
  clock(clock: ClockState): void {
    this.#state.clock = clock;
  }

  snapshot(name: string): void {
    this.#names.set(name, structuredClone(this.#state));
  }
  restore(name: string): void {
    this.#state = structuredClone(this.#names.get(name) as State);
  }
  drop(name: string): void {
    this.#names.delete(name);
  }
  has(name: string): boolean {
    return this.#names.has(name);
  }

  view(): unknown {
    const { users, balances, blocks, drawn, clock } = this.#state;
    return {
      users: [...users].map(([who, version]) => user(who, { metadata: { version: String(version) } })),
      balances: PEOPLE.map((who) => this.balanceOf(who)),
      supply: [...balances.values()].reduce((sum, each) => sum + each, 0n),
      blocks,
      drawn,
      clock,
      names: [...this.#names.keys()].toSorted(),
    };
  }
}
