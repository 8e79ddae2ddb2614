/** What a killed sandbox leaves of its lock is in nobody's way. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { createSandbox } from "../../emulator/sandbox.ts";
import { newFolder } from "../support/folder.ts";
import { skipped } from "../support/tools.ts";

const notLinux = process.platform !== "linux" && skipped("zombies are read from /proc");

const home = newFolder();
afterAll(() => rmSync(home, { recursive: true }));

function folderIdOf(dataDir: string): string {
  const { dev, ino } = statSync(dataDir, { bigint: true });
  return `${dev}:${ino}`;
}

it.each([
  ["an empty lock", "lock", ""],
  ["half a lock", "lock", '{"pid":'],
  ["a draft", "lock.1", "{}"],
  ["a lock that was being set aside", "lock.dead.1", "{}"],
  ["a lock that was being published", "lock.next", "{"],
])("%s", async (_what, name, content) => {
  const dataDir = mkdtempSync(join(home, "folder-"));
  writeFileSync(join(dataDir, name), content);
  await using sandbox = await createSandbox({ dataDir });
  await sandbox.doctor();
});

it.skipIf(notLinux)("a lock whose process died, and whose parent has not asked for its end (a zombie)", async () => {
  const dataDir = mkdtempSync(join(home, "folder-"));
  // The shell becomes `sleep`, which never waits for the child it inherits.
  const parent = spawn("sh", ["-c", "sleep 0.2 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
  const [pid] = await once(parent.stdout, "data");
  const stat = readFileSync(`/proc/${Number(pid)}/stat`, "utf8");
  const lock = {
    pid: Number(pid),
    process_start: stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19],
    boot_id: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
    pid_namespace: readlinkSync("/proc/self/ns/pid"),
    folder: folderIdOf(dataDir),
    urls: {},
  };
  writeFileSync(join(dataDir, "lock"), JSON.stringify(lock));
  try {
    await expect(createSandbox({ dataDir })).rejects.toMatchObject({ name: "DataFolderInUse" });
    while (!/\) Z /.test(readFileSync(`/proc/${lock.pid}/stat`, "utf8"))) await new Promise((resolve) => setTimeout(resolve, 20));
    await using sandbox = await createSandbox({ dataDir });
    await sandbox.doctor();
  } finally {
    parent.kill("SIGKILL");
  }
});
