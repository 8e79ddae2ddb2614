import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import type { Peer } from "./deps.ts";
import { MAX_BODY, type Refusal, refusalText } from "./http.ts";

/** A client that does not read what it subscribed to is let go before it fills the memory. */
const MAX_UNREAD = 64 * 1024 * 1024;

export interface WebSocketTransport {
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

/** JSON-RPC over WebSocket: one request or batch in each text message; notifications of subscriptions in between. */
export function webSocketTransport(
  refusalOf: (req: IncomingMessage) => Refusal | null,
  answer: (text: string, peer: Peer) => Promise<string | null>,
): WebSocketTransport {
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_BODY });

  function serve(socket: WebSocket): void {
    const send = (text: string) => {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > MAX_UNREAD) socket.terminate();
      else socket.send(text);
    };
    const peer: Peer = {
      subscriptions: new Map(),
      notify: (subscription, result) =>
        send(JSON.stringify({ jsonrpc: "2.0", method: "eth_subscription", params: { subscription, result } })),
    };
    socket.on("message", async (data: RawData) => {
      const text = await answer(data.toString(), peer);
      if (text !== null) send(text);
    });
    socket.on("close", () => {
      for (const stop of peer.subscriptions.values()) stop();
    });
    // The close event follows; a broken connection is no failure of ours.
    socket.on("error", () => {});
  }

  return {
    upgrade(req, socket, head) {
      const refused = refusalOf(req);
      if (refused) refuseUpgrade(socket, refused);
      else server.handleUpgrade(req, socket, head, serve);
    },
    close() {
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}

function refuseUpgrade(socket: Duplex, { status, message }: Refusal): void {
  const body = refusalText(message);
  const head = [
    `HTTP/1.1 ${status} ${status === 403 ? "Forbidden" : "Not Found"}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  socket.on("error", () => {});
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
