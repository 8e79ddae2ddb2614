import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";

const LAUNCHER = fileURLToPath(new URL("../../emulator/cli/bin.js", import.meta.url));

/** Runs `getsmart-sandbox` to its end. */
export function run(
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<{ code: number | null; out: string; err: string }> {
  const env = { ...process.env, ...options.env };
  const child = spawn(process.execPath, [LAUNCHER, ...args], { cwd: options.cwd ?? tmpdir(), env, stdio: ["ignore", "pipe", "pipe"] });
  const texts = { out: "", err: "" };
  child.stdout.on("data", (chunk) => (texts.out += chunk));
  child.stderr.on("data", (chunk) => (texts.err += chunk));
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, ...texts })));
}
