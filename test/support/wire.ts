import { connect } from "node:net";
import type { Answer } from "./answers.ts";

/** Sends bytes to a server as they are (`later`: more, after some ms) and reads the answer until the connection ends or the answer is whole. */
export function sendRaw(origin: string, bytes: string | Buffer, later?: { readonly ms: number; readonly bytes: string }): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin);
    const socket = connect(Number(port), hostname);
    let received = "";
    socket.setEncoding("latin1");
    socket.on("data", (chunk) => {
      received += chunk;
      if (isWhole(received)) socket.end();
    });
    socket.on("error", (error: NodeJS.ErrnoException) => (received === "" ? reject(error) : undefined));
    socket.on("close", () => (received === "" ? reject(new Error("closed without an answer")) : resolve(parseAnswer(received))));
    socket.write(bytes);
    if (later) setTimeout(() => socket.write(later.bytes), later.ms);
  });
}

/** The lines of a request, ended as HTTP wants; a Host unless one is among them. */
export function lines(first: string, ...headers: string[]): string {
  const host = headers.some((header) => /^host:/i.test(header)) ? [] : ["Host: 127.0.0.1"];
  return `${[first, ...host, ...headers].join("\r\n")}\r\n\r\n`;
}

export function parseAnswer(received: string): Answer {
  const end = received.indexOf("\r\n\r\n");
  const [start = "", ...fields] = received.slice(0, end).split("\r\n");
  const headers = Object.fromEntries(
    fields.map((field) => [field.slice(0, field.indexOf(":")).toLowerCase(), field.slice(field.indexOf(":") + 1).trim()]),
  );
  const length = headers["content-length"] === undefined ? undefined : end + 4 + Number(headers["content-length"]);
  return { status: Number(start.split(" ")[1]), headers, text: Buffer.from(received.slice(end + 4, length), "latin1").toString() };
}

/** Whether the answer has all of its body, told by its Content-Length. */
function isWhole(received: string): boolean {
  const end = received.indexOf("\r\n\r\n");
  const length = /^content-length: *(\d+)/im.exec(received.slice(0, end + 2));
  return end >= 0 && length !== null && received.length >= end + 4 + Number(length[1]);
}
