/** A POST that changes nothing runs as a read: it waits for no write, and only an Idempotency-Key makes it leave a record. */
import request from "supertest";
import { expect, it } from "vitest";
import { type AppParts, createApp } from "../../emulator/http/app.ts";
import { loadDocument } from "../../emulator/http/document.ts";
import type { IdempotencyRecord } from "../../emulator/model/idempotency.ts";
import { operations } from "../support/contract.ts";

/** An application whose writer never gets to a unit until it is let go, and what it has kept. */
async function busy() {
  const kept = new Map<string, IdempotencyRecord>();
  const queue: (() => void)[] = [];
  const unit = { now: 0, put: (_table: string, record: IdempotencyRecord) => kept.set(record.id, record) };
  let reads = 0;
  const parts = {
    document: await loadDocument(),
    operations: { reads: new Proxy({}, { get: () => () => ({ status: 200, data: { reads: ++reads }, message: "Read." }) }), writes: {} },
    control: (_req: unknown, _res: unknown, next: () => void) => next(),
    world: {
      epoch: 0,
      records: { get: (_table: string, id: string) => kept.get(id) },
      run: (_options: object, work: (put: typeof unit) => void) => new Promise<void>((resolve) => queue.push(() => resolve(work(unit)))),
    },
    clock: { now: () => 0, elapsed: () => 0 },
    newRequestId: () => "req_01M1E57W20TDFW1JRK5MJ2ZEXH",
    keys: { authenticate: () => ({ id: "key", scopes: operations.flatMap(({ scopes }) => scopes ?? []) }) },
    limiter: { policies: [], take: () => null },
    faults: { strike: () => null },
    recorder: { record: () => {} },
    isHostAllowed: () => true,
    cors: [],
    log: { isLevelEnabled: () => false, error() {} },
  };
  const app = createApp(parts as unknown as AppParts);
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
