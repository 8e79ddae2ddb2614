import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";

/** A port is taken: names the process that holds it, if it can be told. */
export class PortInUse extends Error {
  override readonly name = "PortInUse";
}

/** Turns EADDRINUSE into PortInUse; rethrows anything else. */
export function portInUse(error: NodeJS.ErrnoException, port: number, flag: string): never {
  if (error.code !== "EADDRINUSE") throw error;
  const holder = holderOf(port);
  throw new PortInUse(
    `port ${port} is in use${holder ? ` by ${holder}` : ""}; stop that, or choose another port (${flag} 0 takes a free one).`,
  );
}

/** `node (pid 4711)`; null where /proc does not tell. */
function holderOf(port: number): string | null {
  try {
    const inodes = listeningInodes(port);
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      if (holdsSocket(pid, inodes)) return `${commandOf(pid)} (pid ${pid})`;
    }
  } catch {}
  return null;
}

/** `node bin.js start`: without the folders of absolute paths, and cut where it gets long. */
function commandOf(pid: string): string {
  const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  const shown = words.map((word) => (word.startsWith("/") ? basename(word) : word));
  return shown.join(" ").trim().slice(0, 60);
}

const LISTEN = "0A";

function listeningInodes(port: number): Set<string> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const rows = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) => readFileSync(file, "utf8").split("\n").slice(1));
  const fields = rows.map((row) => row.trim().split(/\s+/));
  return new Set(fields.filter((row) => row[1]?.endsWith(suffix) && row[3] === LISTEN).map((row) => `socket:[${row[9]}]`));
}

function holdsSocket(pid: string, inodes: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => inodes.has(readlinkSync(`/proc/${pid}/fd/${fd}`)));
  } catch {
    return false;
  }
}
