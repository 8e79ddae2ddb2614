/** GET /_sandbox/events: what happens, as it happens, to whoever reads; what was missed, to who comes back. */
import { get as httpGet, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { afterEach, expect, it, vi } from "vitest";
import { messagesOf, type StreamMessage } from "../../emulator/cli/event-source.ts";
import type { Resent } from "../../emulator/control/controls.ts";
import { OpenStreams } from "../../emulator/http/control/open-streams.ts";
import type { SandboxOptions } from "../../emulator/sandbox-api.ts";
import { newUser, type World, world } from "../support/client.ts";

let here: World;
let origin: string;
const open = async (options: SandboxOptions = {}) => {
  here = await world(options);
  origin = await here.sandbox.listen();
};
afterEach(async () => {
  vi.useRealTimers();
  await here.sandbox.close();
});

interface Stream {
  readonly response: IncomingMessage;
  next(): Promise<StreamMessage | null>;
}

const connectTo = (headers: Record<string, string> = {}, query = "kinds=event") =>
  new Promise<IncomingMessage>((resolve) => httpGet(`${origin}/_sandbox/events?${query}`, { headers }, resolve));

async function stream(headers: Record<string, string> = {}, query?: string): Promise<Stream> {
  const response = await connectTo(headers, query);
  const messages = messagesOf(response);
  return { response, next: async () => (await messages.next()).value ?? null };
}

const control = async (path: string) =>
  ((await (await fetch(`${origin}/_sandbox${path}`, { method: "POST" })).json()) as { data: Resent }).data;
const newest = async () => (await here.api.get("/events?limit=1").expect(200)).body.data.items[0];

it("tells each event as it is recorded, where the reader stands, and of a reset", async () => {
  await open();
  const { next } = await stream();
  expect(await next()).toEqual({ event: "watching", id: "none", data: { missed: { known: true, events: [], more: false } } });
  await newUser(here.api);
  const event = await newest();
  expect(await next()).toEqual({ event: "event", id: event.id, data: event });
  await newUser(here.api);
  expect(await next()).toMatchObject({ event: "event" });
  // What is sent again does not move the reader back.
  expect(await control(`/events/${event.id}/resend`)).toEqual({
    event_id: event.id,
    event_type: "user.created",
    deliveries: [],
    watchers: 1,
  });
  expect(await next()).toEqual({ event: "resent", id: null, data: event });
  await control("/reset");
  expect(await next()).toEqual({ event: "reset", id: "none", data: {} });
});

it("tells each request as it is answered without its bodies, after its events", async () => {
  await open();
  const { next } = await stream({}, "");
  await next();
  const user = await newUser(here.api);
  const told = [await next(), await next()];
  expect(told).toMatchObject([
    { event: "event", data: { type: "user.created" } },
    { event: "request", id: null, data: { operation_id: "createUser", method: "POST", path: "/v1/users", status: 201 } },
  ]);
  expect(JSON.stringify(told[1])).not.toContain(user.email);
});

it("tells only requests that fit, and does not count such a reader among those who get what is sent again", async () => {
  await open();
  const { next } = await stream({}, "kinds=request&status=4XX&path=/users");
  await next();
  await newUser(here.api);
  await here.api.get("/users/usr_1").expect(404);
  await here.api.post("/users", {}).expect(400);
  expect(await next()).toMatchObject({ event: "request", data: { status: 400 } });
  expect(await control(`/events/${(await newest()).id}/resend`)).toMatchObject({ watchers: 0 });
  for (const query of ["kinds=nothing", "status=6XX", "colour=red"]) {
    expect([query, (await connectTo({}, query)).statusCode]).toEqual([query, 400]);
  }
});

it("tells who comes back what they missed", async () => {
  await open();
  await newUser(here.api);
  const seen = await newest();
  const missed = [];
  for (let i = 0; i < 3; i++) {
    await newUser(here.api);
    missed.push({ id: (await newest()).id, type: "user.created" });
  }
  const latest = missed.at(-1)?.id;
  const first = async (id: string) => await (await stream({ "Last-Event-ID": id })).next();
  expect(await first(seen.id)).toEqual({ event: "watching", id: latest, data: { missed: { known: true, events: missed, more: false } } });
  expect(await first(`${latest}`)).toMatchObject({ data: { missed: { known: true, events: [] } } });
  const all = [{ id: seen.id, type: "user.created" }, ...missed];
  expect(await first("none")).toMatchObject({ data: { missed: { known: true, events: all } } });
  expect(await first("evt_of_another_sandbox")).toMatchObject({ id: latest, data: { missed: { known: false, events: [] } } });
});

it("cuts off who does not read, and goes on for who does", { timeout: 120_000 }, async () => {
  await open();
  const metadata = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`key-${i}`, "x".repeat(500)]));
  await newUser(here.api, { metadata });
  const { id, ...event } = await newest();
  const size = JSON.stringify(event).length;
  const reader = await stream();
  await reader.next();
  const { port } = new URL(origin);
  const idle = connect(Number(port), "127.0.0.1");
  idle.on("error", () => {});
  idle.write(`GET /_sandbox/events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  idle.pause();

  const resend = async () => (await control(`/events/${id}/resend`)).watchers;
  await expect.poll(resend).toBe(2);
  let sent = 0;
  const MIB = 2 ** 20;
  while ((await resend()) === 2 && sent < 64 * MIB) {
    sent += size;
    // Whoever reads is told of each.
    expect((await reader.next())?.event).toBe("resent");
  }
  // 8 MiB are kept for it; the rest is what the kernel holds between two sockets.
  expect(sent).toBeGreaterThan(7 * MIB);
  expect(sent).toBeLessThan(32 * MIB);
  idle.destroy();
});

it("serves no more than 100 at once, and one more when one has left", async () => {
  await open();
  const all = await Promise.all(Array.from({ length: 100 }, () => connectTo()));
  expect(all.filter(({ statusCode }) => statusCode !== 200)).toEqual([]);
  const refused = await connectTo();
  expect([refused.statusCode, (await refused.setEncoding("utf8").toArray()).join("")]).toEqual([
    409,
    expect.stringContaining("STREAM_LIMIT"),
  ]);
  expect((await fetch(`${origin}/_sandbox/events`, { method: "HEAD" })).status).toBe(200);
  all[0]?.destroy();
  await expect.poll(async () => (await connectTo()).statusCode).toBe(200);
  for (const each of all) each.destroy();
});

it("cuts off the one that leaves most unread when all together leave too much", () => {
  const bounds = { streams: 10, unread: 100, sum: 300 };
  const cut: string[] = [];
  const streams = new OpenStreams(bounds);
  const opened = ["a", "b", "c", "d"].map((name) => {
    const stream = { writableLength: 0, destroy: () => stream as never };
    streams.add(stream, () => {
      cut.push(name);
      streams.delete(stream);
    });
    return stream;
  });
  const write = (at: number, bytes: number) => {
    const stream = opened[at] as (typeof opened)[number];
    stream.writableLength += bytes;
    streams.written(stream);
  };
  write(0, 90);
  write(1, 95);
  write(2, 90);
  write(3, 25);
  expect(cut).toEqual([]);
  write(3, 25);
  expect(cut).toEqual(["b"]);
  write(0, 11);
  expect(cut).toEqual(["b", "a"]);
});

it("says from time to time that it is there", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  await open();
  const response = await connectTo();
  let heard = "";
  response.on("data", (chunk) => (heard += chunk));
  await expect.poll(() => heard).toContain("watching");
  vi.advanceTimersByTime(30_000);
  await expect.poll(() => heard.split("\n\n").slice(1)).toEqual([": still here", ": still here", ""]);
});

it("ends in good order when the sandbox does", async () => {
  await open();
  const { response, next } = await stream();
  await next();
  const closing = here.sandbox.close();
  expect(await next()).toBe(null);
  expect(response.complete).toBe(true);
  await closing;
});

it("asks for the control token where there is one", async () => {
  await open({ controlToken: "s3cret-of-16-characters" });
  const refused = await stream();
  expect(refused.response.statusCode).toBe(401);
  refused.response.resume();
  const { next } = await stream({ Authorization: "Bearer s3cret-of-16-characters" });
  expect(await next()).toMatchObject({ event: "watching" });
  for (const path of ["/events/secret", "/events/evt_x/resend"]) expect((await fetch(`${origin}/_sandbox${path}`)).status).toBe(401);
});
