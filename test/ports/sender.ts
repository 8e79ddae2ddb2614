import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Sender } from "../../emulator/ports/sender.ts";
import { type Manner, Receiver } from "../support/receiver.ts";

/** What every adapter of the sender port does (emulator/ports/sender.ts). `create` takes the time-out of an attempt in ms. */
export function shouldBehaveLikeSender(name: string, create: (timeoutMs?: number) => Sender): void {
  describe(`${name}: a sender`, () => {
    let sender: Sender;
    let receiver: Receiver;
    const everywhere = () => true;
    const post = (url = receiver.url, allows: (address: string) => boolean = everywhere, from = sender) =>
      from.post({ url, headers: { "Content-Type": "application/json", "webhook-id": "evt_1" }, body: '{"ü":1}', allows });

    beforeEach(async () => {
      sender = create();
      receiver = await Receiver.open();
    });
    afterEach(async () => {
      await sender.close();
      await receiver.close();
    });

    it("POSTs the exact bytes with the headers", async () => {
      expect(await post()).toEqual({ response_status: 200, error: null, retry_after_ms: null });
      const [got] = receiver.received;
      expect([got?.body, got?.headers["webhook-id"], got?.headers["content-length"]]).toEqual(['{"ü":1}', "evt_1", "8"]);
    });

    it("a name below localhost is this machine, whatever resolvers say (RFC 6761, 6.3)", async () => {
      expect((await post(receiver.url.replace("127.0.0.1", "app.localhost"))).response_status).toBe(200);
      expect(receiver.received[0]?.headers.host).toMatch(/^app\.localhost:/);
    });

    it.each([204, 301, 307, 410, 429, 500, 503])("answers are told by their status: %i; none is followed", async (status) => {
      receiver.manner = (res) => res.writeHead(status, { Location: receiver.url }).end();
      expect((await post()).response_status).toBe(status);
      expect(receiver.received).toHaveLength(1);
    });

    it("Retry-After counts in seconds and as a date", async () => {
      receiver.manner = (res) => res.writeHead(429, { "Retry-After": "120" }).end();
      expect((await post()).retry_after_ms).toBe(120_000);
      receiver.manner = (res) => res.writeHead(503, { "Retry-After": new Date(Date.now() + 60_000).toUTCString() }).end();
      expect((await post()).retry_after_ms).toBeGreaterThan(55_000);
      receiver.manner = (res) => res.writeHead(429, { "Retry-After": "soon" }).end();
      expect((await post()).retry_after_ms).toBeNull();
    });

    it.each<[string, Manner]>([
      ["connection_reset", (_res, _got, socket) => socket.resetAndDestroy()],
      ["connection_reset", (_res, _got, socket) => socket.end()],
      ["invalid_response", (_res, _got, socket) => socket.end("I am not HTTP\r\n\r\n")],
    ])("%s", async (error, manner) => {
      receiver.manner = manner;
      expect(await post()).toEqual({ response_status: null, error, retry_after_ms: null });
    });

    it("a receiver that says nothing is a timeout, and its connection is closed", async () => {
      receiver.manner = () => {};
      const impatient = create(80);
      expect((await post(receiver.url, everywhere, impatient)).error).toBe("timeout");
      await expect.poll(() => receiver.connections).toBe(0);
      await impatient.close();
    });

    it("one that accepts and stays silent is one too", async () => {
      const sockets: Socket[] = [];
      const mute = createServer((socket) => void sockets.push(socket)).listen(0, "127.0.0.1");
      await once(mute, "listening");
      const { port } = mute.address() as { port: number };
      const impatient = create(80);
      expect((await post(`http://127.0.0.1:${port}/`, everywhere, impatient)).error).toBe("timeout");
      await impatient.close();
      for (const socket of sockets) socket.destroy();
      mute.close();
    });

    it("nobody there is connection_refused; no such name is dns; no certificate is tls", async () => {
      await receiver.close();
      expect((await post()).error).toBe("connection_refused");
      expect((await post("http://nobody.invalid/hooks")).error).toBe("dns");
      receiver = await Receiver.open();
      expect((await post(receiver.url.replace("http:", "https:"))).error).toBe("tls");
    });

    it("an address that is not allowed is not called, neither written nor resolved", async () => {
      const nowhere = () => false;
      expect((await post(receiver.url, nowhere)).error).toBe("url_not_allowed");
      const seen: string[] = [];
      const resolved = await post(receiver.url.replace("127.0.0.1", "localhost"), (address) => {
        seen.push(address);
        return false;
      });
      expect([resolved.error, receiver.received]).toEqual(["url_not_allowed", []]);
      expect(seen.every((address) => /^(127\.|::1)/.test(address))).toBe(true);
      expect((await post("http://[::1]:1/", nowhere)).error).toBe("url_not_allowed");
    });

    it("an endless answer is cut off, and counts as what its status says", async () => {
      receiver.manner = (res) => {
        res.writeHead(200);
        const more = setInterval(() => res.write("x".repeat(65_536)), 1);
        res.on("close", () => clearInterval(more));
      };
      expect((await post()).response_status).toBe(200);
      await expect.poll(() => receiver.connections).toBe(0);
    });
  });
}
