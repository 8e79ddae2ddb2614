/** A connection on which nothing comes is closed, under TLS as in clear: thousands of them would otherwise stay until the sandbox ends. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCertificates } from "../../emulator/adapters/crypto/certificates.ts";
import { listen } from "../../emulator/http/server.ts";
import { newFolder } from "../support/folder.ts";

/** What is a minute for users, in ms. */
const patience = 300;

const refused: string[] = [];
const recorder = { requestId: () => "req_1", refused: ({ code }: { code: string }) => void refused.push(code) };
const servers: Awaited<ReturnType<typeof listen>>[] = [];
beforeAll(async () => {
  const certificate = await openCertificates(newFolder()).issue(["127.0.0.1"]);
  for (const more of [{}, { certificate }]) {
    servers.push(await listen((_req, res) => res.end("here"), { host: "127.0.0.1", port: 0, patience, ...more }, recorder));
  }
});
afterAll(() => Promise.all(servers.map((server) => server.close())));

/** Resolves with what was answered when the server has closed the connection. */
async function closing(socket: Socket): Promise<string> {
  let text = "";
  socket.setEncoding("latin1").on("data", (chunk) => (text += chunk));
  socket.on("error", () => {});
  await once(socket, "close");
  return text;
}

const HELLO = Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]);

describe.each([
  ["in clear", 0],
  ["under TLS", 1],
])("%s", (_how, which) => {
  it.each<[string, string | Buffer]>([
    ["nothing", ""],
    ["the first byte of TLS", HELLO.subarray(0, 1)],
    ["the beginning of a handshake", HELLO],
    ["the beginning of a request", "GET / HTTP/1.1\r\nHost:"],
  ])("%s", async (_what, bytes) => {
    const socket = connect((servers[which] as { port: number }).port, "127.0.0.1");
    if (bytes.length > 0) socket.write(bytes);
    await closing(socket);
  });
});

it("under TLS, a handshake and no request", async () => {
  const socket = connectTls({ port: (servers[1] as { port: number }).port, host: "127.0.0.1", rejectUnauthorized: false });
  await once(socket, "secureConnect");
  expect(await closing(socket)).toMatch(/^HTTP\/1\.1 400 /);
});

it("a handshake that fails is no request", async () => {
  refused.length = 0;
  const socket = connect((servers[1] as { port: number }).port, "127.0.0.1");
  socket.write(Buffer.concat([HELLO, Buffer.alloc(600, 1)]));
  await closing(socket);
  expect(refused).toEqual([]);
});

it("one that is used again in time stays open", async () => {
  const socket = connectTls({ port: (servers[1] as { port: number }).port, host: "127.0.0.1", rejectUnauthorized: false });
  let answers = 0;
  socket.setEncoding("latin1").on("data", (chunk) => (answers += chunk.split("HTTP/1.1 200").length - 1));
  for (let sent = 1; sent <= 3; sent++) {
    socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await expect.poll(() => answers).toBe(sent);
    await new Promise((resolve) => setTimeout(resolve, patience * 0.7));
  }
  expect(socket.destroyed).toBe(false);
  socket.destroy();
});
