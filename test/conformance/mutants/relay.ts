import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Handler, Surroundings } from "./mutant.ts";
import { jsonOf, withBody } from "./tamper.ts";

/** A webhook on its way from the emulator to the receiver. */
export interface Outgoing {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly secret: string;
}

/** Sends a webhook on; resolves with the receiver's answer. */
export type Post = (hook: Outgoing) => Promise<{ readonly status: number; readonly location?: string | null }>;

/** What becomes of a webhook; returns what the emulator is told. */
export type Deliver = (
  hook: Outgoing,
  post: Post,
  here: Surroundings,
) => Promise<{ readonly status: number; readonly location?: string | null }>;

/**
 * A server whose webhooks are wrong: endpoints are registered with a relay of this process instead of where they should go, and what comes
 * there is delivered as `deliver` says. Answers show the address that was asked for.
 */
export function relayed(deliver: Deliver): (here: Surroundings) => Handler {
  return (here) => {
    const places = new Map<string, { url: string; secret: string }>();
    return async (request, forward) => {
      if (!request.url.startsWith("/v1/webhook-endpoints")) return await forward(request);
      const asked = request.method === "POST" && request.url === "/v1/webhook-endpoints" ? jsonOf(request) : undefined;
      let sent = request;
      let place: { url: string; secret: string } | null = null;
      if (String(asked?.url).startsWith("http://127.0.0.1")) {
        place = { url: asked.url, secret: "" };
        const own = place;
        const url = await register(async (headers, body) => await deliver({ url: own.url, headers, body, secret: own.secret }, post, here));
        places.set(url, place);
        sent = withBody(request, { ...asked, url });
      }
      const found = await forward(sent);
      let text = found.body.toString();
      for (const [url, { url: original }] of places) text = text.replaceAll(url, original);
      const { data } = jsonOf({ body: Buffer.from(text) }) ?? {};
      const known = place ?? [...places.values()].find(({ url }) => url === data?.url);
      if (known && typeof data?.secret === "string") known.secret = data.secret;
      return { ...found, body: Buffer.from(text) };
    };
  };
}

/** The signature that a changed webhook would have. */
export function signed(hook: Outgoing, text = `${hook.headers["webhook-id"]}.${hook.headers["webhook-timestamp"]}.${hook.body}`): Outgoing {
  const key = Buffer.from(hook.secret.slice(6), "base64");
  const signature = `v1,${createHmac("sha256", key).update(text).digest("base64")}`;
  return { ...hook, headers: { ...hook.headers, "webhook-signature": signature } };
}

/** Sends again by a schedule of its own, until a 2xx. The emulator is told that all is well. */
export function retrying(
  delays: readonly number[],
  change: (hook: Outgoing, attempt: number) => Outgoing = (hook) => hook,
): (here: Surroundings) => Handler {
  return relayed(async (hook, post, here) => {
    const again = async () => {
      for (const [attempt, ms] of delays.entries()) {
        const { status } = await after(ms, here, () => post(signed(change(hook, attempt + 1))));
        if (status < 300) return;
      }
    };
    if ((await post(hook)).status >= 300) void again().catch(() => {});
    return { status: 204 };
  });
}

/** Work of relays that waits for its time, or is being done. */
const waiting = new Set<{ isDue(): boolean }>();

/** Does it when this much time has passed for the server, whose clock is moved. */
async function after<T>(ms: number, { now }: Surroundings, work: () => Promise<T>): Promise<T> {
  const until = now() + ms;
  const entry = { isDue: () => now() >= until };
  waiting.add(entry);
  try {
    // A server that is no longer looked at is not waited for.
    for (const begun = performance.now(); !entry.isDue() && performance.now() - begun < 60_000; ) await delay(5);
    return await work();
  } finally {
    waiting.delete(entry);
  }
}

/** Resolves when nothing is due any more: who moves a clock leaves no due work behind. */
export async function relaysSettled(): Promise<void> {
  while ([...waiting].some((entry) => entry.isDue())) await delay(1);
}

const post: Post = async ({ url, headers, body }) => {
  const answer = await fetch(url, {
    method: "POST",
    headers,
    body: new Uint8Array(body),
    redirect: "manual",
    signal: AbortSignal.timeout(5000),
  });
  return { status: answer.status, location: answer.headers.get("location") };
};

type Take = (headers: Readonly<Record<string, string>>, body: Buffer) => ReturnType<Deliver>;
const takers = new Map<string, Take>();
let opening: Promise<string> | null = null;

async function register(take: Take): Promise<string> {
  opening ??= open();
  const name = `/relay-${takers.size}-${Date.now()}`;
  takers.set(name, take);
  return (await opening) + name;
}

/** One relay a process; it does not keep the process. */
async function open(): Promise<string> {
  const server = createServer(async (req, res) => {
    const body = await bodyOf(req);
    const { host: _, connection: __, "content-length": ___, ...headers } = req.headers as Record<string, string>;
    const told = await takers
      .get(req.url ?? "")?.(headers, body)
      .catch(() => ({ status: 502, location: null }));
    res.writeHead(told?.status ?? 404, told?.location ? { location: told.location } : {}).end();
  });
  server.unref();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function bodyOf(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
