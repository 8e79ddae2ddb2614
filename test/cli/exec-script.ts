/** A command that says where its sandbox is, for tests of `exec`. */
import type { ChildProcess } from "node:child_process";
import { expect } from "vitest";
import { newFolder } from "../support/folder.ts";
import { LAUNCHER } from "../support/package.ts";
import { type Outcome, run } from "../support/processes.ts";

export const ASK = `
  const { GETSMART_BASE_URL: base, GETSMART_API_KEY: key, GETSMART_RPC_URL: rpc, GETSMART_CONTROL_URL: control } = process.env;
  const get = async (path) => (await fetch(base + path, { headers: { authorization: "Bearer " + key } })).json();`;

/** Lives until the signal, and asks its sandbox once more before it ends with 9. */
export const cleaningUpAfter = (signal: NodeJS.Signals) => `${ASK}
  process.on("${signal}", async () => { console.log((await get("/meta")).status); process.exit(9); });
  console.log(base); setInterval(() => {}, 1000);`;

/** Runs a script for Node that prints `base` first, and interrupts it then. */
export async function interrupted(script: string, interrupt: (child: ChildProcess) => void): Promise<Outcome & { base: string }> {
  let base = "";
  const args = [LAUNCHER, "exec", "--", "node", "--input-type=module", "-e", script];
  const outcome = await run(process.execPath, args, { cwd: newFolder() }, (child) => {
    child.stdout?.once("data", (chunk) => {
      base = String(chunk).trim();
      interrupt(child);
    });
  });
  expect(base).toMatch(/^http/);
  return { ...outcome, base };
}
