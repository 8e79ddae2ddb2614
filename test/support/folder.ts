import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { atEndOfFile } from "./clean-up.ts";

/** The names of test folders begin with it: `global-setup.ts` fails the run that leaves one. */
export const PREFIX = "getsmart-test-";

/** A new empty folder, removed after the tests of the file. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  atEndOfFile(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The names of the files below a folder that hold a text. */
export function filesWith(folder: string, text: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => statSync(join(folder, name)).isFile());
  if (files.length === 0) throw new Error(`nothing is in ${folder}`);
  return files.filter((name) => readFileSync(join(folder, name)).includes(text));
}
