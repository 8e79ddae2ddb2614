import { join } from "node:path";

/** Where a command looks for its sandbox. */
export interface ClientOptions {
  readonly url?: string;
  readonly dataDir?: string;
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

/** Finds the sandbox: `--url`, then GETSMART_CONTROL_URL, then the lock in the data folder, then port 4010. */
export async function connect({ url, dataDir, controlToken }: ClientOptions): Promise<ControlClient> {
  const base = (url ?? process.env.GETSMART_CONTROL_URL ?? (await urlInFolder(dataDir)) ?? "http://127.0.0.1:4010/_sandbox").replace(
    /\/$/,
    "",
  );
  const token = controlToken ?? process.env.GETSMART_CONTROL_TOKEN;
  return {
    url: base,
    async call<T>(method: string, path: string, body?: unknown): Promise<T> {
      const response = await fetch(`${base}${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }).catch((cause: Error) => {
        throw new ControlError(`no sandbox answers at ${base} (${reason(cause)}); start one with: npx getsmart-sandbox start`, null);
      });
      const answer = (await response.json().catch(() => null)) as Envelope | null;
      if (answer?.status === "success") return answer.data as T;
      throw new ControlError(
        answer?.error ? `${answer.error.code}: ${answer.error.message}` : `${base} answered ${response.status}, not as a sandbox does`,
        answer?.error?.code ?? null,
      );
    },
  };
}

async function urlInFolder(dataDir = process.env.GETSMART_DATA_DIR ?? ".getsmart-sandbox"): Promise<string | undefined> {
  const { isAlive, readLock } = await import("../adapters/fs/lock.ts");
  const lock = readLock(join(dataDir, "lock"));
  return lock && isAlive(lock) ? lock.urls.control : undefined;
}

function reason(error: Error): string {
  return ((error.cause as NodeJS.ErrnoException | undefined)?.code ?? error.message).toString();
}
