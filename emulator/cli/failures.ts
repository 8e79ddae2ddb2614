import type { StorageDamaged } from "../ports/store.ts";

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
const KNOWN = new Set(["ControlError", "DataFolderInUse", "StorageDamaged", "PortInUse", "FixtureError"]);

/** What the system refuses to a file, folder or address that the user named: Node's sentence names both. */
function isOfTheMachine(error: unknown): boolean {
  const { syscall, path, address, hostname } = error as NodeJS.ErrnoException & { address?: string; hostname?: string };
  return syscall !== undefined && (path ?? address ?? hostname) !== undefined;
}

const REPAIR =
  "Start with --repair to keep the readable part (the damaged file is kept as a copy), or with --fresh to begin again (the old files are kept).";
const RESTORE = "Put a copy of the data folder back in its place, or start with --fresh to begin again (the old files are kept).";

/** Prints a failure and ends the process: 2 for usage, 1 for what went wrong. */
export function reportAndExit(error: unknown): never {
  const { name, message, stack } = error as Error;
  const hint = name === "StorageDamaged" ? `\n${(error as StorageDamaged).isRepairable ? REPAIR : RESTORE}` : "";
  console.error(USAGE.has(name) || KNOWN.has(name) || isOfTheMachine(error) ? `getsmart-sandbox: ${message}${hint}` : stack);
  process.exit(USAGE.has(name) ? 2 : 1);
}
