import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The kit shares no code with the emulator, so it finds the package by itself: the same from the sources and from dist/. */
const ROOT = rootAbove(dirname(fileURLToPath(import.meta.url)));

export const VERSION: string = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).version;

/** What the build made of the document if it is there (a few ms to read), and the document itself in a checkout. */
export function documentFile(): string {
  const source = join(ROOT, "spec/openapi.yaml");
  const built = join(ROOT, "dist/spec/openapi.json");
  const runsBuilt = import.meta.url.includes("/dist/");
  return (runsBuilt && existsSync(built)) || !existsSync(source) ? built : source;
}

function rootAbove(folder: string): string {
  return existsSync(join(folder, "package.json")) ? folder : rootAbove(dirname(folder));
}
