import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SETTINGS } from "../config.ts";
import { exchange } from "./exchange.ts";

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
  constructor(message: string, code: string | null) {
    super(message);
    this.code = code;
  }
}

interface Envelope {
  readonly status: "success" | "error";
  readonly data?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
}

/** Talks to the control plane of a running sandbox. */
export interface ControlClient {
  readonly url: string;
  /** `data` of the answer. Throws ControlError. */
  call<T>(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<T>;
}

const EVERYWHERE = "http://127.0.0.1:4010/_sandbox";

/**
 * Finds the sandbox: `--url`, then GETSMART_CONTROL_URL, then the lock in the data folder, then port 4010. Under HTTPS it is trusted
 * by the authority that the lock names and by the one in `--ca-dir`.
 */
export async function connect({ url, dataDir, caDir, controlToken }: ClientOptions): Promise<ControlClient> {
  const lock = await livingLock(dataDir);
  const base = (url ?? process.env.GETSMART_CONTROL_URL ?? lock?.urls.control ?? EVERYWHERE).replace(/\/$/, "");
  const token = controlToken ?? process.env.GETSMART_CONTROL_TOKEN;
  const caFile = join(caDir ?? process.env.GETSMART_CA_DIR ?? SETTINGS.caDir.initial, "ca.pem");
  const authorities = [lock?.ca_file, caFile]
    .filter((file) => file !== undefined && existsSync(file))
    .map((file) => readFileSync(`${file}`, "utf8"));

  async function send(at: string, method: string, path: string, body: unknown): Promise<unknown> {
    const { status, text } = await exchange(`${at}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      authorities,
    }).catch((error: NodeJS.ErrnoException) => {
      throw unanswered(at, error, caFile);
    });
    const answer = envelopeOf(text);
    if (answer?.status === "success") return answer.data;
    // The same port speaks HTTPS.
    if (answer?.error?.code === "HTTPS_REQUIRED" && at === base) return await send(base.replace("http:", "https:"), method, path, body);
    throw new ControlError(
      answer?.error ? `${answer.error.code}: ${answer.error.message}` : `${at} answered ${status}, not as a sandbox does`,
      answer?.error?.code ?? null,
    );
  }
  return { url: base, call: async <T>(method: string, path: string, body?: unknown) => (await send(base, method, path, body)) as T };
}

async function livingLock(dataDir = process.env.GETSMART_DATA_DIR ?? SETTINGS.dataDir.initial) {
  const { isAlive, readLock } = await import("../adapters/fs/lock.ts");
  const lock = readLock(join(dataDir, "lock"));
  return lock && isAlive(lock) ? lock : null;
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
