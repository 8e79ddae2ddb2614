import { existsSync, readFileSync } from "node:fs";
import { didYouMean } from "./model/nearest.ts";
import { isLoopbackHost } from "./model/network.ts";
import type { Setting } from "./setting.ts";
import { type Config, kebab, SETTINGS, type SettingName, settings, variableOf } from "./settings.ts";
import { yaml } from "./yaml.ts";

export { type Config, SETTINGS, type SettingName, settings } from "./settings.ts";

/** A value that cannot be used: names the value, where it came from, and what would be accepted. Exit code 2. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Found by itself in the current folder. */
const CONFIG_FILE = "getsmart-sandbox.config.yaml";

/** How a command other than `start` reads the settings. */
interface Reading {
  /** Defaults of its own. */
  readonly initial?: Partial<Config>;
  /** What counts only as a flag: in the environment and in the file it is meant for `start`. */
  readonly flagOnly?: readonly SettingName[];
}

/**
 * Flags, then `GETSMART_*`, then the configuration file, then defaults. Throws ConfigError for the first value that cannot be used.
 * `flags`: as commander gives them. `file`: given by `--config`, or the one found by itself.
 */
export function resolveConfig(
  flags: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv,
  file?: string,
  { initial = {}, flagOnly = [] }: Reading = {},
): Config {
  const fileName = file ?? CONFIG_FILE;
  const fromFile = readConfigFile(fileName, file !== undefined);
  const resolved: Record<string, unknown> = {};
  for (const [name, each] of settings()) {
    const flag = { value: flags[name], origin: `--${kebab(name)}`, isText: true };
    const elsewhere = [
      { value: env[variableOf(name)], origin: variableOf(name), isText: true },
      { value: fromFile[kebab(name)], origin: `${kebab(name)} in ${fileName}`, isText: false },
    ];
    const given = [flag, ...(flagOnly.includes(name) ? [] : elsewhere)].find(({ value }) => value !== undefined);
    resolved[name] = given ? accept(each, given) : name in initial ? initial[name] : each.initial;
  }
  const config = Object.freeze(resolved) as Config;
  if (!isLoopbackHost(config.host) && config.controlToken === null) {
    const place = flags.host !== undefined ? "--host" : env.GETSMART_HOST !== undefined ? "GETSMART_HOST" : `host in ${fileName}`;
    throw new ConfigError(
      `${place}: ${config.host} is reachable from other machines; give the control plane a --control-token (${SETTINGS.controlToken.accepts}).`,
    );
  }
  return config;
}

function accept(each: Setting<unknown>, { value, origin, isText }: { value: unknown; origin: string; isText: boolean }): unknown {
  // A flag that may be repeated comes as a list.
  const texts = isText && Array.isArray(value) ? value.join(",") : value;
  const read = each.read(isText && typeof texts === "string" ? each.fromText(texts) : texts);
  if (read !== undefined) return read;
  const shown = each.isSecret ? "the text given" : JSON.stringify(value);
  throw new ConfigError(`${origin}: ${shown} cannot be used; accepted: ${each.accepts}.`);
}

function readConfigFile(file: string, asked: boolean): Readonly<Record<string, unknown>> {
  if (!existsSync(file)) {
    if (asked) throw new ConfigError(`--config: there is no file ${file}.`);
    return {};
  }
  let content: unknown;
  try {
    content = yaml().parse(readFileSync(file, "utf8")) ?? {};
  } catch (error) {
    throw new ConfigError(`${file}: ${(error as Error).message}`);
  }
  if (typeof content !== "object" || Array.isArray(content)) throw new ConfigError(`${file}: settings are written as \`name: value\`.`);
  const { $schema, ...given } = content as Record<string, unknown>;
  if ($schema !== undefined && typeof $schema !== "string") throw new ConfigError(`${file}: $schema is the address of a schema.`);
  const known = Object.keys(SETTINGS).map(kebab);
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new ConfigError(`${file}: ${unknown} is not a setting.${didYouMean(unknown, known)} Known are ${known.join(", ")}.`);
  }
  return given;
}
