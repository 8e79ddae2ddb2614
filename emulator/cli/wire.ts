import type { IncomingMessage } from "node:http";
import { ControlError } from "./control-error.ts";
import { type Call, open, textOf } from "./exchange.ts";

interface Envelope {
  readonly status: "success" | "error";
  readonly data?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
}

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Trust {
  /** PEM certificates to trust besides those that Node trusts anyway. */
  readonly authorities: readonly string[];
  /** Where an authority is looked for, for the message that says that there is none. */
  readonly caFile: string;
}

/** What is sent to one place: `headers` with every request. */
export class Wire {
  readonly #headers: Readonly<Record<string, string>>;
  readonly #trust: Trust;

  constructor(headers: Readonly<Record<string, string>>, trust: Trust) {
    this.#headers = headers;
    this.#trust = trust;
  }

  /** An answer that is a success, to be read. Throws ControlError. */
  async ask(at: string, path: string, { headers, ...call }: Omit<Call, "authorities">): Promise<IncomingMessage> {
    const { authorities } = this.#trust;
    const response = await open(`${at}${path}`, { ...call, headers: { ...this.#headers, ...headers }, authorities }).catch(
      this.#failed(at),
    );
    const { statusCode = 0 } = response;
    if (statusCode < 300) return response;
    const error = envelopeOf(await textOf(response).catch(this.#failed(at)))?.error;
    if (!error) throw notASandbox(at, statusCode);
    // The same port speaks HTTPS.
    if (error.code === "HTTPS_REQUIRED" && at.startsWith("http:")) {
      return await this.ask(at.replace("http:", "https:"), path, { headers, ...call });
    }
    throw new ControlError(`${error.code}: ${error.message}`, error.code, Number(response.headers["retry-after"]) || null);
  }

  /** `data` of the answer; null for one without a body. Throws ControlError. */
  async data(at: string, path: string, call: Omit<Call, "authorities">): Promise<unknown> {
    const response = await this.ask(at, path, call);
    const text = await textOf(response).catch(this.#failed(at));
    if (response.statusCode === 204) return null;
    const answer = envelopeOf(text);
    if (answer?.status !== "success") throw notASandbox(at, response.statusCode);
    return answer.data;
  }

  /** The same with a body of JSON, if there is one. */
  json(at: string, method: Method, path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
    if (body === undefined) return this.data(at, path, { method, headers });
    return this.data(at, path, { method, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
  }

  #failed(at: string) {
    return (error: NodeJS.ErrnoException) => {
      throw unanswered(at, error, this.#trust.caFile);
    };
  }
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

function notASandbox(at: string, status = 0): ControlError {
  return new ControlError(`${at} answered ${status}, not as a sandbox does`, null);
}
