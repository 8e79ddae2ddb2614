import { spawnSync } from "node:child_process";

/**
 * Whether a test must do without a tool, and says so. With CI set, which installs them all, a missing one is a failure; one that is not
 * allowed to work, as some containers have it, is not. `probe`: arguments with which it ends well where it is of use.
 */
export function lacks(tool: string, debianPackage: string, probe: readonly string[] = ["--version"]): boolean {
  const { status, error } = spawnSync(tool, probe, { stdio: "ignore" });
  if (status === 0) return false;
  const reason = error ? `${tool} is missing (apt-get install ${debianPackage})` : `\`${tool} ${probe.join(" ")}\` does not work here`;
  if (error && process.env.CI) throw new Error(reason);
  console.warn(`tests are skipped: ${reason}`);
  return true;
}
