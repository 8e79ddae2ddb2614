/** `running`: wall time plus an offset. `frozen`: stands still at one instant. Journaled, so that a restart keeps it. */
export type ClockState = { readonly mode: "running"; readonly offset_ms: number } | { readonly mode: "frozen"; readonly at_ms: number };

/** The sandbox's time: API, chain and due work all read this one clock. Contract suite: test/ports/clock.ts. */
export interface Clock {
  /**
   * Milliseconds since the epoch; never before the last instant given, unless `set` went back with a restore. A running clock goes on
   * from there when wall time is behind it. It stands at the last instant that RFC 3339 can write.
   */
  now(): number;
  /** As the clock now runs: the offset is the one in force, and a clock that has reached its last instant is frozen. */
  state(): ClockState;
  /** Takes over a state. `floor`: the clock does not show an earlier instant than this. */
  set(state: ClockState, floor: number): void;
  /**
   * Real time passed plus every advance, in milliseconds, whatever the clock's mode: what quotas count.
   * Freezing the clock stops timestamps, not quotas.
   */
  elapsed(): number;
  /** Tells `elapsed` that the sandbox skipped this much time. */
  skip(ms: number): void;
}
