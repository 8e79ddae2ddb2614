import { type Command, Option } from "commander";
import { settings } from "../config.ts";
import type { CommandKit } from "./control-commands.ts";

/** Defaults of `exec` that are not those of `start`, as --help shows them. */
const EXEC_DEFAULTS = { port: "0", rpcPort: "0", dataDir: "none, in memory", fixture: "empty", limits: "off", logLevel: "error" };

/** The commands that run a sandbox: every setting is a flag of theirs. */
export function addServerCommands(program: Command, { example }: Pick<CommandKit, "example">): void {
  const start = withSettings(program.command("start").description("start a sandbox and serve it until it is stopped"));
  example(start, "start --port 0 --ephemeral --limits off").action(async (flags) => {
    const { startSandbox } = await import("./start.ts");
    await startSandbox(flags);
  });

  const exec = program.command("exec").description("run a command beside a sandbox of its own, and end as the command ends");
  example(withSettings(exec, EXEC_DEFAULTS), "exec --fixture course -- npm test")
    .argument(
      "<command...>",
      "command and its arguments, run without a shell; it finds the sandbox in GETSMART_BASE_URL, GETSMART_API_KEY …",
    )
    .passThroughOptions()
    .action(async (line: string[], flags) => {
      const { execute } = await import("./exec.ts");
      await execute(flags, line);
    });
}

function withSettings(command: Command, defaults: Readonly<Record<string, string>> = {}): Command {
  command.option("--config <file>", "configuration file (default: getsmart-sandbox.config.yaml, if it is there)");
  for (const [name, { flag, description, initial }] of settings()) {
    const isShown = typeof initial === "string" || typeof initial === "number";
    const value = defaults[name] ?? (isShown && !description.includes("default") ? initial : null);
    const text = description.replace(/ \(default: [^()]+\)/, (said) => (defaults[name] ? "" : said));
    command.addOption(new Option(flag, value === null ? text : `${text} (default: ${value})`));
  }
  return command;
}
