/**
 * A receiver of webhooks in a process of its own: answers each after so many ms (`node receiver.ts 2000`). Told "shut" it holds its
 * answers until it is told "open"; told a number it says when so many have been answered since.
 */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const delay = Number(process.argv[2] ?? 0);
const held: ServerResponse[] = [];
let isOpen = true;
let answered = 0;
let wanted = Number.POSITIVE_INFINITY;

function answer(res: ServerResponse): void {
  res.writeHead(204).end();
  answered += 1;
  if (answered === wanted) process.send?.({ answered });
}

const server = createServer((req, res) => {
  req.resume();
  req.on("end", () => {
    if (!isOpen) held.push(res);
    else if (delay > 0) setTimeout(() => answer(res), delay);
    else answer(res);
  });
}).listen(0, "127.0.0.1", () => process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks` }));

process.on("message", (message) => {
  if (typeof message === "number") wanted = answered + message;
  else isOpen = message === "open";
  if (isOpen) for (const res of held.splice(0)) answer(res);
});
process.on("disconnect", () => process.exit());
