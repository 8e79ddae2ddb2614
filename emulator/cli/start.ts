import { resolveConfig } from "../config.ts";
import type { Sandbox } from "../sandbox.ts";
import { banner } from "./banner.ts";
import { report } from "./failures.ts";
import { openSandbox } from "./open.ts";
import { outliveOutput } from "./output.ts";
import { whenNpmIsGone } from "./parent.ts";
import { printable } from "./printable.ts";

/** What a new sandbox begins with, for somebody who wants to look around. */
const DEFAULT_FIXTURE = "academy";

/** Runs a sandbox until a signal stops it. Throws ConfigError and what `openSandbox` throws. */
export async function startSandbox(flags: Readonly<Record<string, unknown>>): Promise<void> {
  const began = performance.now();
  outliveOutput();
  const config = resolveConfig(flags, process.env, flags.config as string | undefined);
  const sandbox = await openSandbox(config, DEFAULT_FIXTURE, stopOnSignals);
  if (!config.silent) process.stdout.write(printable(banner(sandbox, Math.round(performance.now() - began), config)));
}

/** Ignored after a signal: shaky keyboards and npm send it twice. */
const REPEAT_MS = 100;

function stopOnSignals(sandbox: Sandbox): void {
  let stoppedAt: number | null = null;
  function stop(): void {
    if (stoppedAt !== null) {
      if (performance.now() - stoppedAt > REPEAT_MS) process.exit(1);
      return;
    }
    stoppedAt = performance.now();
    sandbox.close().then(
      () => process.exit(0),
      (error) => {
        report(error);
        process.exit(1);
      },
    );
  }
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  whenNpmIsGone(stop);
}
