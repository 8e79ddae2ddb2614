import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { RawData, WebSocket, WebSocketServer } from "ws";
import { nodeRequire } from "../node-require.ts";
import { BOUNDS } from "./bounds.ts";
import type { Peer } from "./deps.ts";
import type { Refusal } from "./http.ts";
import { failure } from "./json-rpc.ts";

const ws: { WebSocketServer: typeof WebSocketServer } = nodeRequire("ws");

interface WebSocketTransport {
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

/**
 * JSON-RPC over WebSocket: one request or batch in each text message; notifications of subscriptions in between. A client that does not read
 * what it asked for is not read from either, and is let go before what it leaves unread fills the memory.
 */
export function webSocketTransport(
  refusalOf: (req: IncomingMessage) => Refusal | null,
  answer: (text: string, req: IncomingMessage, peer: Peer) => Promise<string | null>,
): WebSocketTransport {
  const server = new ws.WebSocketServer({ noServer: true, maxPayload: BOUNDS.body });

  function serve(socket: WebSocket, req: IncomingMessage): void {
    /** Asked, and waiting for those before to be answered and read: no more than came at once. */
    const asked: RawData[] = [];
    let calls = 0;
    const send = (text: string) => {
      if (socket.readyState !== socket.OPEN) return;
      socket.send(text, pace);
      if (socket.bufferedAmount > BOUNDS.socket.unread) socket.terminate();
      letGo();
    };
    /** Answers what was asked, and reads on, as fast as the answers are read. */
    function pace(): void {
      while (calls < BOUNDS.socket.calls && socket.bufferedAmount <= BOUNDS.socket.unread / 8) {
        const data = asked.shift();
        if (data === undefined) {
          if (socket.isPaused) socket.resume();
          return;
        }
        void answerOne(data.toString());
      }
      if (!socket.isPaused) socket.pause();
    }
    async function answerOne(text: string): Promise<void> {
      calls += 1;
      const answered = await answer(text, req, peer);
      calls -= 1;
      if (answered !== null) send(answered);
      pace();
    }
    const peer: Peer = {
      subscriptions: new Map(),
      isGone: () => socket.readyState !== socket.OPEN,
      notify: (subscription, result) =>
        send(JSON.stringify({ jsonrpc: "2.0", method: "eth_subscription", params: { subscription, result } })),
    };
    socket.on("message", (data: RawData) => {
      asked.push(data);
      pace();
    });
    socket.on("close", () => {
      asked.length = 0;
      for (const stop of peer.subscriptions.values()) stop();
    });
    // The close event follows; a broken connection is no failure of ours.
    socket.on("error", () => {});
  }

  /** Ends the connections that leave the most unread, until all together leave no more than allowed. */
  function letGo(): void {
    const unread = [...server.clients].map((client) => ({ client, bytes: client.bufferedAmount })).sort((a, b) => b.bytes - a.bytes);
    let all = unread.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { client, bytes } of unread) {
      if (all <= BOUNDS.unread) return;
      client.terminate();
      all -= bytes;
    }
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

function refuseUpgrade(socket: Duplex, { status, error }: Refusal): void {
  const body = failure(null, error);
  const head = [
    `HTTP/1.1 ${status} ${status === 403 ? "Forbidden" : "Not Found"}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  socket.on("error", () => {});
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
