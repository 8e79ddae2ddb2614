import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { ApiError } from "../model/errors.ts";
import { errorEnvelope, STATUS } from "./envelope.ts";

export interface HttpServer {
  /** `http://127.0.0.1:4010` */
  readonly origin: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Serves an application on a port (0 = free). What the HTTP parser refuses by itself is answered in the envelope too. */
export async function listen(app: RequestListener, at: { host: string; port: number }, requestId: () => string): Promise<HttpServer> {
  const server = createServer({ requireHostHeader: false, keepAliveTimeout: 65_000 }, app);
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => refuseRaw(error, socket as Socket, requestId()));
  server.on("connect", (_req, socket) => refuseRaw({ code: "HPE_INVALID_METHOD" }, socket as Socket, requestId()));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(at.port, at.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = at.host.includes(":") ? `[${at.host}]` : at.host;
  return { origin: `http://${host}:${port}`, port, close: () => close(server) };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    // Connections in use get a moment to end by themselves.
    setTimeout(() => server.closeAllConnections(), 1000).unref();
  });
}

function refuseRaw(error: { code?: string | undefined }, socket: Socket, requestId: string): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const refusal = rawRefusal(error.code);
  const body = JSON.stringify(errorEnvelope(refusal, requestId));
  const head = [
    `HTTP/1.1 ${STATUS[refusal.code]} ${refusal.code === "METHOD_NOT_ALLOWED" ? "Method Not Allowed" : "Bad Request"}`,
    ...Object.entries(refusal.headers).map(([name, value]) => `${name}: ${value}`),
    `Request-Id: ${requestId}`,
    "Content-Type: application/json",
    "X-Content-Type-Options: nosniff",
    "Cache-Control: no-store",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

function rawRefusal(code: string | undefined): ApiError {
  if (code === "HPE_INVALID_METHOD") {
    return new ApiError("METHOD_NOT_ALLOWED", "This method is not known to HTTP or not served here.", {
      headers: { Allow: "GET, HEAD, POST, PATCH, DELETE, OPTIONS" },
    });
  }
  if (code === "HPE_HEADER_OVERFLOW") return new ApiError("INVALID_REQUEST", "The request's header fields are too large.");
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return new ApiError("INVALID_REQUEST", "The request did not arrive in time.");
  return new ApiError("INVALID_REQUEST", "This is not a well-formed HTTP request.");
}
