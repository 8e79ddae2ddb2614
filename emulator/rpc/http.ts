import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { isPreflight, preflightHeaders } from "../control/access/cors.ts";
import { BOUNDS } from "./bounds.ts";
import { failure, INVALID_REQUEST, LIMIT_EXCEEDED, RpcError } from "./json-rpc.ts";

/** What is refused before its body is read, with its HTTP status. */
export interface Refusal {
  readonly status: 400 | 403 | 404;
  readonly error: RpcError;
}

const METHODS = "POST, OPTIONS";

/**
 * JSON-RPC over HTTP: POST to `/`. An answered call is 200 whatever its answer says, as clients expect; what is refused
 * below JSON-RPC has a status of its own. `allowedOrigin`: what `Access-Control-Allow-Origin` says to the page that asks; null for no page
 * that may read the answer.
 */
export function httpTransport(
  refusalOf: (req: IncomingMessage) => Refusal | null,
  allowedOrigin: (req: IncomingMessage) => string | null,
  answer: (text: string, req: IncomingMessage) => Promise<string | null>,
): RequestListener {
  /** Bytes of answers that clients have not taken yet. */
  let unread = 0;

  return async function serve(req, res) {
    res.setHeader("Vary", "Origin");
    const allowed = allowedOrigin(req);
    if (allowed !== null) res.setHeader("Access-Control-Allow-Origin", allowed);
    if (unread > BOUNDS.unread) {
      const error = new RpcError(LIMIT_EXCEEDED, "Too many answers are unread: read them, then ask again.");
      return refuse(res, 503, error, { Connection: "close" });
    }
    const refused = refusalOf(req);
    if (refused) return refuse(res, refused.status, refused.error);
    if (req.method === "OPTIONS") {
      const isAsked = allowed !== null && isPreflight(req.method, req.headers);
      return reply(res, 204, null, { Allow: METHODS, ...(isAsked ? preflightHeaders(METHODS, req.headers) : {}) });
    }
    if (req.method !== "POST") {
      return refuse(res, 405, invalid("POST a JSON-RPC 2.0 request here, or open a WebSocket."), { Allow: METHODS });
    }
    const text = await readBody(req).catch(() => null);
    if (text === null) return refuse(res, 413, invalid(`A request is at most ${BOUNDS.body / 2 ** 20} MiB.`), { Connection: "close" });
    const answered = await answer(text, req);
    // Whoever asked has left meanwhile.
    if (res.closed) return;
    const size = answered?.length ?? 0;
    unread += size;
    res.on("close", () => {
      unread -= size;
    });
    reply(res, answered === null ? 204 : 200, answered);
  };
}

/** Throws for a body that is too large or that breaks off. */
async function readBody(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req) {
    size += chunk.length;
    if (size > BOUNDS.body) throw new RangeError("body too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function refuse(res: ServerResponse, status: number, error: RpcError, headers: Record<string, string> = {}): void {
  reply(res, status, failure(null, error), headers);
}

export function invalid(message: string): RpcError {
  return new RpcError(INVALID_REQUEST, message);
}

function reply(res: ServerResponse, status: number, body: string | null, headers: Record<string, string> = {}): void {
  const type = body === null ? {} : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) };
  res.writeHead(status, { ...type, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", ...headers });
  res.end(body ?? undefined);
}
