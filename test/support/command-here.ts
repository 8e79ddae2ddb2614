import { vi } from "vitest";
import { reportAndExit } from "../../emulator/cli/failures.ts";
import { createProgram } from "../../emulator/cli/program.ts";
import { DEEP } from "./depth.ts";
import { bareEnvironment, command, type Outcome, type Surroundings } from "./processes.ts";

/** A command that ends the process ends only itself. */
class Exit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/**
 * `getsmart-sandbox …` to its end, for commands that talk to a running sandbox: in this process, which saves starting one for
 * each; in the second tier as users run it.
 */
export const clientCommand = DEEP ? command : commandHere;

async function commandHere(args: readonly string[], { cwd, env = {} }: Surroundings): Promise<Outcome> {
  const before = { cwd: process.cwd(), env: process.env, exitCode: process.exitCode };
  const written = { stdout: "", stderr: "" };
  const catching = (stream: "stdout" | "stderr") =>
    vi.spyOn(process[stream], "write").mockImplementation((chunk: unknown, ...more: unknown[]) => {
      written[stream] += chunk;
      for (const each of more) if (typeof each === "function") each();
      return true;
    });
  const spies = [
    catching("stdout"),
    catching("stderr"),
    vi.spyOn(console, "error").mockImplementation((text) => void (written.stderr += `${text}\n`)),
    vi.spyOn(process, "exit").mockImplementation((code) => {
      throw new Exit(Number(code ?? 0));
    }),
  ];
  process.chdir(cwd);
  process.env = { ...bareEnvironment(), HOME: cwd, ...env };
  try {
    await createProgram()
      .parseAsync(args, { from: "user" })
      .catch((error) => {
        if (error instanceof Exit) throw error;
        reportAndExit(error);
      });
    return { code: Number(process.exitCode ?? 0), ...written };
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
    return { code: error.code, ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.chdir(before.cwd);
    process.env = before.env;
    process.exitCode = before.exitCode;
  }
}
