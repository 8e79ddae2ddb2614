/**
 * `npm run test:oldest`: what Node could break, on the oldest one that package.json allows – the fast tests, those that run in one
 * process with a sandbox, and a start.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const { engines } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const oldest = engines.node.replace(">=", "");
const commands = ["vitest run --project fast", "vitest run --project process test/in-process test/cli/start.test.ts"];
const { status } = spawnSync(`npx -y -p node@${oldest} -c "node --version && ${commands.join(" && ")}"`, { stdio: "inherit", shell: true });
process.exit(status ?? 1);
