/**
 * Whether dist/ is there and newer than all that it is made from. Plain JavaScript, since the command line asks before anything else is
 * loaded (emulator/cli/bin.js). About 400 files are looked at, in a hundredth of a second; a folder counts too, so that a file that was
 * taken away does.
 */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const SOURCES = [
  "package.json",
  "package-lock.json",
  "spec",
  "fixtures",
  "emulator",
  "test/conformance/kit",
  "test/conformance/requirements",
];
/** The last file that the bundle writes is as old as the whole. */
const MADE = ["dist/config.schema.json", "dist/emulator/cli/main.js"];

export function isBuilt() {
  const oldest = Math.min(...MADE.map(changed));
  return oldest > Math.max(...SOURCES.flatMap((path) => [changed(path), ...below(path).map(changed)]));
}

/** Of a folder: the paths of all below it. */
function below(path) {
  const folder = join(root, path);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(path, name));
}

/** In milliseconds; -Infinity for what is not there. */
function changed(path) {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY;
}
