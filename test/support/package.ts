/**
 * The package that the tests' own processes run: as it would be installed, which starts in half of the time that the sources take. Made once a
 * run (global-setup.ts); a script that is run by hand takes the sources.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../emulator/package-root.ts";

const BUILT = process.env.TEST_PACKAGE;

/** The command line as it runs from the sources, for what a hook must get hold of. */
export const SOURCES = join(PACKAGE_ROOT, "emulator/cli/main.ts");

/** The command line's program. */
export const LAUNCHER = join(BUILT ?? PACKAGE_ROOT, "emulator/cli/bin.js");

/** What `import … from "getsmart-sandbox"` loads. */
export const LIBRARY = BUILT ? join(BUILT, "dist/emulator/sandbox.js") : join(PACKAGE_ROOT, "emulator/sandbox.ts");

/** Makes the package in a folder that is not there yet. What the checkout holds built is renewed if it is older than its sources. */
export function makePackage(folder: string): void {
  execFileSync(process.execPath, [join(PACKAGE_ROOT, "spec/prepare.js")], { stdio: "inherit" });
  mkdirSync(join(folder, "emulator/cli"), { recursive: true });
  for (const copied of ["package.json", "emulator/cli/bin.js", "dist"]) {
    cpSync(join(PACKAGE_ROOT, copied), join(folder, copied), { recursive: true });
  }
  for (const linked of ["contracts", "fixtures", "spec", "node_modules"]) symlinkSync(join(PACKAGE_ROOT, linked), join(folder, linked));
}
