import { explain, isSystemError } from "../model/system-error.ts";
import type { StorageDamaged } from "../ports/store.ts";
import { printable } from "./printable.ts";

/** Faults that a user can mend: told in one line. Anything else is ours, and shows its stack. */
const USAGE = new Set([
  "UsageError",
  "ConfigError",
  "DataFolderMismatch",
  "DataUnsupported",
  "AuthorityUnusable",
  "UnknownFixture",
  "SeedUsageError",
  "TransferUsageError",
]);
const KNOWN = new Set(["ControlError", "DataFolderInUse", "StorageDamaged", "StorageUnusable", "PortInUse", "FixtureError"]);

/** What the system refuses: to a file or folder with what to do; to an address as Node says it, which names it. */
function sentenceOf(error: unknown): string | null {
  const { name, message } = error as Error;
  if (USAGE.has(name) || KNOWN.has(name)) return message;
  if (!isSystemError(error)) return null;
  const { address, hostname } = error as { address?: string; hostname?: string };
  if ((address ?? hostname) !== undefined) return message;
  return `${error.path ?? error.syscall}: ${explain(error)}.`;
}

const REPAIR =
  "Start with --repair to keep the readable part (the damaged file is kept as a copy), or with --fresh to begin again (the old files are kept).";
const RESTORE = "Put a copy of the data folder back in its place, or start with --fresh to begin again (the old files are kept).";

/** Prints a failure. */
export function report(error: unknown): void {
  const { name, stack } = error as Error;
  const hint = name === "StorageDamaged" ? `\n${(error as StorageDamaged).isRepairable ? REPAIR : RESTORE}` : "";
  const sentence = sentenceOf(error);
  console.error(printable(sentence === null ? (stack ?? String(error)) : `getsmart-sandbox: ${sentence}${hint}`));
}

/** Prints a failure and ends the process: 2 for usage, 1 for what went wrong. */
export function reportAndExit(error: unknown): never {
  report(error);
  process.exit(USAGE.has((error as Error).name) ? 2 : 1);
}
