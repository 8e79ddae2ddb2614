import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { packageFile } from "../../../emulator/package-root.ts";
import type { Figure, Values } from "../figure.ts";
import { answers, bin, freePort, prism } from "../peers.ts";

/** How a server is started, and what it answers once it is ready: a request that needs all of it. */
interface Peer {
  command(port: number, folder: string): readonly string[];
  /** Throws or answers other than 200 until it is ready. */
  ask(port: number): Promise<Response>;
}

const PEERS: Readonly<Record<string, Peer>> = {
  // As it is installed: compiled, contracts deployed and the fixture applied before it says that it is ready.
  sandbox: {
    command: (port, folder) => [
      join(installedIn(folder), "emulator/cli/bin.js"),
      ...["start", "--ephemeral", "--port", String(port), "--rpc-port", "0", "--silent"],
    ],
    ask: (port) => fetch(`http://127.0.0.1:${port}/_sandbox/ready`),
  },
  "sandbox, empty": {
    command: (port, folder) => [...(PEERS.sandbox as Peer).command(port, folder), "--fixture", "empty"],
    ask: (port) => fetch(`http://127.0.0.1:${port}/_sandbox/ready`),
  },
  // Less than this no start can be that uses them: not compared with an aim, but the reason if one is missed.
  "its packages alone": {
    command: (port) => [packageFile("test/bench/packages-alone.js"), String(port)],
    ask: (port) => fetch(`http://127.0.0.1:${port}`),
  },
  "hardhat node": {
    command: (port, folder) => [bin("hardhat"), "node", "--port", String(port), "--config", join(folder, "hardhat.config.ts")],
    ask: (port) =>
      fetch(`http://127.0.0.1:${port}`, { method: "POST", body: '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}' }),
  },
  Prism: {
    command: prism,
    ask: (port) => fetch(`http://127.0.0.1:${port}/health`),
  },
};

export const start: Figure = {
  title: "a command to its first good answer, and its resident memory when idle: the sandbox, `hardhat node`, Prism on our document",
  rounds: 7,
  variants: Object.keys(PEERS),
  /** A first start, ended as people end it: the second finds what Node has compiled, as every later one does. */
  async prepare(variant, scratch) {
    const { command, ask } = PEERS[variant] as Peer;
    const folder = projectIn(scratch);
    const port = await freePort();
    const began = performance.now();
    const child = spawn(process.execPath, [...command(port, folder)], { cwd: folder, stdio: "ignore", env: environment(scratch) });
    await answers(() => ask(port), child);
    const first_ready_ms = performance.now() - began;
    child.kill("SIGINT");
    await once(child, "exit");
    return { first_ready_ms };
  },
  async measure(variant, scratch): Promise<Values> {
    const { command, ask } = PEERS[variant] as Peer;
    const folder = projectIn(scratch);
    const port = await freePort();
    const began = performance.now();
    const child = spawn(process.execPath, [...command(port, folder)], { cwd: folder, stdio: "ignore", env: environment(scratch) });
    await answers(() => ask(port), child);
    const ready_ms = performance.now() - began;
    const cpu_ms = cpuMs(child.pid as number);
    await sleep(1500);
    const idle_rss_mb = residentMb(child.pid as number);
    child.kill("SIGKILL");
    await once(child, "exit");
    return { ready_ms, cpu_ms, idle_rss_mb };
  },
  judge: ({ sandbox, "its packages alone": alone, "hardhat node": hardhat, Prism }) => {
    const ratio = (name: string, by?: Values, of = sandbox) => ((of?.[name] ?? Number.NaN) / (by?.[name] ?? Number.NaN)).toFixed(2);
    return [
      `ready: sandbox ÷ Prism ${ratio("ready_ms", Prism)} (aim 0.6), ÷ hardhat node ${ratio("ready_ms", hardhat)} (aim 0.8)`,
      `ready: its packages alone, doing nothing ÷ hardhat node ${ratio("ready_ms", hardhat, alone)}`,
      `processor time until then: sandbox ÷ Prism ${ratio("cpu_ms", Prism)}, ÷ hardhat node ${ratio("cpu_ms", hardhat)}`,
      `memory: sandbox ÷ hardhat node ${ratio("idle_rss_mb", hardhat)} (aim 1.25)`,
    ];
  },
};

/** The compile cache of all of them is in the scratch folder, empty at first, if they use one. */
function environment(scratch: string): NodeJS.ProcessEnv {
  return { ...process.env, TMPDIR: scratch, HARDHAT_DISABLE_TELEMETRY: "true", NODE_OPTIONS: "" };
}

/** A folder in which `hardhat node` is content: a module of its own with an empty configuration and our Hardhat. */
function projectIn(scratch: string): string {
  const folder = join(scratch, "project");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  writeFileSync(join(folder, "hardhat.config.ts"), "export default {};\n");
  if (!existsSync(join(folder, "node_modules"))) symlinkSync(packageFile("node_modules"), join(folder, "node_modules"));
  return folder;
}

/** The package as npm unpacks it, beside our own dependencies: what it ships, and not the sources. */
export function installedIn(folder: string): string {
  const root = join(folder, "installed");
  if (existsSync(root)) return root;
  const { files } = JSON.parse(readFileSync(packageFile("package.json"), "utf8")) as { files: readonly string[] };
  for (const file of ["package.json", ...files.filter((each) => !each.startsWith("!"))])
    cpSync(packageFile(file), join(root, file), { recursive: true });
  symlinkSync(packageFile("node_modules"), join(root, "node_modules"));
  return root;
}

/** `VmRSS` of a process (Linux), in MB. */
function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

/** User and system time that a process has taken (Linux), in ms. */
function cpuMs(pid: number): number {
  const [, fields = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  const [user, system] = fields.split(" ").slice(11, 13).map(Number) as [number, number];
  return (user + system) * 10;
}
