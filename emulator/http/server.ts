import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createNetServer, type Server as NetServer, type Socket } from "node:net";
import { originOf } from "../model/network.ts";
import { HEAD_LIMIT, isUriTooLong } from "../model/request-head.ts";
import type { Certificate } from "../ports/certificates.ts";
import { httpsRequired } from "./middleware/https-required.ts";
import { lineOf, type RawRecorder, requestLine } from "./raw-exchange.ts";
import { refuseRaw } from "./raw-refusal.ts";

interface HttpServer {
  /** `http://127.0.0.1:4010`, or https: where this machine reaches it. */
  readonly origin: string;
  readonly port: number;
  close(): Promise<void>;
}

interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** With one, TLS and plain HTTP share the port, and plain HTTP is refused in the envelope. */
  readonly certificate?: Certificate;
  /** How long a client may take for a TLS handshake, and for the head of a request, in ms. */
  readonly patience?: number;
}

const PATIENCE_MS = 60_000;

/** As Express is: `passed` is called for a request that no route can take, its target being no URL. */
type Application = (req: IncomingMessage, res: ServerResponse, passed: () => void) => void;

/** Serves an application on a port (0 = free). What Node or Express would refuse by themselves is answered in the envelope too. */
export async function listen(app: Application, options: ListenOptions, recorder: RawRecorder): Promise<HttpServer> {
  const { certificate, patience = PATIENCE_MS } = options;
  // A request may take its time: an import is read as fast as its records are made.
  const times = {
    keepAliveTimeout: 65_000,
    requestTimeout: 1_800_000,
    headersTimeout: patience,
    connectionsCheckingInterval: patience / 2,
  };
  const settings = { requireHostHeader: false, maxHeaderSize: HEAD_LIMIT, ...times };
  const routed = (req: IncomingMessage, res: ServerResponse) =>
    app(req, res, () => refuseRaw("HPE_INVALID_URL", req.socket, recorder, lineOf(req)));
  const plain = answering(createServer(settings, certificate ? httpsRequired(recorder) : routed), recorder);
  if (!certificate) return await serve(plain, [plain], "http", options);
  const tls = answering(
    createTlsServer({ ...settings, ...certificate, minVersion: "TLSv1.2", handshakeTimeout: patience }, routed),
    recorder,
  );
  return await serve(byFirstByte(tls, plain, patience), [tls, plain], "https", options);
}

function answering<S extends Server>(server: S, recorder: RawRecorder): S {
  // An unknown Expect is ignored; Node would answer 417 without a body.
  server.on("checkExpectation", (req, res) => server.emit("request", req, res));
  server.on("clientError", (error: NodeJS.ErrnoException & { rawPacket?: Buffer }, socket) => {
    // Of the connection or of TLS: an answer would not arrive.
    if (!/^(HPE|ERR_HTTP)_/.test(error.code ?? "")) socket.destroy();
    else if (error.code === "HPE_HEADER_OVERFLOW" && isUriTooLong(error.rawPacket))
      refuseRaw("URI_TOO_LONG", socket as Socket, recorder, requestLine(error.rawPacket));
    else refuseRaw(error.code, socket as Socket, recorder, requestLine(error.rawPacket));
  });
  server.on("connect", (req, socket) => refuseRaw("HPE_INVALID_METHOD", socket as Socket, recorder, lineOf(req)));
  return server;
}

/** First byte of a TLS handshake record. */
const HANDSHAKE = 0x16;

/** One port for both: what a connection begins with decides which server gets it. One that says nothing is closed after `patience` ms. */
function byFirstByte(tls: Server, plain: Server, patience: number): NetServer {
  const door = createNetServer({ noDelay: true }, (socket) => {
    const silence = setTimeout(() => socket.destroy(), patience);
    socket.on("error", () => socket.destroy()).once("close", () => clearTimeout(silence));
    socket.once("readable", () => {
      clearTimeout(silence);
      const first = socket.read(1) as Buffer | null;
      if (!first) {
        socket.destroy();
        return;
      }
      socket.unshift(first);
      (first[0] === HANDSHAKE ? tls : plain).emit("connection", socket);
    });
  });
  // They do not listen themselves, which is when Node begins to close connections whose request does not come.
  door.once("listening", () => {
    for (const server of [tls, plain]) server.emit("listening");
  });
  door.once("close", () => {
    for (const server of [tls, plain]) server.close();
  });
  return door;
}

async function serve(
  door: NetServer,
  servers: readonly Server[],
  scheme: "http" | "https",
  { host, port }: ListenOptions,
): Promise<HttpServer> {
  await new Promise<void>((resolve, reject) => {
    door.once("error", reject);
    door.listen(port, host, resolve);
  });
  const sockets = new Set<Socket>();
  door.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const taken = (door.address() as AddressInfo).port;
  return {
    origin: originOf(scheme, host, taken),
    port: taken,
    close: () => close(door, servers, sockets),
  };
}

/** Connections in use get this long to end by themselves. */
const GRACE_MS = 1000;

function close(door: NetServer, servers: readonly Server[], sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    const patience = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, GRACE_MS);
    door.close(() => {
      clearTimeout(patience);
      resolve();
    });
    for (const server of servers) server.closeIdleConnections();
  });
}
