import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parse as parseYaml } from "yaml";
import { parseDuration } from "./control/duration.ts";
import type { MiningMode } from "./services/mining.ts";

/** A value that cannot be used: names the value, where it came from, and what would be accepted. Exit code 2. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

interface Setting<T> {
  /** As commander writes it: `--port <number>`. */
  readonly flag: string;
  readonly description: string;
  /** What is accepted, for the message that refuses something else. */
  readonly accepts: string;
  readonly initial: T;
  /** The value of a text (flag, environment) or of a YAML value; undefined when it is not acceptable. */
  read(value: unknown): T | undefined;
}

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
const yes = (value: unknown) =>
  value === true || value === "true" || value === "1" ? true : value === false || value === "false" || value === "0" ? false : undefined;
const whole = (from: number, to: number) => (value: unknown) => {
  const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) && number >= from && number <= to ? number : undefined;
};
const oneOf =
  <T extends string>(...allowed: readonly T[]) =>
  (value: unknown) =>
    allowed.find((each) => each === value);
const list = (value: unknown) => {
  const items = typeof value === "string" ? value.split(",").map((each) => each.trim()) : value;
  return Array.isArray(items) && items.every((each) => typeof each === "string" && each !== "") ? (items as string[]) : undefined;
};

function setting<T>(flag: string, description: string, accepts: string, initial: T, read: (value: unknown) => T | undefined): Setting<T> {
  return { flag, description, accepts, initial, read };
}

/** Every setting of `start`: flag, environment variable (`GETSMART_PORT` for `--port`) and configuration file follow from it. */
export const SETTINGS = {
  port: setting("--port <number>", "port of the API (0 = a free one)", "a whole number from 0 to 65535", 4010, whole(0, 65535)),
  host: setting("--host <address>", "address to listen on", "an address or a name of this machine", "127.0.0.1", text),
  rpcPort: setting(
    "--rpc-port <number>",
    "port of the JSON-RPC server (0 = a free one)",
    "a whole number from 0 to 65535",
    8545,
    whole(0, 65535),
  ),
  dataDir: setting("--data-dir <folder>", "folder that keeps the data", "a folder", ".getsmart-sandbox", text),
  ephemeral: setting("--ephemeral", "keep nothing: live in memory", "true or false", false, yes),
  fixture: setting<string | null>(
    "--fixture <name|file>",
    "state to begin with: academy, course, empty or a file (default: academy)",
    "a fixture's name or file",
    null,
    text,
  ),
  seed: setting<string | null>(
    "--seed <text>",
    "reproducible run: fixes the start instant and freezes the clock",
    "a text or number",
    null,
    (value) => (typeof value === "number" ? String(value) : text(value)),
  ),
  fresh: setting("--fresh", "begin anew in the data folder; the old data is kept beside it", "true or false", false, yes),
  repair: setting(
    "--repair",
    "go on with the readable part of a damaged journal; the damaged one is kept as a copy",
    "true or false",
    false,
    yes,
  ),
  fsync: setting("--fsync", "answer a write only when it survives a power loss", "true or false", false, yes),
  allowHost: setting<readonly string[]>(
    "--allow-host <name...>",
    "further Host names to serve",
    "names, in the environment separated by commas",
    [],
    list,
  ),
  cors: setting<readonly string[]>(
    "--cors <origin...>",
    "origins whose pages may call /v1 (* for all)",
    "origins, in the environment separated by commas",
    [],
    list,
  ),
  https: setting("--https", "TLS on the API port, with a certificate of a local authority", "true or false", false, yes),
  caDir: setting(
    "--ca-dir <folder>",
    "folder of that authority (default ~/.getsmart-sandbox/ca)",
    "a folder",
    join(homedir(), ".getsmart-sandbox", "ca"),
    text,
  ),
  controlToken: setting<string | null>(
    "--control-token <token>",
    "Bearer token of the control plane; needed beyond loopback",
    "a text",
    null,
    text,
  ),
  configOut: setting<string | null>("--config-out <file>", "writes addresses and keys as JSON once ready", "a file", null, text),
  mining: setting<MiningMode>("--mining <mode>", "when blocks are mined", "auto, manual or interval:2s", { kind: "auto" }, readMining),
  chainId: setting<number | null>(
    "--chain-id <number>",
    "chain id of the local chain (default 31337)",
    "a whole number from 1 to 2147483647",
    null,
    whole(1, 2 ** 31 - 1),
  ),
  limits: setting<Limits>(
    "--limits <limits>",
    "quotas of every API key",
    "off, or a form such as 10/s,1000/h",
    { perSecond: 10, perHour: 1000 },
    readLimits,
  ),
  logLevel: setting(
    "--log-level <level>",
    "what is logged",
    "fatal, error, warn, info, debug, trace or silent",
    "info",
    oneOf("fatal", "error", "warn", "info", "debug", "trace", "silent"),
  ),
  logFormat: setting("--log-format <format>", "how it is logged", "pretty or json", "pretty", oneOf("pretty", "json")),
  silent: setting("--silent", "print nothing but errors", "true or false", false, yes),
};

