import { existsSync, mkdirSync, rmdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { explain, systemErrorIn } from "../../model/system-error.ts";
import { JournalBroken } from "../../ports/journal.ts";
import { StorageUnusable } from "../../ports/store.ts";

/** The topmost folder that must be made for this one; null when it is there. */
export function topmostMissing(dir: string): string | null {
  if (existsSync(dir)) return null;
  let missing = resolve(dir);
  while (!existsSync(dirname(missing))) missing = dirname(missing);
  return missing;
}

/** Makes it and what is missing above it (`missing`: the topmost), for its owner alone. */
export function makeFolder(dir: string, missing: string | null): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  } catch (error) {
    // Node says ENOENT of a read-only file system too: making the first of them has the true reason.
    if (missing !== null && (error as NodeJS.ErrnoException).code === "ENOENT") mkdirSync(missing, { mode: 0o700 });
    throw error;
  }
}

/** Removes a folder that was made for nothing, and those above it that were made with it, unless something is in them. */
export function removeMade(dir: string, topmost: string | null): void {
  if (topmost === null) return;
  for (let each = resolve(dir); ; each = dirname(each)) {
    try {
      rmdirSync(each);
    } catch (error) {
      if (!["ENOENT", "ENAMETOOLONG"].includes((error as NodeJS.ErrnoException).code as string)) return;
    }
    if (each === topmost) return;
  }
}

/** A refusal of the system as a user is told it; null for any other error. */
export function unusable(dir: string, error: unknown): StorageUnusable | null {
  const refused = systemErrorIn(error);
  if (!refused) return null;
  const message = `The data folder ${dir} cannot be used: ${explain(refused, "another --data-dir (--ephemeral needs none)")}.`;
  return new StorageUnusable(message, { cause: error });
}

/** The same of a compaction, and of a journal that another process took. */
export function uncompacted(dir: string, error: unknown): StorageUnusable | null {
  if (error instanceof JournalBroken) return new StorageUnusable(error.message, { cause: error });
  const refused = systemErrorIn(error);
  if (!refused) return null;
  const kept = "Nothing is lost: the journal has every acknowledged write, and the next start reads it";
  return new StorageUnusable(`The data folder ${dir} could not be compacted: ${explain(refused, "another disk for it")}. ${kept}.`, {
    cause: error,
  });
}
