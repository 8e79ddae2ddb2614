import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { atEndOfFile } from "./clean-up.ts";

/** A port behind which one sandbox follows another, as when one is stopped and the next one takes its place. */
export interface Turnstile {
  readonly origin: string;
  /** Of each request: `POST /_sandbox/reset sbx_…`, or `-` where it names no sandbox. */
  readonly seen: string[];
  /** Whom the next requests reach, those of open connections too. */
  app: RequestListener;
  /** Ends all connections; from then on another sandbox answers, or none (null). */
  turnTo(app: RequestListener | null): Promise<void>;
  /** Called with each request before it is answered. */
  before: (req: IncomingMessage) => void;
}

export async function turnstile(first: RequestListener): Promise<Turnstile> {
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  let port = 0;

  async function open(): Promise<void> {
    const opened = createServer((req, res) => {
      seen.push(`${req.method} ${req.url} ${req.headers["sandbox-id"] ?? "-"}`);
      turn.before(req);
      turn.app(req, res);
    });
    opened.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => opened.listen(port, "127.0.0.1", resolve));
    port = (opened.address() as AddressInfo).port;
    server = opened;
  }

  async function close(): Promise<void> {
    const closed = new Promise((resolve) => (server ? server.close(resolve) : resolve(null)));
    for (const socket of sockets) socket.destroy();
    server = null;
    await closed;
  }

  const turn = {
    seen,
    app: first,
    before: (_req: IncomingMessage) => {},
    async turnTo(next: RequestListener | null) {
      await close();
      if (next === null) return;
      turn.app = next;
      await open();
    },
  };
  await open();
  atEndOfFile(() => void close());
  return Object.assign(turn, { origin: `http://127.0.0.1:${port}` });
}
