import { existsSync, rmSync, writeFileSync } from "node:fs";
import type { Config } from "../config.ts";
import { makePrivate } from "../private-path.ts";
import { createSandbox, type Sandbox, type SandboxOptions } from "../sandbox.ts";
import { environmentOf } from "./environment.ts";
import { openLog } from "./log.ts";
import { portInUse } from "./port-in-use.ts";
import { printable } from "./printable.ts";
import { progressLine } from "./progress.ts";

/**
 * A sandbox as the settings say, on its ports, its `--config-out` written. `defaultFixture`: what a new one begins with that was not asked
 * for a fixture. `created`: told once there is something to close. Throws DataFolderInUse, DataFolderMismatch, DataUnsupported, StorageDamaged,
 * PortInUse, UnknownFixture, FixtureError, AuthorityUnusable; then nothing is left open, and no folder that was made for it.
 */
export async function openSandbox(
  config: Config,
  defaultFixture: string,
  created: (sandbox: Sandbox) => void = () => {},
): Promise<Sandbox> {
  const options: SandboxOptions = {
    ...(config.ephemeral ? {} : { dataDir: config.dataDir }),
    ...(config.fixture === null ? {} : { fixture: config.fixture }),
    defaultFixture,
    ...(config.seed === null ? {} : { seed: config.seed }),
    ...(config.chainId === null ? {} : { chainId: config.chainId }),
    ...(config.baseFee === null ? {} : { baseFee: config.baseFee }),
    mining: config.mining,
    callGas: config.callGas,
    traceGas: config.traceGas,
    limits: config.limits,
    // Settings are checked; who asks for none need not wait for the checks of options.
    ...(config.webhookOrder === "event" && config.webhookDuplicates === 0
      ? {}
      : { webhooks: { order: config.webhookOrder, duplicates: config.webhookDuplicates } }),
    allowHosts: config.allowHost,
    cors: config.cors,
    rpcCors: config.rpcCors,
    ...(config.publicUrl === null ? {} : { publicUrl: config.publicUrl }),
    ...(config.https ? { https: { caDir: config.caDir } } : {}),
    ...(config.controlToken === null ? {} : { controlToken: config.controlToken }),
    fresh: config.fresh,
    repair: config.repair,
    fsync: config.fsync,
    log: openLog(config),
    ...(config.silent ? {} : { onWaiting: (message: string) => void process.stderr.write(`getsmart-sandbox: ${printable(message)}\n`) }),
    onProgress: progressLine("replaying the chain", config.silent),
    onSeeding: progressLine("applying the fixture", config.silent, "steps"),
  };
  async function serve(sandbox: Sandbox): Promise<void> {
    created(sandbox);
    await sandbox.listen({ host: config.host, port: config.port }).catch((error) => portInUse(error, config.port, "--port"));
    await sandbox.listenRpc({ host: config.host, port: config.rpcPort }).catch((error) => portInUse(error, config.rpcPort, "--rpc-port"));
    if (config.configOut !== null) writeConfigOut(config.configOut, sandbox);
  }
  return await createSandbox(options, { serve });
}

/** An API key is in it: for its owner alone, also in a file that was there. What could not be written whole is not left behind. */
function writeConfigOut(file: string, sandbox: Sandbox): void {
  const isNew = !existsSync(file);
  try {
    if (!isNew) makePrivate(file);
    writeFileSync(file, `${JSON.stringify(environmentOf(sandbox), null, 2)}\n`, { mode: 0o600 });
  } catch (error) {
    if (isNew) rmSync(file, { force: true });
    throw Object.assign(error as Error, { path: file });
  }
}
