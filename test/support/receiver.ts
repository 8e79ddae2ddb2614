import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Real time, in ms. */
  readonly at: number;
  readonly url: string;
}

/** How a receiver answers: a status, or what it does with the answer or the connection. */
export type Manner = number | ((res: ServerResponse, received: Received, socket: Socket) => void);

/** A real receiver of webhooks on loopback. */
export class Receiver {
  readonly received: Received[] = [];
  readonly url: string;
  manner: Manner;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, manner: Manner) {
    this.#server = server;
    this.manner = manner;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`;
  }

  static async open(manner: Manner = 200): Promise<Receiver> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const receiver = new Receiver(server, manner);
    server.on("connection", (socket) => {
      receiver.#sockets.add(socket);
      socket.on("close", () => receiver.#sockets.delete(socket));
    });
    server.on("request", async (req, res) => {
      let body = "";
      req.setEncoding("utf8");
      for await (const chunk of req) body += chunk;
      const received = { headers: req.headers, body, at: Date.now(), url: req.url ?? "" };
      receiver.received.push(received);
      server.emit("received");
      if (typeof receiver.manner === "number") res.writeHead(receiver.manner).end();
      else receiver.manner(res, received, req.socket);
    });
    return receiver;
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Resolves when this many have come; rejects after five seconds. */
  async count(wanted: number): Promise<readonly Received[]> {
    const limit = AbortSignal.timeout(5000);
    while (this.received.length < wanted) {
      await once(this.#server, "received", { signal: limit }).catch(() => {
        throw new Error(`${this.received.length} of ${wanted} webhooks came`);
      });
    }
    return this.received;
  }

  /** Types and ids of what came, in order. */
  get types(): string[] {
    return this.received.map(({ body }) => JSON.parse(body).type);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}
