import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of our package.json: the same from the sources and from dist/. */
export const PACKAGE_ROOT = rootAbove(dirname(fileURLToPath(import.meta.url)));

/** Whether this is what the build made; otherwise the sources run as they are. Where the package lies says nothing. */
export const IS_BUILT = !import.meta.url.endsWith(".ts");

/** A file of the package by its path from the root. */
export function packageFile(path: string): string {
  return join(PACKAGE_ROOT, path);
}

/** What the build has made of something and put into dist/, if it is the build that runs; from the sources null, since it may be old. */
export function builtText(path: string): string | null {
  const file = packageFile(`dist/${path}`);
  return IS_BUILT && existsSync(file) ? readFileSync(file, "utf8") : null;
}

/** The package's version. */
export const VERSION: string = JSON.parse(readFileSync(packageFile("package.json"), "utf8")).version;

function rootAbove(folder: string): string {
  return existsSync(join(folder, "package.json")) ? folder : rootAbove(dirname(folder));
}