export type Limits = { readonly perSecond: number; readonly perHour: number } | "off";
type Value<S> = S extends Setting<infer T> ? T : never;
export type Config = { readonly [K in keyof typeof SETTINGS]: Value<(typeof SETTINGS)[K]> };
export type SettingName = keyof Config;

/** Found by itself in the current folder. */
export const CONFIG_FILE = "getsmart-sandbox.config.yaml";

/**
 * Flags, then `GETSMART_*`, then the configuration file, then defaults. Throws ConfigError for the first value that cannot be used.
 * `flags`: as commander gives them. `file`: given by `--config`, or the one found by itself.
 */
export function resolveConfig(flags: Readonly<Record<string, unknown>>, env: NodeJS.ProcessEnv, file?: string): Config {
  const fileName = file ?? CONFIG_FILE;
  const fromFile = readConfigFile(fileName, file !== undefined);
  const resolved: Record<string, unknown> = {};
  for (const [name, each] of Object.entries(SETTINGS) as [SettingName, Setting<unknown>][]) {
    const variable = `GETSMART_${kebab(name).replaceAll("-", "_").toUpperCase()}`;
    const [value, origin] =
      flags[name] !== undefined
        ? [flags[name], `--${kebab(name)}`]
        : env[variable] !== undefined
          ? [env[variable], variable]
          : fromFile[kebab(name)] !== undefined
            ? [fromFile[kebab(name)], `${kebab(name)} in ${fileName}`]
            : [undefined, ""];
    resolved[name] = value === undefined ? each.initial : accept(each, value, origin);
  }
  const config = Object.freeze(resolved) as Config;
  if (!isLoopback(config.host) && config.controlToken === null) {
    throw new ConfigError(`--host ${config.host} is reachable from other machines; give the control plane a --control-token.`);
  }
  return config;
}

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\./.test(host);
}

function accept(each: Setting<unknown>, value: unknown, origin: string): unknown {
  const read = each.read(value);
  if (read !== undefined) return read;
  throw new ConfigError(`${origin}: ${JSON.stringify(value)} cannot be used; accepted: ${each.accepts}.`);
}

function readConfigFile(file: string, asked: boolean): Readonly<Record<string, unknown>> {
  if (!existsSync(file)) {
    if (asked) throw new ConfigError(`--config: there is no file ${file}.`);
    return {};
  }
  let content: unknown;
  try {
    content = parseYaml(readFileSync(file, "utf8")) ?? {};
  } catch (error) {
    throw new ConfigError(`${file}: ${(error as Error).message}`);
  }
  if (typeof content !== "object" || Array.isArray(content)) throw new ConfigError(`${file}: settings are written as \`name: value\`.`);
  const known = Object.keys(SETTINGS).map(kebab);
  const unknown = Object.keys(content as object).find((name) => name !== "$schema" && !known.includes(name));
  if (unknown !== undefined) throw new ConfigError(`${file}: ${unknown} is not a setting; known are ${known.join(", ")}.`);
  return content as Record<string, unknown>;
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function readMining(value: unknown): MiningMode | undefined {
  if (value === "auto" || value === "manual") return { kind: value };
  if (typeof value !== "string" || !value.startsWith("interval:")) return undefined;
  try {
    const every_ms = parseDuration(value.slice("interval:".length));
    return every_ms >= 100 ? { kind: "interval", every_ms } : undefined;
  } catch {
    return undefined;
  }
}

function readLimits(value: unknown): Limits | undefined {
  if (value === "off" || value === false) return "off";
  const [, perSecond, perHour] = /^([1-9]\d{0,8})\/s,([1-9]\d{0,8})\/h$/.exec(String(value)) ?? [];
  return perSecond && perHour ? { perSecond: Number(perSecond), perHour: Number(perHour) } : undefined;
}
