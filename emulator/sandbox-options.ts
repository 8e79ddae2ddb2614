import { resolve } from "node:path";
import { CONTROL_TOKEN, CONTROL_TOKEN_FORM } from "./model/control-token.ts";
import { ApiError, refuse } from "./model/errors.ts";
import { didYouMean } from "./model/nearest.ts";
import { ORIGIN, ORIGIN_FORM } from "./model/origin.ts";
import { PUBLIC_URL, PUBLIC_URL_FORM } from "./model/public-url.ts";
import type { SandboxOptions } from "./sandbox-api.ts";

/** Wei per unit of gas: 1 000 gwei. */
const MAX_BASE_FEE = 1_000_000_000_000;
/** Blocks come no faster. */
const MIN_INTERVAL_MS = 100;

/** Every option; where it has members that are not checked elsewhere, these. */
const OPTIONS: { readonly [O in keyof Required<SandboxOptions>]: readonly string[] | null } = {
  dataDir: null,
  fixture: null,
  defaultFixture: null,
  seed: null,
  chainId: null,
  baseFee: null,
  mining: ["kind", "every_ms"],
  callGas: null,
  traceGas: null,
  limits: ["perSecond", "perHour"],
  allowHosts: null,
  publicUrl: null,
  https: ["caDir"],
  cors: null,
  rpcCors: null,
  controlToken: null,
  fresh: null,
  repair: null,
  fsync: null,
  webhooks: null,
  log: null,
  onWaiting: null,
  onProgress: null,
  onSeeding: null,
};

/** The options as the sandbox uses them: its folder by an absolute path. Throws UNKNOWN_PARAMETER, and INVALID_REQUEST for what no sandbox can have. */
export function checkedOptions(options: SandboxOptions): SandboxOptions {
  refuseUnknown(options, Object.keys(OPTIONS));
  for (const [name, members] of Object.entries(OPTIONS)) {
    const value: unknown = options[name as keyof SandboxOptions];
    if (members !== null && value !== null && typeof value === "object") refuseUnknown(value, members, name);
  }
  refuseBad(options);
  return options.dataDir === undefined ? options : { ...options, dataDir: resolve(options.dataDir) };
}

/** Throws UNKNOWN_PARAMETER for a member that is not one of these. `where`: what it is a member of. */
export function refuseUnknown(given: object, known: readonly string[], where?: string): void {
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const path = (name: string) => (where === undefined ? name : `${where}.${name}`);
  const unsaid = known.filter((name) => !Object.hasOwn(given, name));
  const message = `${path(unknown)} is not known here.${didYouMean(unknown, unsaid, path)}`;
  throw refuse("UNKNOWN_PARAMETER", message, `/${path(unknown).replaceAll(".", "/")}`);
}

function refuseBad({ publicUrl, baseFee, mining, cors, rpcCors, controlToken }: SandboxOptions): void {
  if (publicUrl !== undefined && !PUBLIC_URL.test(publicUrl)) throw bad("publicUrl", publicUrl, PUBLIC_URL_FORM);
  for (const [param, origins = []] of [
    ["cors", cors],
    ["rpcCors", rpcCors],
  ] as const) {
    const odd = origins.find((each) => !ORIGIN.test(each));
    if (odd !== undefined) throw bad(param, odd, ORIGIN_FORM);
  }
  // The token itself is not repeated.
  if (controlToken !== undefined && !CONTROL_TOKEN.test(controlToken)) throw bad("controlToken", "…", CONTROL_TOKEN_FORM);
  if (baseFee !== undefined && !isWhole(baseFee, 0, MAX_BASE_FEE))
    throw bad("baseFee", baseFee, `a whole number from 0 to ${MAX_BASE_FEE}`);
  if (mining?.kind === "interval" && !isWhole(mining.every_ms, MIN_INTERVAL_MS, Number.MAX_SAFE_INTEGER)) {
    throw bad("mining.every_ms", mining.every_ms, `a whole number of at least ${MIN_INTERVAL_MS}`);
  }
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function bad(param: string, value: unknown, accepted: string): ApiError {
  const shown = typeof value === "number" ? String(value) : JSON.stringify(value);
  return new ApiError("INVALID_REQUEST", `${param}: ${shown} cannot be used; accepted: ${accepted}.`, { param });
}
