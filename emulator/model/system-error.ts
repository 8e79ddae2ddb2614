/** What the operating system refused: the reason as a user would say it, and what to do about it, by Node's error code. */
const REASONS: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
  ENOSPC: ["the disk is full, or has no room for another file", "free some space on it, or choose PLACE"],
  EDQUOT: ["the quota on this disk is used up", "free some space on it, or choose PLACE"],
  EFBIG: ["the file system takes no larger file", "choose PLACE"],
  EROFS: ["its file system is read-only", "choose PLACE"],
  EACCES: ["permission is denied", "give this user access to it, or choose PLACE"],
  EPERM: ["the system does not permit it", "choose PLACE"],
  ENOENT: ["there is no such file or folder", "make the folder first, or choose PLACE"],
  ENOTDIR: ["a part of the path is a file where a folder is needed", "choose PLACE"],
  EEXIST: ["there is a file of that name where a folder is needed", "choose PLACE"],
  EISDIR: ["it is a folder where a file is needed", "choose PLACE"],
  ELOOP: ["its symbolic links lead in a circle", "choose PLACE"],
  ENAMETOOLONG: ["its name is too long", "choose PLACE"],
  EMFILE: ["this process has too many files open", "raise its limit (`ulimit -n`)"],
  ENFILE: ["this machine has too many files open", "close other programs"],
  EBUSY: ["another program is using it", "close that program, or choose PLACE"],
  EIO: ["the disk failed", "check the disk, or choose PLACE"],
};

/** Whether it is a refusal of the operating system. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  return typeof code === "string" && typeof syscall === "string";
}

/** The system's refusal among an error and its causes, or null. */
export function systemErrorIn(error: unknown): NodeJS.ErrnoException | null {
  for (let each = error; each instanceof Error; each = each.cause) if (isSystemError(each)) return each;
  return null;
}

/** `the disk is full, … (ENOSPC); free some space on it, or choose another place`. A code that is not known here is told as Node tells it. */
export function explain(error: NodeJS.ErrnoException, place = "another place"): string {
  const [reason, remedy] = REASONS[error.code as string] ?? [];
  return reason === undefined ? error.message : `${reason} (${error.code}); ${remedy?.replace("PLACE", place)}`;
}
