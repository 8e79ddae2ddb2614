import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { HEAD_LIMIT, isUriTooLong } from "../model/request-head.ts";
import { invalid } from "./http.ts";
import { failure } from "./json-rpc.ts";

interface ParseError extends NodeJS.ErrnoException {
  readonly rawPacket?: Buffer;
}

/** How long a client that was refused may take to close the connection. */
const LINGER_MS = 2000;

const refused = new WeakSet<Duplex>();

/** Answers a connection that never became a request, and ends it: by the status, and in JSON-RPC's form. */
export function refuseRaw(error: ParseError, socket: Duplex): void {
  // The parser complains again of the rest of what was refused; to close now would take the answer away.
  if (refused.has(socket)) return;
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const [status, sentence] = refusalOf(error);
  const body = failure(null, invalid(sentence));
  const head = [
    "Content-Type: application/json",
    "Cache-Control: no-store",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  refused.add(socket);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join("\r\n")}\r\n\r\n${body}`);
  const linger = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once("close", () => clearTimeout(linger));
}

function refusalOf({ code, rawPacket }: ParseError): [status: number, sentence: string] {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return [408, "The request did not arrive in time."];
  if (code !== "HPE_HEADER_OVERFLOW") return [400, "This is not a well-formed HTTP request."];
  const limit = `together they may have ${HEAD_LIMIT} bytes.`;
  return isUriTooLong(rawPacket)
    ? [414, `The request's URI is too long; with the header fields, ${limit}`]
    : [431, `The request's header fields are too large; with the URI, ${limit}`];
}
