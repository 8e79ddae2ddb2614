import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { refusedOrigins } from "../control/access/refused-origins.ts";
import { isLoopbackHost, originOf } from "../model/network.ts";
import { HEAD_LIMIT } from "../model/request-head.ts";
import { settleHost, targetOf, timesSent } from "../model/request-target.ts";
import { BOUNDS } from "./bounds.ts";
import type { Peer, RpcDeps } from "./deps.ts";
import { Feed } from "./feed.ts";
import { httpTransport, invalid, type Refusal } from "./http.ts";
import { answer, denied } from "./json-rpc.ts";
import { methodTable } from "./methods.ts";
import { quantity } from "./quantity.ts";
import { refuseRaw } from "./raw-refusal.ts";
import { webSocketTransport } from "./web-socket.ts";

interface RpcServer {
  /** `http://127.0.0.1:8545`; the same address serves ws:// */
  readonly origin: string;
  close(): Promise<void>;
}

/**
 * An id of a filter or a subscription: a quantity, as clients read it. Unguessable and never the same again, so that a client of an earlier run
 * does not poll somebody else's filter.
 */
function newId(): string {
  return quantity(BigInt(`0x${randomBytes(16).toString("hex")}`));
}

/**
 * JSON-RPC in front of the chain port, for wallets and libraries, on a port (0 = free). Wallets change the world through
 * the single writer, like the API; nothing here touches the chain beside it.
 */
export async function serveRpc(deps: RpcDeps, at: { host: string; port: number }): Promise<RpcServer> {
  const feed = new Feed(deps);
  const methods = methodTable(deps, feed, newId);
  const { access } = deps;
  const isLocal = isLoopbackHost(at.host);
  const noteRefused = refusedOrigins("JSON-RPC", "--rpc-cors", (sentence) => deps.log.warn(sentence));
  function answerCaller(text: string, { headers }: IncomingMessage, peer: Peer | null) {
    return answer(text, methods({ peer, denialOf: (method) => access.rpcMethod(method, headers, isLocal) }), deps.log);
  }

  /** Host and Origin come first: a page on the internet reaches a loopback port through its visitor's browser. */
  function refusalOf(req: IncomingMessage): Refusal | null {
    for (const name of ["Host", "Authorization"]) {
      if (timesSent(req, name.toLowerCase()) > 1) return { status: 400, error: invalid(`Send one ${name} header, not several.`) };
    }
    settleHost(req);
    const { headers, url = "" } = req;
    const denial = access.host(headers.host) ?? access.rpc(headers);
    if (denial) {
      if (denial.code === "ORIGIN_NOT_ALLOWED" && headers.origin !== undefined) noteRefused(headers.origin);
      return { status: 403, error: denied(denial) };
    }
    // `OPTIONS *` asks for what the server can do (RFC 9110, 9.3.7).
    if (targetOf(url).path === "/" || (req.method === "OPTIONS" && url === "*")) return null;
    return { status: 404, error: invalid("JSON-RPC is served at / alone; the API has a port of its own.") };
  }

  const sockets = webSocketTransport(refusalOf, answerCaller);
  const http = httpTransport(
    refusalOf,
    ({ headers }) => access.originFor("rpc", headers),
    (text, req) => answerCaller(text, req, null),
  );
  // Some HTTP clients offer h2c with every request: only WebSocket is an upgrade here.
  const shouldUpgradeCallback = (req: IncomingMessage) => req.headers.upgrade?.toLowerCase() === "websocket";
  const server = createServer({ keepAliveTimeout: 65_000, maxHeaderSize: HEAD_LIMIT, shouldUpgradeCallback }, http);
  server.maxConnections = BOUNDS.connections;
  server.on("upgrade", sockets.upgrade);
  server.on("clientError", refuseRaw);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(at.port, at.host, resolve);
  }).catch((error) => {
    feed.close();
    throw error;
  });
  const { port } = server.address() as AddressInfo;

  return {
    origin: originOf("http", at.host, port),
    async close() {
      feed.close();
      sockets.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      // Calls in progress get a moment to end by themselves.
      const patience = setTimeout(() => server.closeAllConnections(), 1000);
      await closed;
      clearTimeout(patience);
    },
  };
}
