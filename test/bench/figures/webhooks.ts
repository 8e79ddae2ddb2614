import { Worker } from "node:worker_threads";
import { createSandbox } from "../../../emulator/sandbox.ts";
import type { Figure, Values } from "../figure.ts";
import { load } from "../load.ts";

const LIMITS = { perSecond: 1_000_000, perHour: 100_000_000 };
const SECONDS = 6;
const QUEUED = 10_000;
const AT_ONCE = 20;

/** A receiver in a thread of its own: `fast` answers at once, `slow` never does. It tells how many came. */
const RECEIVER = `
const { parentPort, workerData } = require("node:worker_threads");
let count = 0;
const server = require("node:http").createServer((req, res) => {
  req.resume().on("end", () => { count += 1; if (workerData === "fast") res.writeHead(204).end(); });
}).listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
parentPort.on("message", () => parentPort.postMessage(count));
`;

async function receiver(manner: "fast" | "slow") {
  const worker = new Worker(RECEIVER, { eval: true, workerData: manner });
  const told = () => new Promise<number>((resolve) => worker.once("message", resolve));
  const url = `http://127.0.0.1:${await told()}/hooks`;
  const count = () => {
    const answer = told();
    worker.postMessage("count");
    return answer;
  };
  return { url, count };
}

export const webhooks: Figure = {
  title: `deliveries to a receiver that answers at once; and GET of a user, and that receiver, beside ${QUEUED} deliveries queued for one that never does`,
  rounds: 3,
  variants: ["alone", "beside a queue"],
  async measure(variant): Promise<Values> {
    const sandbox = await createSandbox({ limits: LIMITS });
    const origin = await sandbox.listen();
    const headers = { Authorization: `Bearer ${sandbox.apiKey}` };
    const post = async (path: string, body: object) => {
      const sent = { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(body) };
      return ((await (await fetch(`${origin}/v1${path}`, sent)).json()) as { data: { id: string } }).data;
    };
    let made = 0;
    const users = async (wanted: number) => {
      const last = made + wanted;
      const one = () => post("/users", { email: `user${made++}@example.com`, display_name: "User" });
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          while (made < last) await one();
        }),
      );
    };

    const slow = await receiver("slow");
    if (variant === "beside a queue") await post("/webhook-endpoints", { url: slow.url });
    await users(QUEUED);
    const user = await post("/users", { email: "ada@example.com", display_name: "Ada" });
    const get = await load({ url: `${origin}/v1/users/${user.id}`, headers, seconds: SECONDS });

    const fast = await receiver("fast");
    await post("/webhook-endpoints", { url: fast.url });
    const began = performance.now();
    await users(2000);
    while ((await fast.count()) < 2000) await new Promise((resolve) => setTimeout(resolve, 10));
    const deliveries_per_s = 2000 / ((performance.now() - began) / 1000);
    return { get_per_s: get.requests_per_s ?? 0, get_p99_ms: get.p99_ms ?? 0, deliveries_per_s };
  },
  judge: ({ alone, "beside a queue": beside }) => [
    `p99 of GET beside the queue ÷ alone: ${((beside?.get_p99_ms ?? 0) / (alone?.get_p99_ms ?? 1)).toFixed(2)} (aim 1.2)`,
    `deliveries to the fast receiver beside the queue ÷ alone: ${((beside?.deliveries_per_s ?? 0) / (alone?.deliveries_per_s ?? 1)).toFixed(2)}`,
  ],
};
