import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { packageFile } from "../../../emulator/package-root.ts";
import { DEFAULT_KEY } from "../../../emulator/services/keys.ts";
import { plainEnvironment, run } from "../../package/command.ts";
import type { Figure, Values } from "../figure.ts";
import { answers, freePort } from "../peers.ts";

/** The README's first command. */
const COMMAND = 'npx -y -p node@24 -c "npm ci && npm start"';
const AIM_S = 20;

export const clone: Figure = {
  title: "from a fresh clone by the README's first command to the first answer, npm's cache warm after one round that is not counted",
  rounds: 3,
  variants: ["clone"],
  async prepare(_variant, scratch): Promise<Values> {
    const { answered_s } = await fromClone(scratch);
    return { answered_s };
  },
  measure: (_variant, scratch) => fromClone(scratch),
  judge: ({ clone: median }) => [`first answer after ${(median?.answered_s ?? Number.NaN).toFixed(1)} s (aim: at most ${AIM_S} s)`],
};

async function fromClone(scratch: string): Promise<{ cloned_s: number; answered_s: number }> {
  const folder = mkdtempSync(join(scratch, "clone-"));
  const [port, rpcPort] = [await freePort(), await freePort()];
  const began = performance.now();
  const passed = () => (performance.now() - began) / 1000;
  await run(["git", "clone", "--quiet", packageFile("."), folder], scratch);
  const cloned_s = passed();
  const env = plainEnvironment({ GETSMART_PORT: `${port}`, GETSMART_RPC_PORT: `${rpcPort}` });
  const child = spawn(COMMAND, { cwd: folder, env, shell: true, stdio: "ignore", detached: true });
  await answers(() => fetch(`http://127.0.0.1:${port}/v1/users`, { headers: { Authorization: `Bearer ${DEFAULT_KEY}` } }), child);
  const answered_s = passed();
  process.kill(-(child.pid as number), "SIGTERM");
  await once(child, "close");
  return { cloned_s, answered_s };
}
