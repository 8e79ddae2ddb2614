import { existsSync, readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { SETTINGS } from "../config.ts";
import type { SandboxInfo } from "../control/controls.ts";
import { ControlError } from "./control-error.ts";
import { authorityNear, heldIn, type Place, type PlaceOptions, placeOf } from "./place.ts";
import { type Method, type Trust, Wire } from "./wire.ts";

/** Where a command looks for its sandbox, and whom it trusts. */
export interface ClientOptions extends PlaceOptions {
  readonly caDir?: string;
}

/** Talks to one running sandbox: each request names it, and another one that has its address by now refuses (SANDBOX_MISMATCH). */
export interface ControlClient {
  readonly url: string;
  /** `data` of the control plane's answer. Throws ControlError. */
  call<T>(method: Method, path: string, body?: unknown): Promise<T>;
  /** `data` of the API's answer to this key, left out of coverage; `path` is below /v1. Where the quota of a second is used up it waits. Throws ControlError. */
  api<T>(key: string, method: Method, path: string, body?: unknown): Promise<T>;
  /** An answer of the control plane that is not JSON, to be read in pieces. Throws ControlError. */
  download(path: string): Promise<IncomingMessage>;
  /** `data` of the answer to a body that is sent in pieces, as YAML; `body` may be asked for twice. Throws ControlError. */
  upload<T>(path: string, body: () => Readable): Promise<T>;
  /** The control plane's events as they come (event-source.ts reads them). `wish`: which, as the stream's query. Throws ControlError. */
  events(lastEventId: string | null, wish: Readonly<Record<string, string>>): Promise<IncomingMessage>;
  /**
   * The same sandbox, looked for again after it was gone: in the place where it was found and nowhere else. A data folder's sandbox may
   * have another port by then. Throws ControlError: with SANDBOX_MISMATCH when another one is there.
   */
  again(): Promise<ControlClient>;
}

/** As long as a quota that is counted by the second may ask. */
const PATIENCE_S = 2;

/**
 * Finds the sandbox, and which one it is. Where it is looked for: place.ts. Under HTTPS it is trusted by the authority that the lock names
 * and by the one in `--ca-dir`. Throws ControlError, ConfigError.
 */
export function connect(options: ClientOptions): Promise<ControlClient> {
  return connectTo(placeOf(options), options, null);
}

/** `before`: the sandbox that it must be; null for whichever is there. */
async function connectTo(place: Place, options: ClientOptions, before: string | null): Promise<ControlClient> {
  const held = place.folder === null ? null : await heldIn(place.folder);
  const url = place.url ?? (held?.url as string);
  const token = options.controlToken ?? process.env.GETSMART_CONTROL_TOKEN;
  const credentials: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  const trust = await trustNear(place, options);
  const id = place.url === null ? (held?.id as string) : await idAt(url, new Wire(credentials, trust));
  const meant = before ?? held?.id ?? id;
  if (id !== meant) throw anotherSandbox(url, id, meant);
  return clientOf(url, credentials, new Wire({ "sandbox-id": id }, trust), () => connectTo(place, options, id));
}

function clientOf(url: string, credentials: Readonly<Record<string, string>>, wire: Wire, again: ControlClient["again"]): ControlClient {
  async function api<T>(key: string, method: Method, path: string, body?: unknown): Promise<T> {
    const at = url.replace(/\/_sandbox$/, "/v1");
    for (;;) {
      try {
        return (await wire.json(at, method, path, body, { authorization: `Bearer ${key}`, "sandbox-uncounted": "true" })) as T;
      } catch (error) {
        const { code, retryAfter } = error as ControlError;
        if (code !== "RATE_LIMIT_EXCEEDED" || retryAfter === null || retryAfter > PATIENCE_S) throw error;
        await sleep(retryAfter * 1000);
      }
    }
  }

  return {
    url,
    call: async <T>(method: Method, path: string, body?: unknown) => (await wire.json(url, method, path, body, credentials)) as T,
    api,
    download: (path) => wire.ask(url, path, { method: "GET", headers: credentials }),
    upload: async <T>(path: string, body: () => Readable) =>
      (await wire.data(url, path, { method: "POST", headers: { "content-type": "application/yaml", ...credentials }, body })) as T,
    events: (lastEventId, wish) =>
      wire.ask(url, `/events?${new URLSearchParams(wish)}`, {
        method: "GET",
        headers: { ...credentials, accept: "text/event-stream", ...(lastEventId === null ? {} : { "last-event-id": lastEventId }) },
      }),
    again,
  };
}

/** Which sandbox answers at an address. */
async function idAt(url: string, wire: Wire): Promise<string> {
  const { sandbox_id } = ((await wire.json(url, "GET", "/info", undefined)) ?? {}) as Partial<SandboxInfo>;
  if (typeof sandbox_id === "string") return sandbox_id;
  throw new ControlError(`${url} has no sandbox_id in its info; restart that sandbox with this release`, null);
}

function anotherSandbox(url: string, id: string, meant: string): ControlError {
  const message = `the sandbox at ${url} is ${id}, but this command is for ${meant}; nothing was done to it. If you mean that one, run the command again`;
  return new ControlError(message, "SANDBOX_MISMATCH");
}

async function trustNear(place: Place, { caDir }: ClientOptions): Promise<Trust> {
  const caFile = join(caDir ?? process.env.GETSMART_CA_DIR ?? SETTINGS.caDir.initial, "ca.pem");
  const files = [caFile, await authorityNear(place)].filter((file) => file !== null);
  return { caFile, authorities: files.filter((file) => existsSync(file)).map((file) => readFileSync(file, "utf8")) };
}
