import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";

/** A command of somebody else, run without a shell on our own standard input and output. */
export class ChildCommand {
  readonly #line: readonly [string, ...string[]];
  #child: ChildProcess | null = null;
  #early: NodeJS.Signals | null = null;

  constructor(line: readonly string[]) {
    this.#line = line as [string, ...string[]];
  }

  /** Hands a signal on. One that comes before the command is running keeps it from being run. */
  signal(signal: NodeJS.Signals): void {
    if (!this.#child) this.#early ??= signal;
    // Ctrl-C reaches all that is in the foreground of a terminal; a second one would make many commands give up cleaning up.
    else if (signal !== "SIGINT" || !process.stdin.isTTY) this.#child.kill(signal);
  }

  /** Its exit code as a shell gives it: 128 + n after a signal, 127 when there is no such command, 126 when it cannot be run. */
  async run(env: NodeJS.ProcessEnv): Promise<number> {
    if (this.#early) return codeOf(this.#early);
    const [program, ...args] = this.#line;
    try {
      const child = spawn(program, args, { stdio: "inherit", env });
      this.#child = child;
      return await new Promise((resolve, reject) => {
        child.once("error", reject);
        child.once("exit", (code, signal) => resolve(signal ? codeOf(signal) : (code ?? 1)));
      });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const isMissing = code === "ENOENT";
      const reason = isMissing
        ? "there is no such command; name a program, as a shell would find it"
        : `it cannot be run (${code ?? message})`;
      console.error(`getsmart-sandbox: exec: ${program}: ${reason}`);
      return isMissing ? 127 : 126;
    }
  }
}

const codeOf = (signal: NodeJS.Signals) => 128 + constants.signals[signal];
