import { isSystemError } from "../model/system-error.ts";
import { reportAndExit } from "./failures.ts";

let outlivesOutput = false;

/** For a command that serves others: it goes on when nobody can read what it prints. */
export function outliveOutput(): void {
  outlivesOutput = true;
}

/**
 * What cannot be written to standard output (a full disk, a closed pipe) is the failure of a command whose answer it was, unless its
 * reader had enough (`| head`). What cannot be written to standard error nobody can be told.
 */
export function guardOutput(): void {
  process.stderr.on("error", () => {});
  process.stdout.on("error", (error) => {
    if (outlivesOutput) return;
    if (!isSystemError(error) || error.code === "EPIPE") process.exit(0);
    reportAndExit(Object.assign(error, { path: "standard output" }));
  });
}
