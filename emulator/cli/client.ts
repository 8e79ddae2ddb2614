import { existsSync, readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { SETTINGS } from "../config.ts";
import { type Call, open, textOf } from "./exchange.ts";

/** Where a command looks for its sandbox. */
export interface ClientOptions {
  readonly url?: string;
  readonly dataDir?: string;
  readonly caDir?: string;
  readonly controlToken?: string;
}

/** No sandbox answers, or it refused. */
export class ControlError extends Error {
  override readonly name = "ControlError";
  /** The refusal's code; null when nothing answered. */
  readonly code: string | null;
  /** `Retry-After`, in seconds. */
  readonly retryAfter: number | null;
  constructor(message: string, code: string | null, retryAfter: number | null = null) {
    super(message);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

interface Envelope {
  readonly status: "success" | "error";
  readonly data?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Talks to a running sandbox. */
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
}

const EVERYWHERE = "http://127.0.0.1:4010/_sandbox";

/** As long as a quota that is counted by the second may ask. */
const PATIENCE_S = 2;

/**
 * Finds the sandbox: `--url`, then GETSMART_CONTROL_URL, then the lock in the data folder; port 4010 only when no folder was named and
 * none is here, since what answers there may be another project's. Under HTTPS it is trusted by the authority that the lock names and by
 * the one in `--ca-dir`. Throws ControlError.
 */
export async function connect({ url, dataDir, caDir, controlToken }: ClientOptions): Promise<ControlClient> {
  const named = dataDir ?? process.env.GETSMART_DATA_DIR;
  const folder = named ?? SETTINGS.dataDir.initial;
  const lock = await lockIn(folder);
  const isElsewhere = named === undefined && !existsSync(folder);
  const place = url ?? process.env.GETSMART_CONTROL_URL ?? lock?.urls.control ?? (isElsewhere ? EVERYWHERE : null);
  if (place === null) throw noneIn(folder);
  const base = place.replace(/\/$/, "");
  const token = controlToken ?? process.env.GETSMART_CONTROL_TOKEN;
  const caFile = join(caDir ?? process.env.GETSMART_CA_DIR ?? SETTINGS.caDir.initial, "ca.pem");
  const authorities = [caFile, ...(lock?.ca_file ? [lock.ca_file] : [])]
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, "utf8"));
  const credentials = token ? { authorization: `Bearer ${token}` } : {};

  const failedAt = (at: string) => (error: NodeJS.ErrnoException) => {
    throw unanswered(at, error, caFile);
  };

  /** An answer that is a success. */
  async function ask(at: string, path: string, call: Omit<Call, "authorities">): Promise<IncomingMessage> {
    const response = await open(`${at}${path}`, { ...call, authorities }).catch(failedAt(at));
    const { statusCode = 0, headers } = response;
    if (statusCode < 300) return response;
    const error = envelopeOf(await textOf(response).catch(failedAt(at)))?.error;
    if (!error) throw notASandbox(at, statusCode);
    // The same port speaks HTTPS.
    if (error.code === "HTTPS_REQUIRED" && at.startsWith("http:")) return await ask(at.replace("http:", "https:"), path, call);
    throw new ControlError(`${error.code}: ${error.message}`, error.code, Number(headers["retry-after"]) || null);
  }

  function send(at: string, method: Method, path: string, body: unknown, headers: Record<string, string>): Promise<unknown> {
    const json = body === undefined ? {} : { "content-type": "application/json" };
    return dataOf(at, path, { method, headers: { ...json, ...headers }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  }

  async function dataOf(at: string, path: string, call: Omit<Call, "authorities">): Promise<unknown> {
    const response = await ask(at, path, call);
    const text = await textOf(response).catch(failedAt(at));
    if (response.statusCode === 204) return null;
    const answer = envelopeOf(text);
    if (answer?.status !== "success") throw notASandbox(at, response.statusCode);
    return answer.data;
  }

  async function api<T>(key: string, method: Method, path: string, body?: unknown): Promise<T> {
    const at = base.replace(/\/_sandbox$/, "/v1");
    for (;;) {
      try {
        return (await send(at, method, path, body, { authorization: `Bearer ${key}`, "sandbox-uncounted": "true" })) as T;
      } catch (error) {
        const { code, retryAfter } = error as ControlError;
        if (code !== "RATE_LIMIT_EXCEEDED" || retryAfter === null || retryAfter > PATIENCE_S) throw error;
        await sleep(retryAfter * 1000);
      }
    }
  }

  return {
    url: base,
    call: async <T>(method: Method, path: string, body?: unknown) => (await send(base, method, path, body, credentials)) as T,
    api,
    download: (path) => ask(base, path, { method: "GET", headers: credentials }),
    upload: async <T>(path: string, body: () => Readable) =>
      (await dataOf(base, path, { method: "POST", headers: { "content-type": "application/yaml", ...credentials }, body })) as T,
    events: (lastEventId, wish) =>
      ask(base, `/events?${new URLSearchParams(wish)}`, {
        method: "GET",
        headers: { ...credentials, accept: "text/event-stream", ...(lastEventId === null ? {} : { "last-event-id": lastEventId }) },
      }),
  };
}

async function lockIn(folder: string) {
  const { livingLock } = await import("../adapters/fs/lock.ts");
  return livingLock(join(folder, "lock"));
}

function envelopeOf(text: string): Envelope | null {
  try {
    return JSON.parse(text) as Envelope;
  } catch {
    return null;
  }
}

/** Node's codes for a certificate that is not trusted or not for this name. */
const UNTRUSTED = /CERT|SIGNATURE|ALTNAME/;

function unanswered(at: string, { code, message }: NodeJS.ErrnoException, caFile: string): ControlError {
  const reason = code ?? message;
  if (UNTRUSTED.test(reason)) {
    const advice = `the authority is looked for in ${caFile}; name its folder with --ca-dir`;
    return new ControlError(`${at} is not trusted (${reason}); ${advice}`, null);
  }
  return new ControlError(`no sandbox answers at ${at} (${reason}); start one with: npx getsmart-sandbox start`, null);
}

function noneIn(folder: string): ControlError {
  return new ControlError(`no sandbox is running with the data folder ${folder}; start it, or name a running one with --url`, null);
}

function notASandbox(at: string, status = 0): ControlError {
  return new ControlError(`${at} answered ${status}, not as a sandbox does`, null);
}
