import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

/** What ends a request early. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, code: string, headers: Readonly<Record<string, string>> = {}) {
    super(`This request was refused: ${code}.`);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export interface Reply {
  readonly status: number;
  readonly data: unknown;
  readonly location?: string;
}

const MOST_BYTES = 1024 * 1024;

export async function jsonOf(req: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req) {
    bytes += chunk.length;
    if (bytes <= MOST_BYTES) chunks.push(chunk);
  }
  if (bytes > MOST_BYTES) throw new Refused(413, "PAYLOAD_TOO_LARGE");
  if (!/^application\/json\b/i.test(req.headers["content-type"] ?? "")) throw new Refused(415, "UNSUPPORTED_MEDIA_TYPE");
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks)));
  } catch {
    throw new Refused(400, "MALFORMED_JSON");
  }
}

export function send(res: ServerResponse, { status, data, location }: Reply): void {
  write(res, status, location ? { Location: location } : {}, status === 204 ? null : { status: "success", data, message: "Done." });
}

export function refuse(res: ServerResponse, { status, code, message, headers }: Refused): void {
  const request_id = newId("req");
  const error = { code, message, request_id, details: null, param: null, doc_url: null };
  write(res, status, { ...headers, "Request-Id": request_id }, { status: "error", error });
}

function write(res: ServerResponse, status: number, headers: Readonly<Record<string, string>>, body: object | null): void {
  const all = { "Request-Id": newId("req"), "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", ...headers };
  res.writeHead(status, body ? { ...all, "Content-Type": "application/json" } : all).end(body ? JSON.stringify(body) : undefined);
}

const BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

export function newId(prefix: string): string {
  return `${prefix}_0${[...randomBytes(25)].map((byte) => BASE32[byte % 32]).join("")}`;
}
