/** The receiver of webhooks: it keeps exactly what it was sent, answers as it is told, and says when nothing can come to it. */
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type Hook, Receiver, type ReceiverPlace } from "../kit/receiver.ts";

const PATIENCE_MS = 20_000;
const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function receiver(place: ReceiverPlace = "loopback"): Promise<Receiver> {
  const found = await Receiver.open(place);
  open.push(found);
  return found;
}

const post = (url: string, body: string | Uint8Array<ArrayBuffer> = "{}", headers: Record<string, string> = {}) =>
  fetch(url, { method: "POST", body, headers, redirect: "manual" });
const texts = (hooks: readonly Hook[]) => hooks.map(({ body }) => body.toString());

describe("an inbox", () => {
  it("keeps method, headers and every byte of the body", async () => {
    const inbox = (await receiver()).inbox();
    const bytes = Uint8Array.from({ length: 300_000 }, (_, at) => at % 256);
    const before = Date.now();
    const answer = await post(inbox.url, bytes, { "Webhook-Id": "evt_1", "Content-Type": "application/json" });
    expect(answer.status).toBe(204);
    const [hook] = inbox.hooks;
    expect(hook).toMatchObject({ method: "POST", headers: { "webhook-id": "evt_1", "content-type": "application/json" } });
    expect(hook?.body.equals(bytes)).toBe(true);
    expect(hook?.at).toBeGreaterThanOrEqual(before);
    expect(hook?.at).toBeLessThanOrEqual(Date.now());
  });

  it("is its own: another address is nobody's", async () => {
    const all = await receiver();
    const [one, two] = [all.inbox(), all.inbox()];
    expect(one.url).not.toBe(two.url);
    await post(one.url, "one");
    await post(two.url, "two");
    expect((await post(new URL("/hook-nobody", one.url).href)).status).toBe(404);
    expect([texts(one.hooks), texts(two.hooks)]).toEqual([["one"], ["two"]]);
  });

  it("answers with a status, changed while it listens, or by sending elsewhere", async () => {
    const inbox = (await receiver()).inbox(500);
    expect((await post(inbox.url)).status).toBe(500);
    inbox.manner = 410;
    expect((await post(inbox.url)).status).toBe(410);
    inbox.manner = { location: "http://example.com/else" };
    const moved = await post(inbox.url);
    expect([moved.status, moved.headers.get("location")]).toEqual([302, "http://example.com/else"]);
    expect(inbox.hooks).toHaveLength(3);
  });

  it("hangs when it is told to: it has the webhook, and never answers; closing it hangs up", async () => {
    const all = await Receiver.open("loopback");
    const inbox = all.inbox("hang");
    const answer = post(inbox.url, "late").then(
      ({ status }) => status,
      () => "no answer",
    );
    expect(texts(await inbox.count(1, PATIENCE_MS))).toEqual(["late"]);
    await all.close();
    expect(await answer).toBe("no answer");
  });

  it("survives a sender that hangs up in the middle of a body", async () => {
    const inbox = (await receiver()).inbox();
    const { hostname, port, pathname } = new URL(inbox.url);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(`POST ${pathname} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf`, () =>
          setTimeout(() => socket.resetAndDestroy(), 50),
        );
      });
      socket.on("close", () => resolve());
    });
    await post(inbox.url, "whole");
    expect(texts(inbox.hooks)).toEqual(["whole"]);
  });
});

describe("count", () => {
  it("resolves with those that fit as soon as there are enough", async () => {
    const inbox = (await receiver()).inbox();
    const wanted = inbox.count(2, PATIENCE_MS, ({ body }) => body.toString().startsWith("b"));
    for (const body of ["a", "b1", "a", "b2"]) await post(inbox.url, body);
    expect(texts(await wanted)).toEqual(["b1", "b2"]);
  });

  it("gives what there is when the time is over", async () => {
    const inbox = (await receiver()).inbox();
    await post(inbox.url, "one");
    expect(texts(await inbox.count(2, 50))).toEqual(["one"]);
    expect(await inbox.count(1, 0, () => false)).toEqual([]);
  });
});

describe("a public address", () => {
  const serving = async (answer: (url: string) => Promise<number>) => {
    const server = createServer(async (req, res) => res.writeHead(await answer(req.url ?? "")).end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    open.push({ close: () => new Promise((resolve) => server.close(resolve)) });
    return (server.address() as AddressInfo).port;
  };
  const freePort = async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
  };

  it("that leads here is taken; inboxes are below it", async () => {
    const port = await freePort();
    const tunnel = await serving(async (url) => (await post(`http://127.0.0.1:${port}${url}`)).status);
    const all = await receiver({ url: `http://127.0.0.1:${tunnel}/deep/down/`, listen: `127.0.0.1:${port}` });
    const inbox = all.inbox();
    expect(inbox.url).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${tunnel}/deep/down/hook-`));
    expect((await post(inbox.url)).status).toBe(204);
    expect(inbox.hooks).toHaveLength(1);
  });

  it.each([
    [
      "leads to somebody else",
      async () => ({ url: `http://127.0.0.1:${await serving(async () => 200)}`, listen: "127.0.0.1:0" }),
      /answers 200, but does not lead to/,
    ],
    [
      "nobody answers at",
      async () => ({ url: "http://127.0.0.1:9", listen: "127.0.0.1:0" }),
      /the webhook receiver http:\/\/127\.0\.0\.1:9 cannot be reached/,
    ],
    [
      "is to come to a port that is taken",
      async () => ({ url: "http://127.0.0.1:9", listen: `127.0.0.1:${await serving(async () => 200)}` }),
      /cannot listen on .*EADDRINUSE.*--webhook-listen/,
    ],
    [
      "is to come to a host that is not this one",
      async () => ({ url: "http://127.0.0.1:9", listen: "192.0.2.1:0" }),
      /cannot listen on 192\.0\.2\.1:0/,
    ],
  ] as const)("that %s is exit code 3 with its reason", async (_, place, message) => {
    const error = await Receiver.open(await place()).then(
      () => null,
      (found: Error) => found,
    );
    expect(error?.name).toBe("TargetUnusable");
    expect(error?.message).toMatch(message);
  });
});
