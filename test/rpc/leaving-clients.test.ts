/** Clients that leave before they are answered keep nothing from those who stay. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished, vi } from "vitest";
import { BOUNDS } from "../../emulator/rpc/bounds.ts";
import type { Feed } from "../../emulator/rpc/feed.ts";
import { httpTransport } from "../../emulator/rpc/http.ts";
import { subscriptionMethods } from "../../emulator/rpc/subscriptions.ts";

const LARGE = "x".repeat(8 * 2 ** 20);

it("over HTTP: answers that nobody waits for any more do not count as unread", async () => {
  let answered = 0;
  let leave = () => {};
  const server = createServer(
    httpTransport(
      () => null,
      () => null,
      async (text) => {
        if (text === "small") return "{}";
        leave();
        await sleep(100);
        answered += 1;
        return LARGE;
      },
    ),
  );
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const leavers = BOUNDS.unread / LARGE.length + 2;
  for (let i = 0; i < leavers; i++) {
    const leaving = new AbortController();
    leave = () => leaving.abort();
    await fetch(url, { method: "POST", body: "large", signal: leaving.signal }).catch(() => {});
  }
  await vi.waitFor(() => expect(answered).toBe(leavers));
  expect((await fetch(url, { method: "POST", body: "small" })).status).toBe(200);
});

it("over WebSocket: a subscription that is come to after the connection closed begins nothing", () => {
  const heads = vi.fn();
  const methods = subscriptionMethods({ heads } as unknown as Feed, () => "0x1");
  const peer = { notify: () => {}, subscriptions: new Map(), isGone: () => true };
  expect(() => methods.eth_subscribe?.(["newHeads"], peer)).toThrow("The connection is closed.");
  expect(heads).not.toHaveBeenCalled();
});
