import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";

/** What tells a process from one that has its pid later, or has the same pid elsewhere. */
export interface ProcessIdentity {
  readonly process_start: string;
  /** Of the kernel that it runs on, since that was started. */
  readonly boot_id: string;
  /** In which its pid counts: each container has one. */
  readonly pid_namespace: string;
}

/** The living process with this pid, as this process sees it; null when there is none, or the system does not tell (Windows). */
export function identityOf(pid: number): ProcessIdentity | null {
  try {
    if (process.platform === "linux") {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      // Fields 3 and 22, counted after the command name, which may hold spaces and brackets itself.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      // A zombie is dead: only its parent has not asked for its end yet.
      if (fields[0] === "Z" || fields[0] === "X") return null;
      const boot_id = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
      return { process_start: fields[19] as string, boot_id, pid_namespace: readlinkSync("/proc/self/ns/pid") };
    }
    if (process.platform === "win32") return null;
    process.kill(pid, 0);
    const process_start = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
    return { process_start, boot_id: "", pid_namespace: "" };
  } catch {
    return null;
  }
}

/** This process; without a namespace where the system does not tell of others. */
export function ownIdentity(): ProcessIdentity {
  return identityOf(process.pid) ?? { process_start: "", boot_id: "", pid_namespace: "unknown" };
}

/** Whether pids of that process mean the same here: then its pid alone decides whether it lives. */
export function sharesPids(other: ProcessIdentity): boolean {
  const own = ownIdentity();
  return own.pid_namespace !== "unknown" && own.boot_id === other.boot_id && own.pid_namespace === other.pid_namespace;
}
