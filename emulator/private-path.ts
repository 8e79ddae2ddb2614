import { chmodSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { sep } from "node:path";

/** Access for anybody but the owner. */
const OTHERS = 0o077;
/** A folder in which everybody may make files (`/tmp`). */
const STICKY = 0o1000;

/**
 * Makes a file (0600) or a folder (0700) its owner's alone, also one that was there before. False when others still have access: the file
 * system knows no permissions, or the path belongs to somebody else. What is no file and no folder is left alone, and so is a folder that
 * is not ours to close: a shared one, the home folder, the current one and those above it. On Windows the folder's access list counts.
 */
export function makePrivate(path: string): boolean {
  if (process.platform === "win32") return true;
  const stat = statSync(path);
  if (!stat.isFile() && !stat.isDirectory()) return true;
  if ((stat.mode & OTHERS) === 0) return true;
  if (stat.isDirectory() && ((stat.mode & STICKY) !== 0 || isSharedByNature(path))) return false;
  try {
    chmodSync(path, stat.mode & 0o700);
    return (statSync(path).mode & OTHERS) === 0;
  } catch {
    return false;
  }
}

function isSharedByNature(folder: string): boolean {
  const real = realpathSync(folder);
  const at = (place: string) => `${place.endsWith(sep) ? place : `${place}${sep}`}`;
  return [process.cwd(), homedir()].some((place) => at(place).startsWith(at(real)));
}
