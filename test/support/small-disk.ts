import { execFileSync } from "node:child_process";
import { atEndOfFile } from "./clean-up.ts";
import { newFolder } from "./folder.ts";

/** A real file system of its own (tmpfs), unmounted after the tests of the file. `options`: `size=64k`, `nr_inodes=3`, `ro`. */
export function smallDisk(options: string): string {
  const folder = newFolder();
  mount(folder, options);
  atEndOfFile(() => execFileSync("umount", ["-l", folder]));
  return folder;
}

export function remount(folder: string, options: string): void {
  execFileSync("mount", ["-o", `remount,${options}`, folder]);
}

function mount(folder: string, options: string): void {
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder], { stdio: "pipe" });
}

/** Why no such disk can be made here, for the name of what is skipped; null where it can. */
export const NO_SMALL_DISK: string | null = (() => {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "mounting a tmpfs needs Linux and root";
  const folder = newFolder();
  try {
    mount(folder, "size=64k");
    execFileSync("umount", [folder]);
    return null;
  } catch (error) {
    return `mount refuses: ${(error as Error).message.split("\n")[0]}`;
  }
})();
