/**
 * Loaded into a process, and by NODE_OPTIONS into every Node process below it, before anything else: writes each address that is
 * connected to or sent to, each name that is looked up and each program that is started as one line of the file SPY_FILE.
 */
import childProcess from "node:child_process";
import dgram from "node:dgram";
import dns from "node:dns";
import { appendFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";

type Method = (this: unknown, ...args: unknown[]) => unknown;

function watch(owner: object, name: string, tell: (args: readonly unknown[]) => string): void {
  const methods = owner as Record<string, Method>;
  const original = methods[name];
  if (typeof original !== "function") return;
  methods[name] = function (...args) {
    appendFileSync(process.env.SPY_FILE as string, `${tell(args)}\n`);
    return original.apply(this, args);
  };
}

/** Of connect(options), connect(port, host), connect(path), each also within an array as Node calls it itself. */
function target(args: readonly unknown[]): string {
  const [first, second] = (Array.isArray(args[0]) ? args[0] : args) as unknown[];
  if (typeof first === "object" && first !== null) {
    const { path, host } = first as { path?: string; host?: string };
    return path ? `unix ${path}` : `tcp ${host ?? "localhost"}`;
  }
  return Number.isNaN(Number(first)) ? `unix ${first}` : `tcp ${typeof second === "string" ? second : "localhost"}`;
}

watch(net.Socket.prototype, "connect", target);
for (const name of ["send", "connect"]) {
  watch(dgram.Socket.prototype, name, (args) => `udp ${args.slice(1).find((each) => typeof each === "string") ?? "localhost"}`);
}
const asked = ([name]: readonly unknown[]) => `name ${name}`;
const asking = (owner: object) => Object.getOwnPropertyNames(owner).filter((name) => /^(lookup|resolve|reverse)/.test(name));
for (const owner of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype]) {
  for (const name of asking(owner)) watch(owner, name, asked);
}
for (const name of ["spawn", "spawnSync", "exec", "execSync", "execFile", "execFileSync", "fork"]) {
  watch(childProcess, name, ([program]) => `program ${program}`);
}
syncBuiltinESMExports();
appendFileSync(process.env.SPY_FILE as string, `watching ${process.argv[1]}\n`);
