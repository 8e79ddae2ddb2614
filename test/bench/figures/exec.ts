import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Figure, Values } from "../figure.ts";
import { installedIn } from "./start.ts";

/** What `exec` does, written by hand. */
const script = (root: string) => `
  const { createSandbox } = await import(${JSON.stringify(pathToFileURL(join(root, "dist/emulator/sandbox.js")).href)});
  const sandbox = await createSandbox();
  await sandbox.listen();
  await sandbox.listenRpc();
  await sandbox.close();`;

const COMMANDS: Readonly<Record<string, (root: string) => readonly [string, ...string[]]>> = {
  "exec -- true": (root) => [process.execPath, join(root, "emulator/cli/bin.js"), "exec", "--", "true"],
  "createSandbox, served and closed": (root) => [process.execPath, "--input-type=module", "-e", script(root)],
  "node alone": () => [process.execPath, "-e", ""],
  true: () => ["true"],
};

export const exec: Figure = {
  title: "a command to its end: with a sandbox beside it by `exec`, by hand, and without",
  rounds: 9,
  variants: Object.keys(COMMANDS),
  async measure(variant, scratch): Promise<Values> {
    const [program, ...args] = (COMMANDS[variant] as (root: string) => readonly [string, ...string[]])(installedIn(scratch));
    const began = performance.now();
    const child = spawn(program, args, { cwd: scratch, stdio: "ignore", env: { ...process.env, NODE_OPTIONS: "" } });
    const [code] = await once(child, "exit");
    if (code !== 0) throw new Error(`${variant} ended with ${code}`);
    return { ended_ms: performance.now() - began };
  },
  judge: (medians) => {
    const took = (variant: string) => medians[variant]?.ended_ms ?? Number.NaN;
    const beside = (variant: string) => `${Math.round(took("exec -- true") - took(variant))} ms more than ${variant}`;
    return [`exec: ${beside("true")}, ${beside("createSandbox, served and closed")}`];
  },
};
