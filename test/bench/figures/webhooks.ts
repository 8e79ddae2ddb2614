import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createSandbox } from "../../../emulator/sandbox.ts";
import type { Figure, Values } from "../figure.ts";
import { load } from "../load.ts";

const SCRIPT = fileURLToPath(new URL("../receiver.ts", import.meta.url));
const LIMITS = { perSecond: 1_000_000, perHour: 100_000_000 };
const SECONDS = 6;
const QUEUED = 10_000;
const DELIVERIES = 3000;

/** What waits beside: nothing, or so many deliveries to an endpoint that answers after two seconds. */
const VARIANTS = ["alone", "10 000 queued beside"];

export const webhooks: Figure = {
  title:
    "deliveries a second to a fast endpoint; GET and mint at 20 connections; alone, and with 10 000 deliveries queued to a slow endpoint",
  rounds: 3,
  variants: VARIANTS,
  async measure(variant, scratch): Promise<Values> {
    const sandbox = await createSandbox({ limits: LIMITS, dataDir: `${scratch}/webhooks-${process.pid}` });
    const origin = await sandbox.listen();
    const headers = { Authorization: `Bearer ${sandbox.apiKey}` };
    const post = async (path: string, body: unknown) => {
      const init = { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(body) };
      return ((await (await fetch(`${origin}/v1${path}`, init)).json()) as { data: { id: string } }).data;
    };
    const user = await post("/users", { email: "ada@example.com", display_name: "Ada Lovelace" });
    const receivers = [await receiver(0), await receiver(2000)] as const;
    const [fast, slow] = receivers;
    // Only these events: what is measured afterwards adds nothing to the queue. Alone, the same users are made.
    if (variant !== "alone") await post("/webhook-endpoints", { url: slow.url, enabled_events: ["user.created"] });
    const person = (i: number) => ({ email: `learner-${i}@example.com`, display_name: "Learner" });
    for (let i = 0; i < QUEUED; i += 50) await Promise.all(Array.from({ length: 50 }, (_, j) => post("/users", person(i + j))));
    const get = await load({ url: `${origin}/v1/users/${user.id}`, headers, seconds: SECONDS });
    const mint = await load({ url: `${origin}/v1/tokens/mint`, headers, body: { user_id: user.id, amount: "1" }, seconds: SECONDS });
    const deliveries_per_s = await deliver(post, user, fast);
    for (const { child } of receivers) child.kill();
    return {
      deliveries_per_s,
      get_per_s: get.requests_per_s ?? Number.NaN,
      get_p99_ms: get.p99_ms ?? Number.NaN,
      mint_per_s: mint.requests_per_s ?? Number.NaN,
      mint_p99_ms: mint.p99_ms ?? Number.NaN,
    };
  },
  judge: ({ alone, "10 000 queued beside": beside }) => {
    const ratio = (name: string) => ((beside?.[name] ?? Number.NaN) / (alone?.[name] ?? Number.NaN)).toFixed(2);
    return [
      `p99 beside ÷ alone: GET ${ratio("get_p99_ms")}, mint ${ratio("mint_p99_ms")} (aim 1.2)`,
      `deliveries to the fast endpoint, beside ÷ alone: ${ratio("deliveries_per_s")} (aim 1)`,
    ];
  },
};

type Post = (path: string, body: unknown) => Promise<{ id: string }>;

/** Many deliveries are made to wait at a closed door; how fast they go through once it opens. */
async function deliver(post: Post, user: { id: string }, fast: Receiver): Promise<number> {
  fast.child.send("shut");
  await post("/webhook-endpoints", { url: fast.url, enabled_events: ["token.transaction.created"] });
  fast.child.send(DELIVERIES);
  for (let i = 0; i < DELIVERIES; i += 50) {
    await Promise.all(Array.from({ length: 50 }, () => post("/tokens/mint", { user_id: user.id, amount: "1" })));
  }
  const began = performance.now();
  fast.child.send("open");
  await once(fast.child, "message");
  return (1000 * DELIVERIES) / (performance.now() - began);
}

interface Receiver {
  readonly child: ChildProcess;
  readonly url: string;
}

async function receiver(delayMs: number): Promise<Receiver> {
  const child = fork(SCRIPT, [String(delayMs)]);
  const [{ url }] = (await once(child, "message")) as [{ url: string }];
  return { child, url };
}
