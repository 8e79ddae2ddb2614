/** The journal is the outbox: after SIGKILL no event is lost on its way, none is made up, and a repeat has the same webhook-id. */
import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { newFolder } from "../support/folder.ts";
import { Random } from "../support/random.ts";
import { Receiver } from "../support/receiver.ts";
import { Client } from "./client.ts";
import { SandboxProcess } from "./sandbox-process.ts";

const KILLS = Number(process.env.WEBHOOK_KILLS ?? 5);
const SEED = Number(process.env.CRASH_SEED ?? Date.now() % 2 ** 31);

let receiver: Receiver;
let dir: string;
beforeAll(async () => {
  // A receiver in trouble: every third attempt fails.
  let count = 0;
  receiver = await Receiver.open((res) => {
    count += 1;
    res.writeHead(count % 3 === 0 ? 500 : 200).end();
  });
  dir = newFolder();
});
afterAll(async () => {
  await receiver.close();
  rmSync(dir, { recursive: true });
});

it(`survives ${KILLS} kills (CRASH_SEED=${SEED})`, { timeout: 60_000 + KILLS * 20_000 }, async () => {
  const random = new Random(SEED);
  const boot = async () => {
    const process = new SandboxProcess(dir, []);
    return { process, client: new Client(await process.ready()) };
  };
  let { process, client } = await boot();
  await client.send({ method: "POST", path: "/v1/webhook-endpoints", body: { url: receiver.url } });
  const answered: string[] = [];
  for (let kills = 0; kills < KILLS; kills++) {
    let alive = true;
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let i = 0; alive; i++) {
        const email = `crash-${kills}-${writer}-${i}@example.com`;
        const answer = await client.send({ method: "POST", path: "/v1/users", body: { email, display_name: "Crash" } });
        if (answer?.status === 201) answered.push(answer.data.id);
      }
    });
    await sleep(30 + random.next() * 400);
    await process.kill();
    alive = false;
    await Promise.all(writers);
    ({ process, client } = await boot());
  }
  // The retries of what failed are due within seconds; skip to them.
  const urls = await process.ready();
  await expect
    .poll(
      async () => {
        await fetch(`${urls.control}/clock/advance`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: '{"by":"10m"}',
        });
        return (await pending(client)).length;
      },
      { timeout: 30_000 },
    )
    .toBe(0);

  const recorded = await allEvents(client);
  const received = new Set(receiver.received.map(({ headers }) => headers["webhook-id"]));
  expect(answered.length).toBeGreaterThan(0);
  expect(new Set(recorded.map(({ data }) => data.id))).toEqual(new Set([...recorded.map(({ data }) => data.id), ...answered]));
  expect(new Set(recorded.map(({ id }) => id))).toEqual(received);
  await process.kill();
});

async function pending(client: Client): Promise<unknown[]> {
  const { data } = (await client.send({ method: "GET", path: "/v1/webhook-endpoints" })) as { data: { items: { id: string }[] } };
  const path = `/v1/webhook-endpoints/${data.items[0]?.id}/deliveries?status=pending`;
  return (await client.send({ method: "GET", path }))?.data.items;
}

async function allEvents(client: Client): Promise<{ id: string; data: { id: string } }[]> {
  const all: { id: string; data: { id: string } }[] = [];
  for (let cursor = ""; ; ) {
    const answer = await client.send({ method: "GET", path: `/v1/events?limit=100${cursor}` });
    all.push(...(answer?.data.items ?? []));
    if (!answer?.data.has_more) return all;
    cursor = `&cursor=${encodeURIComponent(answer.data.next_cursor)}`;
  }
}
