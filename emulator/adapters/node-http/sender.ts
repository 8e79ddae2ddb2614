import { lookup as resolve } from "node:dns";
import http, { type ClientRequest, type IncomingMessage } from "node:http";
import https from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { isLocalhostName } from "../../model/address-kind.ts";
import type { DeliveryError } from "../../model/webhook.ts";
import type { OutgoingRequest, Sender, SendResult } from "../../ports/sender.ts";

const TIMEOUT_MS = 15_000;

/** What of an answer's body is read before it is cut off: receivers need not say much. */
const MOST_BODY_BYTES = 64 * 1024;

/** Error codes of Node as the API names them. */
const ERRORS: Readonly<Record<string, DeliveryError>> = {
  ECONNREFUSED: "connection_refused",
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  EAI_FAIL: "dns",
  ECONNRESET: "connection_reset",
  EPIPE: "connection_reset",
  ETIMEDOUT: "timeout",
  URL_NOT_ALLOWED: "url_not_allowed",
};

/** POSTs over node:http and node:https, each on a connection of its own or one kept open. */
export class NodeSender implements Sender {
  readonly #agents: { "http:": http.Agent; "https:": https.Agent };
  readonly #timeoutMs: number;

  /** `verify`: whether a receiver's certificate must be trusted (by default it must). */
  constructor({ timeoutMs = TIMEOUT_MS, verify = true } = {}) {
    this.#timeoutMs = timeoutMs;
    this.#agents = {
      "http:": new http.Agent({ keepAlive: true }),
      "https:": new https.Agent({ keepAlive: true, rejectUnauthorized: verify }),
    };
  }

  post(outgoing: OutgoingRequest): Promise<SendResult> {
    const { url, headers, body, allows } = outgoing;
    const target = new URL(url);
    const secure = target.protocol === "https:";
    const literal = target.hostname.replace(/^\[|\]$/g, "");
    if (isIP(literal) !== 0 && !allows(literal)) return Promise.resolve(failed("url_not_allowed"));
    return new Promise<SendResult>((settle) => {
      const done = (result: SendResult): void => {
        clearTimeout(timer);
        settle(result);
        request.destroy();
      };
      const request: ClientRequest = (secure ? https : http).request(target, {
        method: "POST",
        headers: { ...headers, "Content-Length": Buffer.byteLength(body) },
        agent: this.#agents[secure ? "https:" : "http:"],
        lookup: checked(allows),
      });
      const timer = setTimeout(() => done(failed("timeout")), this.#timeoutMs);
      request.on("response", (response) => readAnswer(response, settle, timer, request));
      request.on("error", (error: NodeJS.ErrnoException) => {
        clearTimeout(timer);
        // A connection kept open may be closed by the receiver just as it is used again: that says nothing about the receiver.
        if (request.reusedSocket && error.code === "ECONNRESET") settle(this.post(outgoing));
        else done(failed(reasonOf(error, secure)));
      });
      request.end(body);
    });
  }

  async close(): Promise<void> {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }
}

/** The status counts as soon as it is there; what follows is read to its end, so that the connection can be used again. */
function readAnswer(response: IncomingMessage, settle: (result: SendResult) => void, timer: NodeJS.Timeout, request: ClientRequest): void {
  settle({ response_status: response.statusCode ?? null, error: null, retry_after_ms: retryAfter(response.headers["retry-after"]) });
  let bytes = 0;
  response.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_BODY_BYTES) request.destroy();
  });
  response.on("close", () => clearTimeout(timer));
  response.on("error", () => {});
}

/** Resolves a name and refuses it when any of its addresses may not be called (DNS rebinding). */
function checked(allows: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    // Not every resolver knows the names below localhost, which are this machine's (RFC 6761, 6.3).
    resolve(isLocalhostName(hostname) ? "localhost" : hostname, { ...options, all: true }, (error, addresses) => {
      const forbidden = addresses?.find(({ address }) => !allows(address));
      const refusal = forbidden && Object.assign(new Error(`${forbidden.address} may not be called`), { code: "URL_NOT_ALLOWED" });
      const [first] = addresses ?? [];
      if (error || refusal || !first) callback(error ?? refusal ?? new Error("no address"), "", 0);
      else if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function failed(error: DeliveryError): SendResult {
  return { response_status: null, error, retry_after_ms: null };
}

function reasonOf({ code = "" }: NodeJS.ErrnoException, secure: boolean): DeliveryError {
  if (code.startsWith("HPE_")) return "invalid_response";
  if (secure && /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/.test(code)) return "tls";
  return ERRORS[code] ?? "connection_failed";
}

/** Seconds, or a date (RFC 9110 §10.2.3). */
function retryAfter(field: string | undefined): number | null {
  if (field === undefined) return null;
  const ms = /^\d+$/.test(field) ? Number(field) * 1000 : Date.parse(field) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? ms : null;
}
