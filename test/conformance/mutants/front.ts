import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createNetServer, type Socket } from "node:net";
import type { Answered, Forward, Handler, Received, TlsFront } from "./mutant.ts";

export interface Front {
  readonly origin: string;
  /** What answers from now on. */
  use(handler: Handler): void;
  close(): Promise<void>;
}

/** A server before the emulator that answers as the present mutant says. */
export async function openFront(
  inner: string,
  tls: { readonly cert: string; readonly key: string; readonly front: TlsFront } | null,
): Promise<Front> {
  let handler: Handler = (request, forward) => forward(request);
  const forward = forwarder(inner);
  const numbers = new WeakMap<Socket, number>();
  let connections = 0;
  const numberOf = (socket: Socket) => {
    if (!numbers.has(socket)) numbers.set(socket, ++connections);
    return numbers.get(socket) as number;
  };
  const serve = async (
    req: IncomingMessage,
    res: ServerResponse,
    answerPlain?: (found: () => Promise<Answered>, url: string) => Promise<Answered | null>,
  ) => {
    const received = await read(req, numberOf(req.socket));
    const found = () => handler(received, forward.ask);
    const answered = answerPlain ? await answerPlain(found, received.url) : await found();
    if (answered) write(res, answered, req.method === "HEAD");
    else req.socket.destroy();
  };
  const failing = (res: ServerResponse) => (error: Error) => {
    if (!res.headersSent) res.writeHead(502);
    res.end(String(error.stack));
  };
  const settings = { keepAliveTimeout: 65_000 };
  const plain = createServer(
    settings,
    (req, res) => void serve(req, res, tls ? plainAnswer(tls.front, () => origin) : undefined).catch(failing(res)),
  );
  const secure = tls
    ? createTlsServer({ ...settings, cert: tls.cert, key: tls.key }, (req, res) => void serve(req, res).catch(failing(res)))
    : null;
  const sockets = new Set<Socket>();
  const door = createNetServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket));
    socket.once("readable", () => {
      const first = socket.read(1) as Buffer | null;
      if (!first) return void socket.destroy();
      socket.unshift(first);
      (first[0] === 0x16 && secure ? secure : plain).emit("connection", socket);
    });
  });
  await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
  const origin = `${tls ? "https" : "http"}://127.0.0.1:${(door.address() as AddressInfo).port}`;
  return {
    origin,
    use: (next) => void (handler = next),
    async close() {
      for (const socket of sockets) socket.destroy();
      forward.close();
      await new Promise((resolve) => door.close(resolve));
    },
  };
}

/** What comes in clear on a TLS port. Null: the connection is closed without a word. */
function plainAnswer({ plain }: TlsFront, origin: () => string) {
  const refused: Answered = {
    status: 403,
    headers: { "content-type": "application/json" },
    body: Buffer.from('{"status":"error","error":{"code":"HTTPS_REQUIRED","message":"HTTPS only."}}'),
  };
  return async (found: () => Promise<Answered>, url: string): Promise<Answered | null> => {
    if (plain === "serve") return await found();
    if (plain === "serve-then-refuse") return await found().then(() => refused);
    if (plain === "redirect") return { status: 308, headers: { location: origin() + url }, body: Buffer.alloc(0) };
    return plain === "close" ? null : refused;
  };
}

function forwarder(inner: string): { readonly ask: Forward; close(): void } {
  const { hostname, port } = new URL(inner);
  const agent = new Agent({ keepAlive: true });
  return {
    ask: ({ method, url, headers, body }) =>
      new Promise((resolve, reject) => {
        const kept = headers.filter(
          ([name]) => !["host", "connection", "content-length", "transfer-encoding", "keep-alive"].includes(name.toLowerCase()),
        );
        // Without a length, Node sends an empty body in chunks, which is a body.
        const hasLength = body.length > 0 || (method !== "GET" && method !== "HEAD");
        const flat = [...kept.flat(), "Host", `${hostname}:${port}`, ...(hasLength ? ["Content-Length", String(body.length)] : [])];
        const call = httpRequest({ host: hostname, port, method, path: url, headers: flat as never, agent }, (res) => {
          const chunks: Buffer[] = [];
          res.on("data", (chunk: Buffer) => chunks.push(chunk));
          res.on("end", () => {
            const { connection: _, "keep-alive": __, "transfer-encoding": ___, "content-length": ____, ...rest } = res.headers;
            resolve({ status: res.statusCode ?? 0, headers: rest as Answered["headers"], body: Buffer.concat(chunks) });
          });
        });
        call.on("error", reject);
        call.end(body);
      }),
    close: () => agent.destroy(),
  };
}

function read(req: IncomingMessage, connection: number): Promise<Received> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.on("error", reject);
    req.on("end", () => {
      const headers = Array.from(
        { length: req.rawHeaders.length / 2 },
        (_, i) => [req.rawHeaders[2 * i] as string, req.rawHeaders[2 * i + 1] as string] as const,
      );
      resolve({ method: req.method ?? "GET", url: req.url ?? "/", headers, body: Buffer.concat(chunks), connection });
    });
  });
}

function write(res: ServerResponse, { status, headers, body }: Answered, isHead: boolean): void {
  res.writeHead(status, { ...headers, ...(status === 204 || status === 304 ? {} : { "content-length": String(body.length) }) });
  res.end(isHead ? undefined : body);
}
