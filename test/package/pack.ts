import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./command.ts";

export const CHECKOUT = fileURLToPath(new URL("../../", import.meta.url));

/** What a fresh clone does not have. */
const MADE = ["node_modules", "dist", ".git", ".hardhat", ".getsmart-sandbox", "coverage"];

/**
 * `npm pack` of a copy of this checkout; returns the tarball's path. The copy has no dist/, so that the package's own script has to
 * build it, and nothing that was built before, or is being read by other tests, is touched.
 */
export async function pack(folder: string): Promise<string> {
  const copy = join(folder, "checkout");
  cpSync(CHECKOUT, copy, { recursive: true, filter: (path) => !MADE.includes(basename(path)) });
  symlinkSync(join(CHECKOUT, "node_modules"), join(copy, "node_modules"), "junction");
  await run(["npm", "pack", "--pack-destination", folder], copy);
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  return join(folder, tarball as string);
}

/** A file of a package: its path from the package's folder. */
export interface PackedFile {
  readonly path: string;
  readonly bytes: number;
  readonly isExecutable: boolean;
  readonly text: string;
}

export async function filesOf(tarball: string, folder: string): Promise<readonly PackedFile[]> {
  const unpacked = join(folder, "unpacked");
  mkdirSync(unpacked);
  await run(["tar", "-xzf", tarball, "-C", unpacked, "--strip-components=1"], folder);
  return listFiles(unpacked).map((path) => {
    const { size, mode } = statSync(join(unpacked, path));
    return { path, bytes: size, isExecutable: (mode & 0o111) === 0o111, text: readFileSync(join(unpacked, path), "utf8") };
  });
}

/** Every file below a folder, as sorted paths from it; none when it is not there. */
export function listFiles(folder: string): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}
