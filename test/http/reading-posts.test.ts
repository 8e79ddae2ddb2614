/** A POST that changes nothing runs as a read: it waits for no write, and only an Idempotency-Key makes it leave a record. */
import request from "supertest";
import { expect, it } from "vitest";
import type { IdempotencyRecord } from "../../emulator/model/idempotency.ts";
import type { Reader } from "../../emulator/ports/store.ts";
import type { UnitOfWork } from "../../emulator/ports/unit-of-work.ts";
import { appAnswering } from "../support/app-parts.ts";
import { only } from "../support/only.ts";

/** An application whose writer never gets to a unit until it is let go, and what it has kept. */
async function busy() {
  const kept = new Map<string, IdempotencyRecord>();
  const queue: (() => void)[] = [];
  const unit = { now: 0, put: (_table: string, record: IdempotencyRecord) => kept.set(record.id, record) };
  let reads = 0;
  const app = await appAnswering(() => ({ status: 200, data: { reads: ++reads }, message: "Read." }), {
    world: only<UnitOfWork>({
      epoch: 0,
      durable: () => null,
      records: only<Reader>({ get: (_table: string, id: string) => kept.get(id) as never }),
      run: (_options: object, work: (put: never) => unknown) =>
        new Promise<never>((resolve) => queue.push(() => resolve(work(unit as never) as never))),
    }),
  });
  const verify = (key?: string) => {
    const call = request(app).post("/v1/badges/verify").set("Authorization", "Bearer x").send({ gets_id: "AAAAAAA" });
    return key === undefined ? call : call.set("Idempotency-Key", key);
  };
  return { verify, queue, kept };
}

it("without a key it is answered while writes wait, and leaves nothing", async () => {
  const { verify, queue, kept } = await busy();
  await verify().expect(200);
  expect([queue.length, kept.size]).toEqual([0, 0]);
});

it("with a key its answer is kept first, and read once", async () => {
  const { verify, queue, kept } = await busy();
  const first = verify("once").then((answer) => answer);
  await expect.poll(() => queue.length).toBe(1);
  expect((await verify("once")).body.error.code).toBe("IDEMPOTENCY_IN_PROGRESS");
  queue[0]?.();
  expect((await first).body.data).toEqual({ reads: 1 });
  const again = await verify("once").expect(200);
  expect([again.body.data, again.headers["idempotent-replayed"], kept.size]).toEqual([{ reads: 1 }, "true", 1]);
});
