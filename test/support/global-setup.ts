/**
 * Runs once per `vitest`: a temporary folder for everything that tests and their children make, the package that those children run, and a
 * check that tests remove their own folders.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PREFIX } from "./folder.ts";
import { makePackage } from "./package.ts";

export default function setUp(): () => void {
  const outer = tmpdir();
  const folder = mkdtempSync(join(outer, "getsmart-run-"));
  process.env.TMPDIR = folder;
  process.env.TEST_PACKAGE = join(folder, "package");
  makePackage(process.env.TEST_PACKAGE);
  return () => {
    process.env.TMPDIR = outer;
    const left = readdirSync(folder).filter((name) => name.startsWith(PREFIX));
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    if (left.length > 0) throw new Error(`tests left ${left.length} folders behind: use newFolder() of test/support/folder.ts`);
  };
}
