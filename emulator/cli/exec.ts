import { resolveConfig } from "../config.ts";
import type { Sandbox } from "../sandbox.ts";
import { banner } from "./banner.ts";
import { ChildCommand } from "./child-command.ts";
import { environmentOf } from "./environment.ts";
import { report } from "./failures.ts";
import { openSandbox } from "./open.ts";
import { outliveOutput } from "./output.ts";
import { whenNpmIsGone } from "./parent.ts";
import { printable } from "./printable.ts";

/** A sandbox of its own: addresses, folder and file of the configuration are those of `start`, which may be running beside this. */
const FLAG_ONLY = ["port", "host", "rpcPort", "dataDir", "ephemeral", "configOut"] as const;

/** Levels at which one wants to see what goes on. */
const TALKATIVE = ["info", "debug", "trace"];

/**
 * Runs a command beside a sandbox of its own and ends this process as the command ended: its exit code, 128 + n for a signal, 127 when
 * there is no such command, 126 when it cannot be run. Nothing of ours goes to standard output. Throws ConfigError and what `openSandbox`
 * throws.
 */
export async function execute(flags: Readonly<Record<string, unknown>>, line: readonly string[]): Promise<never> {
  const began = performance.now();
  outliveOutput();
  const command = new ChildCommand(line);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => command.signal(signal));
  whenNpmIsGone(() => command.signal("SIGTERM"));

  const initial = { port: 0, rpcPort: 0, ephemeral: flags.dataDir === undefined, limits: "off", logLevel: "error" } as const;
  const config = resolveConfig(flags, process.env, flags.config as string | undefined, { initial, flagOnly: FLAG_ONLY });
  const sandbox = await openSandbox(config, "empty");
  if (!config.silent && TALKATIVE.includes(config.logLevel))
    process.stderr.write(printable(banner(sandbox, Math.round(performance.now() - began), config)));
  const token = config.controlToken === null ? {} : { GETSMART_CONTROL_TOKEN: config.controlToken };
  const code = await command.run({ ...process.env, ...environmentOf(sandbox), ...token });
  process.exit(await closed(sandbox, code));
}

/** The command's exit code; 1 for one that went well when the sandbox could not be closed. */
async function closed(sandbox: Sandbox, code: number): Promise<number> {
  try {
    await sandbox.close();
    return code;
  } catch (error) {
    report(error);
    return code || 1;
  }
}
