import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { clearTimeout, setTimeout } from "node:timers";
import { ApiError } from "../model/errors.ts";
import { HEAD_LIMIT } from "../model/request-head.ts";
import { errorEnvelope, STATUS } from "./envelope.ts";
import type { RawLine, RawRecorder } from "./raw-exchange.ts";

/** How long a client that was refused may take to close the connection. */
const LINGER_MS = 2000;

const refused = new WeakSet<Socket>();

/** Whether the connection has had its answer by `refuseRaw`: what else is said to it is not heard. */
export function wasRefusedRaw(socket: Socket): boolean {
  return refused.has(socket);
}

/**
 * Answers, in the envelope, a connection that never became a request. `code`: of Node's HTTP parser, or URI_TOO_LONG. `line`: what could be read of
 * the request line. HEAD gets no body.
 */
export function refuseRaw(
  code: string | undefined,
  socket: Socket,
  recorder: RawRecorder,
  line: RawLine = { method: null, url: null, requestHeaders: [], unread: null },
): void {
  // The parser complains again of the rest of what was refused; to close now would take the answer away.
  if (refused.has(socket)) return;
  if (!socket.writable || code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const requestId = recorder.requestId();
  const isHead = line.method === "HEAD";
  const refusal = refusalOf(code);
  const body = JSON.stringify(errorEnvelope(refusal, requestId));
  const status = STATUS[refusal.code];
  const responseHead = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...Object.entries(refusal.headers).map(([name, value]) => `${name}: ${value}`),
    `Date: ${new Date().toUTCString()}`,
    `Request-Id: ${requestId}`,
    "Content-Type: application/json",
    "X-Content-Type-Options: nosniff",
    "Cache-Control: no-store",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ].join("\r\n");
  refused.add(socket);
  recorder.refused({ ...line, requestId, status, code: refusal.code, body: isHead ? null : body, responseHead });
  socket.end(`${responseHead}\r\n\r\n${isHead ? "" : body}`);
  const linger = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once("close", () => clearTimeout(linger));
}

function refusalOf(code: string | undefined): ApiError {
  switch (code) {
    case "HPE_INVALID_METHOD":
      return new ApiError("METHOD_NOT_ALLOWED", "This method is not known to HTTP or not served here.", {
        headers: { Allow: "GET, HEAD, POST, PATCH, DELETE, OPTIONS" },
      });
    case "HPE_HEADER_OVERFLOW":
      return new ApiError(
        "HEADERS_TOO_LARGE",
        `The request's header fields are too large; with the URI they may have ${HEAD_LIMIT} bytes.`,
      );
    case "URI_TOO_LONG":
      return new ApiError("URI_TOO_LONG", `The request's URI is too long; with the header fields it may have ${HEAD_LIMIT} bytes.`);
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new ApiError("INVALID_REQUEST", "The request did not arrive in time.");
    default:
      return new ApiError("INVALID_REQUEST", "This is not a well-formed HTTP request.");
  }
}
