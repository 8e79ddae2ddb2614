import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { BOUNDS } from "./bounds.ts";
import { failure, INVALID_REQUEST, LIMIT_EXCEEDED, RpcError } from "./json-rpc.ts";

/** What is refused before its body is read, with its HTTP status. */
export interface Refusal {
  readonly status: 403 | 404;
  readonly message: string;
}

/**
 * JSON-RPC over HTTP: POST to `/`. An answered call is 200 whatever its answer says, as clients expect; what is refused
 * below JSON-RPC has a status of its own.
 */
export function httpTransport(
  refusalOf: (req: IncomingMessage) => Refusal | null,
  answer: (text: string) => Promise<string | null>,
): RequestListener {
  /** Bytes of answers that clients have not taken yet. */
  let unread = 0;

  return async function serve(req, res) {
    if (unread > BOUNDS.unread) {
      return refuse(res, 503, "Too many answers are unread: read them, then ask again.", { Connection: "close" }, LIMIT_EXCEEDED);
    }
    const refused = refusalOf(req);
    if (refused) return refuse(res, refused.status, refused.message);
    if (req.method === "OPTIONS") return reply(res, 204, null, { Allow: "POST, OPTIONS" });
    if (req.method !== "POST") {
      return refuse(res, 405, "POST a JSON-RPC 2.0 request here, or open a WebSocket.", { Allow: "POST, OPTIONS" });
    }
    const text = await readBody(req).catch(() => null);
    if (text === null) return refuse(res, 413, `A request is at most ${BOUNDS.body / 2 ** 20} MiB.`, { Connection: "close" });
    const answered = await answer(text);
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

function refuse(res: ServerResponse, status: number, message: string, headers: Record<string, string> = {}, code = INVALID_REQUEST): void {
  reply(res, status, refusalText(message, code), headers);
}

export function refusalText(message: string, code = INVALID_REQUEST): string {
  return failure(null, new RpcError(code, message));
}

function reply(res: ServerResponse, status: number, body: string | null, headers: Record<string, string> = {}): void {
  const type = body === null ? {} : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) };
  res.writeHead(status, { ...type, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", ...headers });
  res.end(body ?? undefined);
}
