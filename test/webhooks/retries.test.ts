/** Receivers that fail, each in its own way, and what follows. */
import { afterEach, describe, expect, it } from "vitest";
import { newUser } from "../support/client.ts";
import type { Manner } from "../support/receiver.ts";
import { type Hooked, hooked } from "../support/webhook-world.ts";

let here: Hooked;
afterEach(() => here.close());

const frozen = async (manner: Manner = 500) => {
  here = await hooked({}, manner);
  await here.sandbox.clock.freeze();
};
const attemptsOf = async (index = 0) => (await here.deliveries())[index]?.attempts ?? [];
const settled = (attempts: number) => expect.poll(async () => (await attemptsOf()).length).toBe(attempts);

const [SECOND, MINUTE, HOUR] = [1000, 60_000, 3_600_000];
const SCHEDULE = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];

describe("the schedule", () => {
  it("runs through at once when the clock is advanced: ten attempts, each wait up to a tenth longer, one webhook-id", async () => {
    await frozen();
    await newUser(here.api);
    await settled(1);
    await here.sandbox.clock.advance("5d");
    const attempts = await attemptsOf();
    const waits = attempts.slice(1).map(({ at }, index) => Date.parse(at) - Date.parse(attempts[index]?.at ?? ""));
    expect(waits).toHaveLength(9);
    for (const [index, wait] of waits.entries()) {
      expect(wait / (SCHEDULE[index] as number)).toBeGreaterThanOrEqual(1);
      expect(wait / (SCHEDULE[index] as number)).toBeLessThanOrEqual(1.1);
    }
    expect(here.receiver.received).toHaveLength(10);
    expect(new Set(here.receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    const stamps = here.receiver.received.map(({ headers }) => Number(headers["webhook-timestamp"]));
    expect(stamps).toEqual([...stamps].sort((a, b) => a - b));
    expect(await here.deliveries()).toMatchObject([{ status: "failed", next_attempt_at: null }]);
    expect(await here.look()).toMatchObject({ status: "disabled", disabled_reason: "failing" });
  });

  it("begins with the attempts that are under way when the clock is advanced", async () => {
    await frozen((res) => setTimeout(() => res.writeHead(500).end(), 50));
    await newUser(here.api);
    await here.sandbox.clock.advance("5d");
    expect(await attemptsOf()).toHaveLength(10);
  });

  it("ends with the first 2xx; nothing more comes", async () => {
    await frozen();
    await newUser(here.api);
    await settled(1);
    const [delivery] = await here.deliveries();
    expect(delivery).toMatchObject({ status: "pending", next_attempt_at: expect.any(String) });
    here.receiver.manner = 204;
    await here.sandbox.clock.advance("6s");
    expect(await here.deliveries()).toMatchObject([
      { status: "succeeded", attempts: [{ response_status: 500 }, { response_status: 204 }] },
    ]);
    await here.sandbox.clock.advance("10d");
    expect(here.receiver.received).toHaveLength(2);
  });

  it("waits on the sandbox clock, also for days", async () => {
    await frozen();
    await newUser(here.api);
    await settled(1);
    await here.sandbox.clock.advance(4999);
    expect(here.receiver.received).toHaveLength(1);
    await here.sandbox.clock.advance("1s");
    expect(here.receiver.received).toHaveLength(2);
  });

  it("a success since it began keeps the endpoint enabled", async () => {
    await frozen();
    await newUser(here.api);
    await settled(1);
    here.receiver.manner = (res, { body }) => res.writeHead(JSON.parse(body).type === "webhook.test" ? 200 : 500).end();
    await here.api.post(`/webhook-endpoints/${here.endpoint.id}/test`).expect(202);
    await expect.poll(async () => (await here.deliveries())[1]?.status).toBe("succeeded");
    await here.sandbox.clock.advance("5d");
    expect(await here.deliveries()).toMatchObject([{ status: "failed" }, { status: "succeeded" }]);
    expect((await here.look()).status).toBe("enabled");
  });
});

describe("receivers", () => {
  it.each<[string, Manner, { response_status: number | null; error: string | null }]>([
    ["500", 500, { response_status: 500, error: null }],
    ["301, not followed", (res) => res.writeHead(301, { Location: "/elsewhere" }).end(), { response_status: 301, error: null }],
    ["a reset", (_res, _got, socket) => socket.resetAndDestroy(), { response_status: null, error: "connection_reset" }],
    ["garbage", (_res, _got, socket) => socket.end("what?\r\n\r\n"), { response_status: null, error: "invalid_response" }],
  ])("%s is tried again", async (_what, manner, attempt) => {
    await frozen(manner);
    await newUser(here.api);
    await settled(1);
    expect((await attemptsOf())[0]).toMatchObject(attempt);
    here.receiver.manner = 200;
    await here.sandbox.clock.advance("6s");
    expect(here.receiver.received.map(({ url }) => url)).toEqual(["/hooks", "/hooks"]);
    expect(await here.deliveries()).toMatchObject([{ status: "succeeded" }]);
  });

  it("429 with Retry-After is left alone as long as it asks", async () => {
    await frozen((res) => res.writeHead(429, { "Retry-After": "3600" }).end());
    await newUser(here.api);
    await settled(1);
    here.receiver.manner = 200;
    await here.sandbox.clock.advance("59m");
    expect(here.receiver.received).toHaveLength(1);
    await here.sandbox.clock.advance("1m");
    expect(here.receiver.received).toHaveLength(2);
  });

  it("410 disables the endpoint and cancels what waits", async () => {
    await frozen(500);
    await newUser(here.api);
    await settled(1);
    here.receiver.manner = 410;
    await newUser(here.api);
    await expect.poll(async () => (await here.look()).disabled_reason).toBe("gone");
    expect(await here.deliveries()).toMatchObject([{ status: "failed" }, { status: "failed" }]);
    await newUser(here.api);
    await here.sandbox.clock.advance("3d");
    expect(here.receiver.received).toHaveLength(2);

    // Enabled again it gets what happens from then on.
    here.receiver.manner = 200;
    await here.api.patch(`/webhook-endpoints/${here.endpoint.id}`, { status: "enabled" }).expect(200);
    const later = await newUser(here.api);
    await here.receiver.count(3);
    expect(JSON.parse(here.receiver.received[2]?.body ?? "").data.id).toBe(later.id);
  });

  it("one that hangs delays neither the API nor another endpoint, nor its own later events", async () => {
    await frozen(() => {});
    const { receiver: healthy } = await here.hook();
    const began = performance.now();
    for (let i = 0; i < 4; i++) await newUser(here.api);
    // Who waited for the receiver would have waited for its time-out, 15 s.
    expect(performance.now() - began).toBeLessThan(10_000);
    await healthy.count(4);
    await here.receiver.count(4);
    expect(here.receiver.types).toEqual(Array(4).fill("user.created"));
  });

  it("deleted or disabled meanwhile, an endpoint gets nothing more", async () => {
    await frozen();
    await newUser(here.api);
    await settled(1);
    await here.api.patch(`/webhook-endpoints/${here.endpoint.id}`, { status: "disabled" }).expect(200);
    expect(await here.deliveries()).toMatchObject([{ status: "failed", next_attempt_at: null }]);
    await here.api.delete(`/webhook-endpoints/${here.endpoint.id}`).expect(204);
    await here.sandbox.clock.advance("3d");
    expect(here.receiver.received).toHaveLength(1);
  });
});

describe("troubles for clients", () => {
  it("shuffled, all come, in another order", async () => {
    here = await hooked({ seed: 3, webhooks: { order: "shuffle" } });
    await Promise.all(Array.from({ length: 20 }, () => newUser(here.api)));
    const got = await here.receiver.count(20);
    const sent = (await here.deliveries()).map(({ event_id }) => event_id);
    const came = got.map(({ headers }) => headers["webhook-id"]);
    expect(came).not.toEqual(sent);
    expect([...came].sort()).toEqual([...sent].sort());
  });

  it("duplicated, each comes twice with the same webhook-id", async () => {
    here = await hooked({ webhooks: { duplicates: 1 } });
    await newUser(here.api);
    const [first, second] = await here.receiver.count(2);
    expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
    await expect.poll(async () => (await attemptsOf()).length).toBe(1);
  });
});

describe("snapshots", () => {
  it("a restore takes up what waited then, and forgets what was sent since", async () => {
    await frozen();
    await newUser(here.api);
    await settled(1);
    const before = await here.sandbox.snapshot();
    await here.sandbox.clock.advance("1h");
    expect((await attemptsOf()).length).toBeGreaterThan(1);
    await before.restore();
    expect(await attemptsOf()).toHaveLength(1);
    here.receiver.manner = 200;
    await here.sandbox.clock.advance("6s");
    expect(await here.deliveries()).toMatchObject([{ status: "succeeded" }]);
  });
});
