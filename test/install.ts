/** Installs the packages of test/<name>, unless they are as its lockfile says: `node test/install.ts tools`. */
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(`./${process.argv[2]}/`, import.meta.url));
const changed = (path: string) => statSync(`${folder}${path}`, { throwIfNoEntry: false })?.mtimeMs ?? 0;

// npm writes the former when it is done.
if (changed("node_modules/.package-lock.json") <= changed("package-lock.json")) {
  const { status } = spawnSync(`npm ci --prefix "${folder}"`, { stdio: "inherit", shell: true });
  process.exit(status ?? 1);
}
