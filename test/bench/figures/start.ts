import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { packageFile } from "../../../emulator/package-root.ts";
import type { Figure, Values } from "../figure.ts";

/** How a server is started, and what it answers once it is ready: a request that needs all of it. */
interface Peer {
  command(port: number, folder: string): readonly string[];
  /** Throws or answers other than 200 until it is ready. */
  ask(port: number): Promise<Response>;
}

const bin = (name: string) => packageFile(`node_modules/.bin/${name}`);

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
  "hardhat node": {
    command: (port, folder) => [bin("hardhat"), "node", "--port", String(port), "--config", join(folder, "hardhat.config.ts")],
    ask: (port) =>
      fetch(`http://127.0.0.1:${port}`, { method: "POST", body: '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}' }),
  },
  Prism: {
    command: (port) => [bin("prism"), "mock", "--port", String(port), packageFile("spec/openapi.yaml")],
    ask: (port) => fetch(`http://127.0.0.1:${port}/health`),
  },
};

export const start: Figure = {
  title: "a command to its first good answer, and its resident memory when idle: the sandbox, `hardhat node`, Prism on our document",
  rounds: 7,
  variants: Object.keys(PEERS),
  async measure(variant, scratch): Promise<Values> {
    const { command, ask } = PEERS[variant] as Peer;
    const folder = projectIn(scratch);
    const port = await freePort();
    const began = performance.now();
    const [program = "", ...args] = command(port, folder);
    const env = { ...process.env, HARDHAT_DISABLE_TELEMETRY: "true", NODE_OPTIONS: "" };
    const child = spawn(process.execPath, [program, ...args], { cwd: folder, stdio: "ignore", env });
    await answers(() => ask(port), child);
    const ready_ms = performance.now() - began;
    await sleep(1500);
    const idle_rss_mb = residentMb(child.pid as number);
    child.kill("SIGKILL");
    await once(child, "exit");
    return { ready_ms, idle_rss_mb };
  },
  judge: ({ sandbox, "hardhat node": hardhat, Prism }) => {
    const ratio = (name: string, by?: Values) => ((sandbox?.[name] ?? Number.NaN) / (by?.[name] ?? Number.NaN)).toFixed(2);
    return [
      `ready: sandbox ÷ Prism ${ratio("ready_ms", Prism)} (aim 0.6), ÷ hardhat node ${ratio("ready_ms", hardhat)} (aim 0.8)`,
      `memory: sandbox ÷ hardhat node ${ratio("idle_rss_mb", hardhat)} (aim 1.25)`,
    ];
  },
};

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

async function answers(ask: () => Promise<Response>, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${child.spawnargs.join(" ")} ended with ${child.exitCode}`);
    try {
      if ((await ask()).status === 200) return;
    } catch {}
    await sleep(2);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** `VmRSS` of a process (Linux), in MB. */
function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}
