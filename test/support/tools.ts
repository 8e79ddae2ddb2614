import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Says why tests do not run here; true, so that `it.skipIf(skipped("…"))` reads well. */
export function skipped(reason: string): true {
  console.warn(`tests are skipped: ${reason}`);
  return true;
}

/**
 * Whether a test must do without a tool, and says so. With CI set, which installs them all, a missing one is a failure; one that is not
 * allowed to work, as some containers have it, is not. `probe`: arguments with which it ends well where it is of use.
 */
export function lacks(tool: string, debianPackage: string, probe: readonly string[] = ["--version"]): boolean {
  const { status, error } = spawnSync(tool, probe, { stdio: "ignore" });
  if (status === 0) return false;
  return error
    ? missing(`${tool} is missing (apt-get install ${debianPackage})`)
    : skipped(`\`${tool} ${probe.join(" ")}\` does not work here`);
}

/** For a tool that is not there: with CI set a failure, else skipped with this reason. */
export function missing(reason: string): true {
  if (process.env.CI) throw new Error(reason);
  return skipped(reason);
}

/** The path of a program of test/tools/package.json, which `npm run test:all` installs. */
export function secondTierTool(name: string): string {
  const file = fileURLToPath(new URL(`../tools/node_modules/.bin/${name}`, import.meta.url));
  if (!existsSync(file)) throw new Error(`${name} is not installed (npm ci --prefix test/tools)`);
  return file;
}
