import { readFileSync } from "node:fs";
import { CHECKS } from "../../requirements/index.ts";
import { readBaseline } from "../baseline.ts";
import { readCapabilities } from "../capabilities.ts";
import { httpController } from "../controller.ts";
import { loadDocument } from "../document.ts";
import type { Allowance, Profile, RunMode, RunOptions } from "../options.ts";
import { UsageError } from "../outcomes.ts";
import { readPathMap } from "../path-map.ts";
import type { ReceiverPlace } from "../receiver.ts";

/** What the command line gives, as texts. */
export interface Flags {
  readonly baseUrl?: string;
  readonly apiKey?: string;
  readonly apiKeyB?: string;
  readonly rateKey?: string;
  readonly mode?: string;
  readonly allow?: string;
  readonly profile?: string;
  readonly only?: string;
  readonly skip?: string;
  readonly baseline?: string;
  readonly baselineUpdate?: boolean;
  readonly capabilities?: string;
  readonly pathMap?: string;
  readonly controller?: string;
  readonly webhookReceiver?: string;
  readonly webhookListen?: string;
  readonly budget?: string;
  readonly maxRps?: string;
  readonly seed?: string;
  readonly strict?: boolean;
  readonly ca?: string;
  readonly insecure?: boolean;
  readonly openapi?: string;
}

/** Flags as options of a run. Throws UsageError for the first that cannot be used. */
export async function readFlags(flags: Flags): Promise<RunOptions> {
  const target = flags.baseUrl ?? process.env.GETSMART_BASE_URL;
  const key = flags.apiKey ?? (process.env.GETSMART_API_KEY === undefined ? undefined : "env:GETSMART_API_KEY");
  if (!target) throw new UsageError("which implementation? --base-url URL, or GETSMART_BASE_URL");
  if (!key) throw new UsageError("with which key? --api-key env:NAME, or GETSMART_API_KEY");
  const controller = flags.controller ?? process.env.GETSMART_CONTROL_URL;
  const document = loadDocument(flags.openapi);
  const receiver = receiverAt(flags.webhookReceiver ?? "none", flags.webhookListen ?? "127.0.0.1:4020");
  return {
    target,
    apiKey: secret("--api-key", key),
    document,
    mode: oneOf<RunMode>("--mode", flags.mode ?? "standard", ["readonly", "standard", "full"]),
    profile: oneOf<Profile>("--profile", flags.profile ?? "contract", ["published", "contract", "full"]),
    allow: list(flags.allow).map((each) => oneOf<Allowance>("--allow", each, ["rate", "quota", "production"])),
    only: list(flags.only),
    skip: list(flags.skip),
    maxRps: number("--max-rps", flags.maxRps ?? "8"),
    strict: flags.strict ?? false,
    insecure: flags.insecure ?? false,
    ...(flags.budget === undefined ? {} : { budget: number("--budget", flags.budget) }),
    ...(flags.apiKeyB === undefined ? {} : { apiKeyB: secret("--api-key-b", flags.apiKeyB) }),
    ...(flags.rateKey === undefined ? {} : { rateKey: secret("--rate-key", flags.rateKey) }),
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
    ...(flags.capabilities === undefined ? {} : { capabilities: readCapabilities(flags.capabilities, document) }),
    ...(flags.pathMap === undefined ? {} : { pathMap: readPathMap(flags.pathMap, document) }),
    ...(flags.baseline === undefined || flags.baselineUpdate ? {} : { baseline: readBaseline(flags.baseline, IDS) }),
    ...(controller === undefined ? {} : { controller: httpController(controller, process.env.GETSMART_CONTROL_TOKEN) }),
    ...(receiver === null ? {} : { receiver }),
    ...(flags.ca === undefined ? {} : { ca: file("--ca", flags.ca) }),
  };
}

export const IDS = CHECKS.map(({ id }) => id);

/** `env:NAME` and `file:PATH` keep a key out of the process list and the shell's history. */
function secret(flag: string, value: string): string {
  if (value.startsWith("file:")) return file(flag, value.slice(5)).trim();
  if (!value.startsWith("env:")) return value;
  const name = value.slice(4);
  const found = process.env[name];
  if (!found) throw new UsageError(`${flag}: the environment has no ${name}`);
  return found;
}

function file(flag: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(`${flag}: ${path} cannot be read: ${(error as Error).message}`);
  }
}

export function list(text: string | undefined): string[] {
  return (text ?? "").split(",").flatMap((each) => (each.trim() === "" ? [] : [each.trim()]));
}

function oneOf<T extends string>(flag: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value);
  if (found === undefined) throw new UsageError(`${flag}: ${value} is not one of ${allowed.join(", ")}`);
  return found;
}

function number(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new UsageError(`${flag}: ${text} is not a number`);
  return value;
}

/** Whether it can be reached is found out by preflight. */
function receiverAt(where: string, listen: string): ReceiverPlace | null {
  if (where === "none") return null;
  if (where === "loopback") return "loopback";
  if (!where.startsWith("url:") || !URL.canParse(where.slice(4)))
    throw new UsageError(`--webhook-receiver: ${where} is not none, loopback, or url: and an address`);
  if (!/^\S+:\d{1,5}$/.test(listen)) throw new UsageError(`--webhook-listen: ${listen} is not HOST:PORT`);
  return { url: where.slice(4), listen };
}
