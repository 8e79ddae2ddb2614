import type { Progress } from "../engine/recovery.ts";

/** Shown only for what takes longer. */
const PATIENCE_MS = 1000;
const EVERY_MS = 200;

/** A progress line that appears on a terminal when work takes longer than a second. */
export function progressLine(what: string, silent: boolean, of = "transactions", out: NodeJS.WriteStream = process.stderr): Progress {
  const began = performance.now();
  let shown = 0;
  return (done, total) => {
    const now = performance.now();
    if (silent || !out.isTTY || now - began < PATIENCE_MS) return;
    if (done < total && now - shown < EVERY_MS) return;
    shown = now;
    out.write(`\r${what}: ${done} of ${total} ${of} (${Math.floor((100 * done) / total)} %)${done === total ? "\n" : ""}`);
  };
}
