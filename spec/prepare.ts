/**
 * After an install: makes what a checkout serves and exports (dist/), unless what is there is newer than all that it is made from.
 * Types are left to `npm run build`, which also runs before the package is packed.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";

const root = new URL("../", import.meta.url);
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

/** When the newest of these files was changed, and of those below them; -Infinity when there is none. */
function newest(paths: readonly string[]): number {
  const files = paths.flatMap((path) => {
    const entry = statSync(new URL(path, root), { throwIfNoEntry: false });
    if (!entry?.isDirectory()) return entry ? [entry.mtimeMs] : [];
    return readdirSync(new URL(path, root), { recursive: true, encoding: "utf8" }).map(
      (name) => statSync(new URL(`${path}/${name}`, root)).mtimeMs,
    );
  });
  return Math.max(...files);
}

const oldest = Math.min(...MADE.map((path) => newest([path])));
if (oldest < newest(SOURCES)) execFileSync("npm run --silent build:start", { cwd: root, stdio: "inherit", shell: true });
