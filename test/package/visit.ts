/**
 * `node visit.ts '{"command": …}'`: starts a sandbox with a command, makes requests with the key of its banner, ends it, and prints
 * what was seen as JSON. A process of its own, because a sandbox without a network can only be reached from beside it.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

export interface Visit {
  /** It must print the banner; `--config-out` is `configOut`. */
  readonly command: readonly string[];
  readonly configOut: string;
  readonly requests: readonly { readonly method: string; readonly path: string; readonly body?: unknown }[];
  readonly end: "SIGTERM" | "SIGKILL";
}

export interface Sight {
  readonly banner: string;
  /** The version of the Node that ran the sandbox. */
  readonly node: string;
  readonly answers: readonly { readonly status: number; readonly body: { readonly data: Readonly<Record<string, unknown>> } }[];
  readonly reference: { readonly status: number; readonly bytes: number };
  /** How the command ended: its exit code, or a signal. */
  readonly ended: number | string;
}

const PATIENCE_MS = 60_000;

if (process.argv[2]) console.log(JSON.stringify(await visit(JSON.parse(process.argv[2]))));

async function visit({ command, configOut, requests, end }: Visit): Promise<Sight> {
  const [program, ...args] = command as [string, ...string[]];
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"], detached: true });
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  // With what it started, should anything below fail.
  process.once("exit", () => isRunning() && process.kill(-(child.pid as number), "SIGKILL"));
  const ended = new Promise<number | string>((resolve) => child.once("close", (code, signal) => resolve(signal ?? code ?? 0)));
  let banner = "";
  child.stdout.on("data", (chunk) => (banner += chunk));

  const deadline = Date.now() + PATIENCE_MS;
  while (!(existsSync(configOut) && banner.includes("Stop with"))) {
    if (Date.now() > deadline || !isRunning()) throw new Error(`no banner from ${command.join(" ")}\n${banner}`);
    await sleep(20);
  }
  const { GETSMART_BASE_URL: base, GETSMART_CONTROL_URL: control } = JSON.parse(readFileSync(configOut, "utf8"));
  const headers = { Authorization: `Bearer ${/API key +(\S+)/.exec(banner)?.[1]}`, "Content-Type": "application/json" };
  const answers: Sight["answers"][number][] = [];
  for (const { method, path, body } of requests) {
    const answer = await fetch(base + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    answers.push({ status: answer.status, body: (await answer.json()) as Sight["answers"][number]["body"] });
  }
  const page = await fetch(`${base}/docs`);
  const reference = { status: page.status, bytes: (await page.arrayBuffer()).byteLength };
  const { data } = (await (await fetch(`${control}/info`)).json()) as { data: { node: string; pid: number } };
  // The sandbox itself: npx hands a signal to the shell between them, which dies of it and leaves the sandbox running.
  process.kill(data.pid, end);
  return { banner, node: data.node, answers, reference, ended: await ended };
}
