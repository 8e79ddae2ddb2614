import { existsSync } from "node:fs";
import { join } from "node:path";
import { resolveConfig, SETTINGS } from "../config.ts";
import { originOf } from "../model/network.ts";
import { ControlError } from "./control-error.ts";
import { httpUrl } from "./http-url.ts";

/** What a command was given to find its sandbox by. */
export interface PlaceOptions {
  readonly url?: string;
  readonly dataDir?: string;
  readonly controlToken?: string;
}

/** A place where a command's sandbox is looked for. */
export interface Place {
  /** The data folder whose lock names the sandbox; null where only an address is known. */
  readonly folder: string | null;
  /** The control plane's address; null where the lock has it. */
  readonly url: string | null;
}

/** The sandbox that holds a data folder. */
interface Held {
  readonly url: string;
  readonly id: string;
}

/**
 * The one place where a command looks for its sandbox: `--url`, then GETSMART_CONTROL_URL, then the data folder (`--data-dir`,
 * GETSMART_DATA_DIR, the configuration file's, or the default one if it is there). The API's port, 4010 by default, only when no folder was
 * named and none is here, since what answers there may be another project's. With a URL, a folder named by flag must be that sandbox's.
 * Throws ConfigError and UsageError for what cannot be used.
 */
export function placeOf({ url, dataDir, controlToken }: PlaceOptions, env: NodeJS.ProcessEnv = process.env): Place {
  const given = url ?? env.GETSMART_CONTROL_URL;
  if (given !== undefined) return { folder: dataDir ?? null, url: controlUrl(given, url === undefined ? "GETSMART_CONTROL_URL" : "--url") };
  const here = resolveConfig({ dataDir, controlToken }, env, undefined, { initial: { dataDir: "" } });
  const isNamed = here.dataDir !== "";
  const folder = isNamed ? here.dataDir : SETTINGS.dataDir.initial;
  if (isNamed || existsSync(folder) || here.port === 0) return { folder, url: null };
  return { folder: null, url: `${originOf("http", here.host, here.port)}/_sandbox` };
}

/** Throws ControlError when no sandbox holds the folder, or one that cannot be reached yet. */
export async function heldIn(folder: string): Promise<Held> {
  const lock = await lockIn(folder);
  if (lock === null) {
    const missing = existsSync(folder) ? "" : " (there is no such folder)";
    const message = `no sandbox is running with the data folder ${folder}${missing}; start it, or name a running one with --url`;
    throw new ControlError(message, null);
  }
  const { pid, sandbox_id, urls } = lock;
  if (sandbox_id !== undefined && urls.control !== undefined) return { url: urls.control, id: sandbox_id };
  throw new ControlError(`the sandbox with the data folder ${folder} (pid ${pid}) serves no address yet; \`wait\` waits for it`, null);
}

/** The authority to trust that the sandbox of the folder named, or of the one that is here, says in its lock; null without. */
export async function authorityNear({ folder }: Place, env: NodeJS.ProcessEnv = process.env): Promise<string | null> {
  const lock = await lockIn(folder ?? env.GETSMART_DATA_DIR ?? SETTINGS.dataDir.initial);
  return lock?.ca_file ?? null;
}

async function lockIn(folder: string) {
  const { livingLock } = await import("../adapters/fs/lock.ts");
  return livingLock(join(folder, "lock"));
}

/** The control plane of an origin, or of the address of its API, as well as its own address. Throws UsageError. */
function controlUrl(given: string, name: string): string {
  const absolute = httpUrl(given, name);
  const plain = absolute.endsWith("/") ? absolute.slice(0, -1) : absolute;
  if (plain.endsWith("/_sandbox")) return plain;
  return `${plain.endsWith("/v1") ? plain.slice(0, -"/v1".length) : plain}/_sandbox`;
}
