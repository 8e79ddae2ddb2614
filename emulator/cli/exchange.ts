import { lookup } from "node:dns";
import { type IncomingMessage, request } from "node:http";
import { request as requestOverTls } from "node:https";
import type { LookupFunction } from "node:net";
import { pipeline, type Readable } from "node:stream";
import { getCACertificates } from "node:tls";
import { isLocalhostName } from "../model/address-kind.ts";

export interface Call {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** As a function: a stream, made when the request is sent. */
  readonly body?: string | (() => Readable);
  /** PEM certificates to trust besides those that Node trusts anyway. */
  readonly authorities: readonly string[];
}

/** One request; its answer, to be read. Not fetch: that cannot be told whom to trust. Throws Node's errors of the connection. */
export function open(url: string, { method, headers, body, authorities }: Call): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = { method, headers, agent: false, lookup: resolveName };
    const call = url.startsWith("https:")
      ? requestOverTls(url, { ...options, ca: [...getCACertificates("default"), ...authorities] })
      : request(url, options);
    call.once("error", reject);
    call.once("response", resolve);
    if (typeof body !== "function") call.end(body);
    else pipeline(body(), call, (error) => error && reject(error));
  });
}

export async function textOf(response: IncomingMessage): Promise<string> {
  return (await response.setEncoding("utf8").toArray()).join("");
}

/** Names below localhost are this machine's, which not every resolver knows (RFC 6761, 6.3). */
const resolveName: LookupFunction = (name, options, found) => lookup(isLocalhostName(name) ? "localhost" : name, options, found);
