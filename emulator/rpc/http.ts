import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { failure, INVALID_REQUEST, RpcError } from "./json-rpc.ts";

export const MAX_BODY = 8 * 1024 * 1024;

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
  return async function serve(req, res) {
    const refused = refusalOf(req);
    if (refused) return refuse(res, refused.status, refused.message);
    if (req.method === "OPTIONS") return reply(res, 204, null, { Allow: "POST, OPTIONS" });
    if (req.method !== "POST") {
      return refuse(res, 405, "POST a JSON-RPC 2.0 request here, or open a WebSocket.", { Allow: "POST, OPTIONS" });
    }
    const text = await readBody(req).catch(() => null);
    if (text === null) return refuse(res, 413, `A request is at most ${MAX_BODY / 1024 / 1024} MiB.`, { Connection: "close" });
    const answered = await answer(text);
    reply(res, answered === null ? 204 : 200, answered);
  };
}

/** Throws for a body that is too large or that breaks off. */
async function readBody(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req) {
    size += chunk.length;
    if (size > MAX_BODY) throw new RangeError("body too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function refuse(res: ServerResponse, status: number, message: string, headers: Record<string, string> = {}): void {
  reply(res, status, refusalText(message), headers);
}

export function refusalText(message: string): string {
  return failure(null, new RpcError(INVALID_REQUEST, message));
}

function reply(res: ServerResponse, status: number, body: string | null, headers: Record<string, string> = {}): void {
  const type = body === null ? {} : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) };
  res.writeHead(status, { ...type, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", ...headers });
  res.end(body ?? undefined);
}
