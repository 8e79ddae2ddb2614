import { readFileSync } from "node:fs";

const EVERY_MS = 500;

const SHELL = /\((?:sh|dash|ash|bash|zsh|ksh|busybox)\)/;

/** An `&` that sends to the background: not one of `&&`, `>&`, `&>`, `|&`. */
const BACKGROUND = /(?<![&>|])&(?![&>])/;

/**
 * Tells when the npm or npx that runs this process has gone. A SIGTERM to it kills the shell between it and us (dash stays there) and we
 * would never hear of it. Not for a script that starts us in the background, such as `getsmart-sandbox start & getsmart-sandbox wait`:
 * that one means us to stay when it has ended.
 */
export function whenNpmIsGone(gone: () => void, env: NodeJS.ProcessEnv = process.env): void {
  if (!isForegroundOfNpm(env)) return;
  const parent = process.ppid;
  // A shell that outlives npm has another parent then.
  const npm = SHELL.test(statOf(parent)) ? parentOf(parent) : null;
  const watch = setInterval(() => {
    if (process.ppid === parent && (npm === null || parentOf(parent) === npm)) return;
    clearInterval(watch);
    gone();
  }, EVERY_MS);
  watch.unref();
}

/** `pid (name) state ppid …` where the system tells it (Linux), else nothing. */
function statOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return "";
  }
}

function parentOf(pid: number): number | null {
  const [, parent] = /\) \S (\d+)/.exec(statOf(pid)) ?? [];
  return parent === undefined ? null : Number(parent);
}

/** Whether npm's script is us and waits for us. npm says what it runs in `npm_lifecycle_script`, as do pnpm and yarn. */
export function isForegroundOfNpm({ npm_lifecycle_script: script = "" }: NodeJS.ProcessEnv): boolean {
  return /getsmart-sandbox|cli\/bin\.js/.test(script) && !BACKGROUND.test(script);
}
