/** How long a moved clock waits for receivers: time is the test's own. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { NO_DELIVERY_FAULTS } from "../../emulator/model/webhook.ts";
import type { SendResult } from "../../emulator/ports/sender.ts";
import { Dispatcher, type DispatcherParts } from "../../emulator/services/dispatcher.ts";
import { only } from "../support/only.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Deliveries to receivers that answer when the test says so. */
function waitingRoom() {
  const answers = new Map<string, (result: SendResult) => void>();
  const record = (id: string) => ({ id, endpoint_id: id.split("-")[0] as string, status: "pending", queued: true, attempts: [] });
  const rows = {
    webhook_deliveries: (id: string) => ({ ...record(id), event_id: "evt" }),
    webhook_endpoints: (id: string) => ({ id, url: `http://127.0.0.1/${id}`, status: "enabled" }),
    events: () => ({ id: "evt", type: "webhook.test", timestamp: "2026-01-01T00:00:00.000Z", data: {} }),
    webhook_secrets: () => ({ secret: "whsec_c2VjcmV0", previous: null }),
  };
  const dispatcher = new Dispatcher({
    world: only<DispatcherParts["world"]>({
      epoch: 1,
      durable: () => null,
      records: only<DispatcherParts["world"]["records"]>({
        get: (table, id) => rows[table as keyof typeof rows](id) as never,
        by: () => [],
      }),
      run: async (_, work) => work({} as never),
    }),
    sender: {
      post: ({ url }) => new Promise<SendResult>((resolve) => answers.set(url.split("/").at(-1) ?? "", resolve)),
      close: async () => {},
    },
    endpoints: only<DispatcherParts["endpoints"]>({ allows: () => true }),
    deliveries: only<DispatcherParts["deliveries"]>({ record: () => {} }),
    now: () => 0,
    wall: () => 0,
    faults: () => NO_DELIVERY_FAULTS,
    random: () => 0,
    failed: (error: Error) => expect.fail(error.message),
  });
  return {
    async owes(...ids: string[]) {
      dispatcher.committed(ids.map(record) as never);
      await vi.advanceTimersByTimeAsync(1);
    },
    answer: (endpoint: string) => answers.get(endpoint)?.({ response_status: 200, error: null, retry_after_ms: null }),
    /** Resolves when `settled` does, or after two seconds; to how long it took. */
    async waited(): Promise<number> {
      const begun = performance.now();
      let took: number | null = null;
      void dispatcher.settled().then(() => (took = performance.now() - begun));
      for (let ms = 0; ms < 2000 && took === null; ms += 50) await vi.advanceTimersByTimeAsync(ms === 0 ? 0 : 50);
      return took ?? Number.POSITIVE_INFINITY;
    },
  };
}

it("waits a second for a receiver that says nothing, and not once more until it is heard", async () => {
  const room = waitingRoom();
  await room.owes("slow-1");
  expect(await room.waited()).toBe(1000);
  expect(await room.waited()).toBe(0);
  await room.owes("slow-2");
  expect(await room.waited()).toBe(0);

  room.answer("slow");
  await vi.advanceTimersByTimeAsync(0);
  expect(await room.waited()).toBe(1000);
});

it("waits for the others all the same, for as long as they take", async () => {
  const room = waitingRoom();
  await room.owes("slow-1");
  await room.waited();
  await room.owes("good-1");
  setTimeout(() => room.answer("good"), 700);
  expect(await room.waited()).toBe(700);
});

it("does not wait when nothing is owed", async () => {
  expect(await waitingRoom().waited()).toBe(0);
});
