import { existsSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { resolve, sep } from "node:path";
import type { ControlClient } from "./client.ts";

/** A file that cannot be written to or read. Exit code 2. */
export class TransferUsageError extends Error {
  override readonly name = "TransferUsageError";
}

/** Writes the state to a file, whole or not at all; without one, returns it. Throws TransferUsageError, ControlError. */
export async function exportTo(client: ControlClient, file: string | undefined): Promise<string> {
  if (file !== undefined) refuseFolder(file);
  const { yaml } = await client.call<{ yaml: string }>("GET", "/export");
  if (file === undefined) return yaml.trimEnd();
  const unfinished = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(unfinished, yaml, { mode: 0o600, flush: true });
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
  return `wrote ${file}; webhook secrets and the issuer key are not in it`;
}

/** Replaces everything in the sandbox by an exported state. Throws TransferUsageError, ControlError. */
export async function importFrom(client: ControlClient, file: string): Promise<string> {
  if (!existsSync(file) || statSync(file).isDirectory()) throw new TransferUsageError(`there is no file ${file}`);
  const { transactions } = await client.call<{ transactions: number }>("POST", "/import", { yaml: readFileSync(file, "utf8") });
  return `imported ${file}: ${transactions} transactions sent again; webhook secrets and the issuer key are new`;
}

/** A file is not put in the place of a folder, least of all of the current one or one above it. */
function refuseFolder(file: string): void {
  const path = existsSync(file) ? realpathSync(file) : resolve(file);
  if (`${process.cwd()}${sep}`.startsWith(path.endsWith(sep) ? path : `${path}${sep}`)) {
    throw new TransferUsageError(`${file} is the current folder or above it; name a file`);
  }
  if (existsSync(path) && statSync(path).isDirectory()) throw new TransferUsageError(`${file} is a folder; name a file`);
}
