import { spawn } from "node:child_process";

export interface Outcome {
  /** Exit code, or the signal that ended it. */
  readonly ended: number | NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment of someone who types a command: without what npm and vitest tell their own children, and with `more`. */
export function plainEnvironment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const told =
    /^(npm_(config_(call|package|yes|local_prefix)|lifecycle_|package_|command|execpath|node_execpath)|INIT_CWD$|VITEST|NODE_ENV$|NODE$)/;
  return { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !told.test(name))), ...more };
}

/** Runs a command to its end. */
export function attempt(command: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const [program, ...args] = command as [string, ...string[]];
  const child = spawn(program, args, { cwd, env: plainEnvironment(env), stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => (stdout += chunk));
  child.stderr.on("data", (chunk) => (stderr += chunk));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ ended: signal ?? code ?? 0, stdout, stderr }));
  });
}

/** The same for one that has to succeed; returns what it printed. */
export async function run(command: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { ended, stdout, stderr } = await attempt(command, cwd, env);
  if (ended !== 0) throw new Error(`${command.join(" ")} ended with ${ended}\n${stdout}\n${stderr}`);
  return stdout.trim();
}
