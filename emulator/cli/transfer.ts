import { createReadStream, createWriteStream, existsSync, realpathSync, renameSync, rmSync, statSync } from "node:fs";
import { resolve, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { FILE_LIMIT } from "../control/fixtures/read-state.ts";
import type { ControlClient } from "./client.ts";
import { ControlError } from "./control-error.ts";

/** A file that cannot be written to or read. Exit code 2. */
class TransferUsageError extends Error {
  override readonly name = "TransferUsageError";
}

/** Writes the state to a file, atomically, and returns a sentence; without one, to standard output. Throws TransferUsageError, ControlError. */
export async function exportTo(client: ControlClient, file: string | undefined): Promise<string> {
  if (file !== undefined) refuseFolder(file);
  const yaml = await client.download("/export");
  if (file === undefined) {
    await pipeline(yaml, process.stdout, { end: false }).catch(brokenOff);
    return "";
  }
  const unfinished = `${file}.${process.pid}.tmp`;
  try {
    await pipeline(yaml, createWriteStream(unfinished, { mode: 0o600, flush: true })).catch(brokenOff);
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw Object.assign(error as Error, { path: file });
  }
  const isTooLong = statSync(file).size > FILE_LIMIT ? "; it is longer than the 2 GiB that an import takes" : "";
  return `wrote ${file}${isTooLong}; webhook secrets and the issuer key are not in it`;
}

function brokenOff(error: NodeJS.ErrnoException): void {
  // Whoever read it, such as `head`, has had enough.
  if (error.code === "EPIPE") return;
  if (error.code !== "ECONNRESET" && error.code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  throw new ControlError("the sandbox broke off before the end of the export; nothing was written", null);
}

/** Replaces everything in the sandbox by an exported state. Throws TransferUsageError, ControlError. */
export async function importFrom(client: ControlClient, file: string): Promise<string> {
  if (!existsSync(file) || statSync(file).isDirectory()) throw new TransferUsageError(`there is no file ${file}`);
  const { transactions } = await client.upload<{ transactions: number }>("/import", () => createReadStream(file));
  return `imported ${file}: ${transactions} transactions sent again; webhook secrets and the issuer key are new, earlier snapshots are gone`;
}

/** A file is not put in the place of a folder, least of all of the current one or one above it. */
function refuseFolder(file: string): void {
  const path = existsSync(file) ? realpathSync(file) : resolve(file);
  if (`${process.cwd()}${sep}`.startsWith(path.endsWith(sep) ? path : `${path}${sep}`)) {
    throw new TransferUsageError(`${file} is the current folder or above it; name a file`);
  }
  if (existsSync(path) && statSync(path).isDirectory()) throw new TransferUsageError(`${file} is a folder; name a file`);
}
