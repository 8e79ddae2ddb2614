/**
 * How long a call, an estimate or a wallet's transaction may loop: as a plain loop (JUMPDEST PUSH JUMP, four gas a step) of this much gas.
 * Half a million steps take a fifth of a second and 400 MB. What does little with much gas (a deployment, storage) is not limited by it.
 */
export const CALL_GAS = 2_000_000;

/** The most gas of what `debug_trace*` traces: each step becomes an object of the answer. */
export const TRACE_GAS = 150_000;
