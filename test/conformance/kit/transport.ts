import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import supertest from "supertest";
import type { Answer, Sent } from "./exchange.ts";

export interface Trust {
  /** Certificates (PEM) to trust besides, for a target with an authority of its own. */
  readonly ca: string | null;
  /** Go on although the certificate is not valid; SEC-02 then fails. */
  readonly insecure: boolean;
}

export interface Transport {
  /** Ordinary requests, by supertest. `fresh`: on a connection of its own. Rejects when no HTTP answer comes. */
  send(sent: Sent, fresh: boolean): Promise<Answer>;
  /** Exactly these headers, also the same name twice; always on a connection of its own. */
  wire(sent: Sent): Promise<Answer>;
  close(): void;
}

const TIMEOUT_MS = 30_000;

export function openTransport({ ca, insecure }: Trust, signal: AbortSignal): Transport {
  const tls = { ...(ca === null ? {} : { ca }), rejectUnauthorized: !insecure };
  const http = new HttpAgent({ keepAlive: true });
  const https = new HttpsAgent({ keepAlive: true, ...tls });

  async function send(sent: Sent, fresh: boolean): Promise<Answer> {
    const { origin, pathname, search, protocol } = new URL(sent.url);
    const test = supertest(origin)[sent.method.toLowerCase() as "get"](pathname + search);
    test.ok(() => true);
    test.redirects(0).timeout(TIMEOUT_MS).buffer(true).parse(bytes);
    test.agent(fresh ? (false as never) : protocol === "https:" ? https : http);
    if (ca !== null) test.ca(ca);
    if (insecure) test.disableTLSCerts();
    test.set("Accept-Encoding", "identity").set("User-Agent", USER_AGENT);
    for (const [name, value] of sent.headers) test.set(name, value);
    if (sent.body !== null) test.send(sent.body as string);
    const stop = () => test.abort();
    signal.addEventListener("abort", stop, { once: true });
    try {
      const answer = await test;
      return { status: answer.status, headers: flat(answer.headers), body: Buffer.isBuffer(answer.body) ? answer.body : Buffer.alloc(0) };
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  function wire(sent: Sent): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const url = new URL(sent.url);
      const secure = url.protocol === "https:";
      const length: [string, string][] = sent.body === null ? [] : [["Content-Length", String(Buffer.byteLength(sent.body))]];
      const headers = [["Host", url.host], ["User-Agent", USER_AGENT], ["Connection", "close"], ...length, ...sent.headers].flat();
      const options = { method: sent.method, headers: headers as never, agent: false as const, signal, timeout: TIMEOUT_MS };
      const call = (secure ? httpsRequest : httpRequest)(url, { ...options, ...(secure ? tls : {}) }, (res) => {
        const chunks: Buffer[] = [];
        res.on("data", (chunk: Buffer) => chunks.push(chunk));
        res.on("end", () => resolve({ status: res.statusCode ?? 0, headers: flat(res.headers), body: Buffer.concat(chunks) }));
        res.on("error", reject);
      });
      call.on("timeout", () => call.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
      call.on("error", reject);
      call.end(sent.body ?? undefined);
    });
  }

  return {
    send: (sent, fresh) =>
      send(sent, fresh).catch((error: NodeJS.ErrnoException) => {
        // A kept connection that the server closed meanwhile: nothing was answered, and a read may be asked again.
        if (error.code === "ECONNRESET" && !fresh && sent.method === "GET") return send(sent, true);
        throw error;
      }),
    wire,
    close() {
      http.destroy();
      https.destroy();
    },
  };
}

const USER_AGENT = "getsmart-conformance";

function bytes(res: unknown, done: (error: Error | null, body: unknown) => void): void {
  const chunks: Buffer[] = [];
  const stream = res as NodeJS.ReadableStream;
  stream.on("data", (chunk: Buffer | string) => chunks.push(Buffer.from(chunk as string, "binary")));
  stream.on("end", () => done(null, Buffer.concat(chunks)));
}

function flat(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : String(value)]),
  );
}
