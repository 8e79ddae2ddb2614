// Kept as it is now: a test that fakes timers later must not stop the sandbox in its own process.
import { setImmediate } from "node:timers";

let turn: Promise<void> | null = null;

/**
 * Resolves when all requests that came together have been worked on. Answers that leave together wake a client once that waits on
 * another core, and waking it costs more than an answer.
 */
export function endOfTurn(): Promise<void> {
  turn ??= new Promise((resolve) => {
    setImmediate(() => {
      turn = null;
      resolve();
    });
  });
  return turn;
}
