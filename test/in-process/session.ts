/**
 * A test suite as others have it: two sandboxes in this process, one in memory and one in a folder, API and JSON-RPC on ports. When both
 * are closed nothing is left, and the process ends by itself.
 *
 *     node test/in-process/session.ts FOLDER
 */
import { WebSocket } from "ws";
import { LIBRARY } from "../support/package.ts";

const { createSandbox }: typeof import("../../emulator/sandbox.ts") = await import(LIBRARY);
const before = process.getActiveResourcesInfo();
const sandboxes = await Promise.all([
  createSandbox({ seed: 1 }),
  createSandbox({ dataDir: process.argv[2] as string, mining: { kind: "interval", every_ms: 100 } }),
]);
for (const sandbox of sandboxes) {
  const origin = await sandbox.listen();
  const { status } = await fetch(`${origin}/v1/users`, {
    method: "POST",
    headers: { authorization: `Bearer ${sandbox.apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({ email: "ada@example.com", display_name: "Ada Lovelace" }),
  });
  if (status !== 201) throw new Error(`${status}`);

  const socket = new WebSocket((await sandbox.listenRpc()).replace("http", "ws"));
  const answered = (id: number) =>
    new Promise((resolve) => socket.on("message", (data) => (JSON.parse(String(data)).id === id ? resolve(data) : null)));
  await new Promise((resolve) => socket.once("open", resolve));
  for (const [id, method, params] of [
    [1, "eth_blockNumber", []],
    [2, "eth_subscribe", ["newHeads"]],
  ] as const) {
    socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    await answered(id);
  }
  await sandbox.chain.mine(2);
}
// The subscribed sockets are left open: close() is what ends them.
const closing = performance.now();
await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
const closed = performance.now() - closing;
// fetch keeps its own connections for a moment.
await new Promise((resolve) => setTimeout(resolve, 100));
const left = process.getActiveResourcesInfo();
for (const each of before) if (left.includes(each)) left.splice(left.indexOf(each), 1);
const ended = performance.now();
process.on("exit", () =>
  console.log(JSON.stringify({ left, closed_ms: Math.round(closed), lingered_ms: Math.round(performance.now() - ended) })),
);
