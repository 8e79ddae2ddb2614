import { writeFileSync } from "node:fs";
import { resolveConfig } from "../config.ts";
import { createSandbox, type Sandbox } from "../sandbox.ts";
import { banner } from "./banner.ts";
import { environmentOf } from "./environment.ts";
import { openLog } from "./log.ts";
import { portInUse } from "./port-in-use.ts";
import { progressLine } from "./progress.ts";

/** What a new sandbox begins with, for somebody who wants to look around. */
const DEFAULT_FIXTURE = "academy";

/** Runs a sandbox until a signal stops it. Throws ConfigError, DataFolderInUse, DataFolderMismatch, StorageDamaged, PortInUse, UnknownFixture, FixtureError. */
export async function startSandbox(flags: Readonly<Record<string, unknown>>): Promise<void> {
  const began = performance.now();
  const config = resolveConfig(flags, process.env, flags.config as string | undefined);
  const sandbox = await createSandbox({
    ...(config.ephemeral ? {} : { dataDir: config.dataDir }),
    ...(config.fixture === null ? {} : { fixture: config.fixture }),
    defaultFixture: DEFAULT_FIXTURE,
    ...(config.seed === null ? {} : { seed: config.seed }),
    ...(config.chainId === null ? {} : { chainId: config.chainId }),
    mining: config.mining,
    limits: config.limits,
    webhooks: { order: config.webhookOrder, duplicates: config.webhookDuplicates },
    allowHosts: [...config.allowHost, ...(["0.0.0.0", "::"].includes(config.host) ? [] : [config.host])],
    cors: config.cors,
    ...(config.https ? { https: { caDir: config.caDir } } : {}),
    ...(config.controlToken === null ? {} : { controlToken: config.controlToken }),
    fresh: config.fresh,
    repair: config.repair,
    fsync: config.fsync,
    log: openLog(config),
    onProgress: progressLine("replaying the chain", config.silent),
    onSeeding: progressLine("applying the fixture", config.silent, "steps"),
  });
  stopOnSignals(sandbox);
  try {
    await sandbox.listen({ host: config.host, port: config.port }).catch((error) => portInUse(error, config.port, "--port"));
    await sandbox.listenRpc({ host: config.host, port: config.rpcPort }).catch((error) => portInUse(error, config.rpcPort, "--rpc-port"));
  } catch (error) {
    await sandbox.close();
    throw error;
  }
  if (config.configOut !== null) writeFileSync(config.configOut, `${JSON.stringify(environmentOf(sandbox), null, 2)}\n`, { mode: 0o600 });
  if (!config.silent) process.stdout.write(banner(sandbox, Math.round(performance.now() - began), config.host));
}

/** Ignored after a signal: shaky keyboards and npm send it twice. */
const REPEAT_MS = 100;

function stopOnSignals(sandbox: Sandbox): void {
  let stoppedAt: number | null = null;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (stoppedAt !== null) {
        if (performance.now() - stoppedAt > REPEAT_MS) process.exit(1);
        return;
      }
      stoppedAt = performance.now();
      sandbox.close().then(
        () => process.exit(0),
        (error) => {
          console.error(error);
          process.exit(1);
        },
      );
    });
  }
}
