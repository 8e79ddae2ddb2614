import { homedir } from "node:os";
import { join } from "node:path";
import { parseDuration } from "./control/duration.ts";
import { CALL_GAS, TRACE_GAS } from "./model/chain-limits.ts";
import { CONTROL_TOKEN, CONTROL_TOKEN_FORM } from "./model/control-token.ts";
import { ORIGIN, ORIGIN_FORM } from "./model/origin.ts";
import { PUBLIC_URL, PUBLIC_URL_FORM } from "./model/public-url.ts";
import type { MiningMode } from "./services/mining.ts";
import { form, type Kind, listOf, names, oneOf, type Setting, share, text, textOrNumber, whole, yesOrNo } from "./setting.ts";

type Limits = { readonly perSecond: number; readonly perHour: number } | "off";

/** Durations of at least a tenth of a second: some unit above milliseconds, or a hundred of them. Four parts at most, of six characters. */
const INTERVAL = /^(auto|manual|interval:(?=.{1,24}$)(?=.*([1-9]\d*(s|m(?!s)|h|d|w)|[1-9]\d{2,}ms))(\d{1,4}(ms|s|m|h|d|w)){1,4})$/;

const mining = form<MiningMode>("auto, manual or interval:2s (at least 100ms)", INTERVAL, (value) =>
  value === "auto" || value === "manual" ? { kind: value } : { kind: "interval", every_ms: parseDuration(value.slice("interval:".length)) },
);
const limits = form<Limits>("off, or a form such as 10/s,1000/h", /^(off|[1-9]\d{0,8}\/s,[1-9]\d{0,8}\/h)$/, (value) => {
  const [perSecond = 0, perHour = 0] = value.split(",").map((each) => Number.parseInt(each, 10));
  return value === "off" ? "off" : { perSecond, perHour };
});

const origins = listOf(ORIGIN_FORM, ORIGIN);
const token = { ...form(CONTROL_TOKEN_FORM, CONTROL_TOKEN, (value) => value), isSecret: true as const };
const publicUrl = form(PUBLIC_URL_FORM, PUBLIC_URL, (value) => value);
/** Up to what a transaction may have (EIP-7825). */
const gas = whole(21_000, 16_777_216);

function setting<T>(flag: string, description: string, kind: Kind<T>, initial: T): Setting<T> {
  return { flag, description, initial, ...kind };
}

/** A setting whose description lists what can be chosen. */
function choice<T>(flag: string, description: string, kind: Kind<T>, initial: T): Setting<T> {
  return setting(flag, `${description}: ${kind.accepts}`, kind, initial);
}

/** A setting that nobody needs to choose. */
function optional<T>(flag: string, description: string, kind: Kind<T>): Setting<T | null> {
  return { flag, description, initial: null, ...kind };
}

/** Every setting of `start`: flag, environment variable (`GETSMART_PORT` for `--port`), configuration file and its schema follow from it. */
export const SETTINGS = {
  port: setting("--port <number>", "port of the API (0 = a free one)", whole(0, 65535), 4010),
  host: setting("--host <address>", "address to listen on", text("an address or a name of this machine"), "127.0.0.1"),
  rpcPort: setting("--rpc-port <number>", "port of the JSON-RPC server (0 = a free one)", whole(0, 65535), 8545),
  dataDir: setting("--data-dir <folder>", "folder that keeps the data", text("a folder"), ".getsmart-sandbox"),
  ephemeral: setting("--ephemeral", "keep nothing: live in memory", yesOrNo, false),
  fixture: optional(
    "--fixture <name|file>",
    "state to begin with: academy, course, empty or a file (default: academy)",
    text("a fixture's name or file"),
  ),
  seed: optional("--seed <text>", "reproducible run: fixes the start instant and freezes the clock", textOrNumber),
  fresh: setting("--fresh", "begin anew in the data folder; the old data is kept beside it", yesOrNo, false),
  repair: setting("--repair", "go on with the readable part of a damaged journal; the damaged one is kept as a copy", yesOrNo, false),
  fsync: setting("--fsync", "answer a write only when it survives a power loss", yesOrNo, false),
  allowHost: setting("--allow-host <name...>", "further Host names to serve", names("names"), []),
  cors: setting(
    "--cors <origin...>",
    "more origins whose pages may call /v1, besides those of this machine; * for all, none for not even those",
    origins,
    [],
  ),
  rpcCors: setting("--rpc-cors <origin...>", "the same for JSON-RPC: pages, and wallet extensions (chrome-extension://…)", origins, []),
  publicUrl: optional(
    "--public-url <url>",
    "address of the API for clients elsewhere, in credentials and badges (default: where it listens)",
    publicUrl,
  ),
  https: setting("--https", "TLS on the API port, with a certificate of a local authority", yesOrNo, false),
  caDir: setting(
    "--ca-dir <folder>",
    "folder of that authority (default ~/.getsmart-sandbox/ca)",
    text("a folder"),
    join(homedir(), ".getsmart-sandbox", "ca"),
  ),
  controlToken: optional(
    "--control-token <token>",
    "Bearer token of the control plane, 16 characters at least; needed beyond loopback",
    token,
  ),
  configOut: optional("--config-out <file>", "writes addresses and keys as JSON once ready", text("a file")),
  mining: setting("--mining <mode>", `when blocks are mined: ${mining.accepts} (default: auto)`, mining, { kind: "auto" }),
  chainId: optional("--chain-id <number>", "chain id of the local chain (default 31337)", whole(1, 2 ** 31 - 1)),
  baseFee: optional(
    "--base-fee <wei>",
    "base fee of the local chain's first block, in wei per unit of gas (0: gas is free; default 7)",
    whole(0, 1_000_000_000_000),
  ),
  callGas: setting(
    "--call-gas <gas>",
    "most gas of a call, and how much a transaction may execute: as a plain loop of this much gas",
    gas,
    CALL_GAS,
  ),
  traceGas: setting("--trace-gas <gas>", "the most gas of what debug_trace* traces", gas, TRACE_GAS),
  limits: setting("--limits <limits>", `quotas of every API key: ${limits.accepts} (default: 10/s,1000/h)`, limits, {
    perSecond: 10,
    perHour: 1000,
  }),
  webhookOrder: choice("--webhook-order <order>", "order of first attempts at webhook endpoints", oneOf("event", "shuffle"), "event"),
  webhookDuplicates: setting("--webhook-duplicates <share>", "how likely a webhook is sent twice", share, 0),
  logLevel: choice("--log-level <level>", "what is logged", oneOf("fatal", "error", "warn", "info", "debug", "trace", "silent"), "info"),
  logFormat: choice("--log-format <format>", "how it is logged", oneOf("pretty", "json"), "pretty"),
  silent: setting("--silent", "print nothing but errors", yesOrNo, false),
};

type Value<S> = S extends Setting<infer T> ? T : never;
export type Config = { readonly [K in keyof typeof SETTINGS]: Value<(typeof SETTINGS)[K]> };
export type SettingName = keyof Config;

/** All of them, by name. */
export const settings = () => Object.entries(SETTINGS) as [SettingName, Setting<unknown>][];

/** `rpc-port` for rpcPort, as the file and flags have it. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `GETSMART_RPC_PORT` for rpcPort. */
export function variableOf(name: SettingName): string {
  return `GETSMART_${kebab(name).replaceAll("-", "_").toUpperCase()}`;
}
