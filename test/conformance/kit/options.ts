import { randomInt } from "node:crypto";
import { type Baseline, NO_BASELINE } from "./baseline.ts";
import type { Capabilities } from "./capabilities.ts";
import { type ApiDocument, loadDocument } from "./document.ts";
import type { Exchange } from "./exchange.ts";
import type { CheckResult } from "./outcome.ts";
import { UsageError } from "./outcomes.ts";
import { NO_MAP, type PathMap } from "./path-map.ts";
import type { ReceiverPlace } from "./receiver.ts";
import { isProduction, PRODUCTION_HOST, readBaseUrl, type Target } from "./target.ts";
import type { Controller } from "./time.ts";

/** `readonly`: reads of ids that exist; `standard`: also own users, minting for them; `full`: also what uses up quota. */
export type RunMode = "readonly" | "standard" | "full";
/** What gates: MUSTs published by the platform or an RFC; also those of our OpenAPI document; also the kit's own profile. */
export type Profile = "published" | "contract" | "full";
/** What has a price for the target: bursts, a thousand requests, being the platform's production server. */
export type Allowance = "rate" | "quota" | "production";

export interface RunOptions {
  readonly target: Target;
  readonly apiKey: string;
  /** A second key of the same account. Without one the run makes its own where keys can be made. */
  readonly apiKeyB?: string;
  /** The key whose quota is used up. Without one the run makes its own where keys can be made. */
  readonly rateKey?: string;
  /** Default `standard`. */
  readonly mode?: RunMode;
  readonly allow?: readonly Allowance[];
  /** Default `contract`. */
  readonly profile?: Profile;
  /** Patterns of ids, such as `USER-*`. */
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly capabilities?: Partial<Capabilities>;
  readonly pathMap?: PathMap;
  readonly baseline?: Baseline;
  readonly controller?: Controller;
  /** Where webhooks are received; without one nothing that waits for them is judged. */
  readonly receiver?: ReceiverPlace;
  /** Most paced requests; default 1500. */
  readonly budget?: number;
  /** Default 8. */
  readonly maxRps?: number;
  /** Random data of the run; printed, and enough to repeat it. */
  readonly seed?: string | number;
  /** SHOULDs gate too. */
  readonly strict?: boolean;
  /** Authorities (PEM) to trust besides. */
  readonly ca?: string;
  readonly insecure?: boolean;
  readonly document?: ApiDocument;
  readonly signal?: AbortSignal;
  /** Told the run's id once the target has answered, before anything is made. */
  readonly onBegin?: (runId: string) => void;
  /** Told of each answer as it comes; secrets are in it. */
  readonly onExchange?: (exchange: Exchange) => void;
  /** Told of each result as it comes. */
  readonly onResult?: (result: CheckResult) => void;
}

/** Options with their defaults. */
export type Settings = Required<
  Omit<RunOptions, "apiKeyB" | "rateKey" | "controller" | "receiver" | "ca" | "signal" | "onBegin" | "onExchange" | "onResult" | "seed">
> &
  Pick<RunOptions, "onBegin" | "onExchange" | "onResult"> & {
    readonly apiKeyB: string | null;
    readonly rateKey: string | null;
    readonly controller: Controller | null;
    readonly receiver: ReceiverPlace | null;
    readonly ca: string | null;
    readonly signal: AbortSignal;
    readonly seed: string;
  };

/** Throws UsageError for what cannot be used together. */
export function settle(options: RunOptions): Settings {
  const { mode = "standard", allow = [], target } = options;
  if (typeof target !== "function" && isProduction(readBaseUrl(String(target))) && !allow.includes("production")) {
    throw new UsageError(`${PRODUCTION_HOST} is the production server; a run writes to it. If that is meant: --allow production`);
  }
  if (mode === "full" && !allow.includes("rate") && !allow.includes("quota")) {
    throw new UsageError(
      "--mode full uses up quota: say how much with --allow rate (bursts), or --allow rate,quota (also the hourly limit)",
    );
  }
  if (options.apiKey === "") throw new UsageError("the API key is empty");
  const budget = options.budget ?? 1500;
  const maxRps = options.maxRps ?? 8;
  if (!(budget >= 1)) throw new UsageError("--budget is a number of requests from 1");
  if (!(maxRps > 0 && maxRps <= 1000)) throw new UsageError("--max-rps is a number from 0.1 to 1000");
  return {
    target,
    apiKey: options.apiKey,
    apiKeyB: options.apiKeyB ?? null,
    rateKey: options.rateKey ?? null,
    mode,
    allow,
    profile: options.profile ?? "contract",
    only: options.only ?? [],
    skip: options.skip ?? [],
    capabilities: options.capabilities ?? {},
    pathMap: options.pathMap ?? NO_MAP,
    baseline: options.baseline ?? NO_BASELINE,
    controller: options.controller ?? null,
    receiver: options.receiver ?? null,
    budget,
    maxRps,
    seed: String(options.seed ?? randomInt(1, 1_000_000)),
    strict: options.strict ?? false,
    ca: options.ca ?? null,
    insecure: options.insecure ?? false,
    document: options.document ?? loadDocument(),
    signal: options.signal ?? new AbortController().signal,
    ...(options.onBegin ? { onBegin: options.onBegin } : {}),
    ...(options.onExchange ? { onExchange: options.onExchange } : {}),
    ...(options.onResult ? { onResult: options.onResult } : {}),
  };
}
