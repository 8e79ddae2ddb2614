/** Deliveries that go wrong on purpose, changed while the sandbox runs: what a receiver must live with, and what it must refuse. */
import { Webhook } from "standardwebhooks";
import request from "supertest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newUser, refusal } from "../support/client.ts";
import { clientCommand } from "../support/command-here.ts";
import { newFolder } from "../support/folder.ts";
import { type Hooked, hooked } from "../support/webhook-world.ts";

let here: Hooked;
beforeEach(async () => {
  here = await hooked({ seed: 3 });
});
afterEach(() => here.close());

const NONE = { order: "event", duplicates: 0, forge: null, drop_first: 0 };
const ids = () => here.receiver.received.map(({ headers }) => headers["webhook-id"]);
const attempts = async () => (await here.deliveries()).map((delivery) => delivery.attempts);
const verify = (index: number) => () => {
  const { headers, body } = here.receiver.received[index] as { headers: object; body: string };
  return new Webhook(here.endpoint.secret).verify(body, headers as Record<string, string>);
};

describe("forged", () => {
  it.each([
    ["signature", /No matching signature/],
    ["timestamp", /too old/],
    ["body", /No matching signature/],
  ] as const)("%s: a receiver that verifies refuses it, and takes the next one", async (forge, reason) => {
    here.sandbox.webhooks.set({ forge });
    await newUser(here.api);
    await here.receiver.count(1);
    expect(verify(0)).toThrow(reason);
    expect(JSON.parse(here.receiver.received[0]?.body ?? "")).toMatchObject({ type: "user.created", data: { object: "user" } });
    here.sandbox.webhooks.set({ forge: null });
    await newUser(here.api);
    await here.receiver.count(2);
    expect(verify(1)).not.toThrow();
  });

  it("a retry is forged as the first attempt is", async () => {
    here.receiver.manner = 500;
    here.sandbox.webhooks.set({ forge: "body" });
    await newUser(here.api);
    await expect.poll(async () => (await attempts())[0]?.length).toBe(1);
    await here.sandbox.clock.advance("6s");
    await here.receiver.count(2);
    expect(verify(1)).toThrow();
  });
});

describe("dropped", () => {
  it("the first attempts of each delivery fail without being sent, and the next one comes", async () => {
    here.sandbox.webhooks.set({ drop_first: 2 });
    await newUser(here.api);
    await expect.poll(async () => (await attempts())[0]?.length).toBe(1);
    await here.sandbox.clock.advance("10m");
    await here.receiver.count(1);
    const dropped = { response_status: null, error: "connection_failed", duration_ms: 0 };
    await expect.poll(async () => (await attempts())[0]).toMatchObject([dropped, dropped, { response_status: 200, error: null }]);
    expect(here.receiver.received).toHaveLength(1);
    expect(await here.deliveries()).toMatchObject([{ status: "succeeded" }]);
  });
});

describe("duplicated", () => {
  it("each first attempt comes so many times more, with the same webhook-id, and is recorded once", async () => {
    here.sandbox.webhooks.set({ duplicates: 3 });
    await newUser(here.api);
    await here.receiver.count(4);
    expect(new Set(ids()).size).toBe(1);
    await expect.poll(attempts).toMatchObject([[{ response_status: 200 }]]);
  });

  it("a fraction is the likelihood of one more", async () => {
    here.sandbox.webhooks.set({ duplicates: 1.5 });
    for (let i = 0; i < 10; i++) await newUser(here.api);
    await expect.poll(() => new Set(ids()).size).toBe(10);
    await expect.poll(() => ids().length).toBeGreaterThan(20);
    expect(ids().length).toBeLessThan(30);
  });
});

it("shuffled from now on: another order, and nothing is lost", async () => {
  here.sandbox.webhooks.set({ order: "shuffle" });
  await Promise.all(Array.from({ length: 20 }, () => newUser(here.api)));
  await here.receiver.count(20);
  const events = (await here.deliveries()).map(({ event_id }) => event_id);
  expect(ids()).not.toEqual(events);
  expect(ids().toSorted()).toEqual(events.toSorted());
});

describe("set and shown", () => {
  it("over HTTP: members left out stay, and a reset goes back to the start", async () => {
    const put = (body: object) => request(here.sandbox.app).put("/_sandbox/webhooks").send(body);
    expect((await put({ duplicates: 5, forge: "body" }).expect(200)).body.data).toEqual({ ...NONE, duplicates: 5, forge: "body" });
    expect((await put({ forge: null, drop_first: 1 }).expect(200)).body.data).toEqual({ ...NONE, duplicates: 5, drop_first: 1 });
    expect((await request(here.sandbox.app).get("/_sandbox/webhooks").expect(200)).body.data).toEqual({
      ...NONE,
      duplicates: 5,
      drop_first: 1,
    });
    await here.sandbox.reset();
    expect(here.sandbox.webhooks.show()).toEqual(NONE);
  });

  it("a reset goes back to what the sandbox was started with", async () => {
    const other = await hooked({ webhooks: { duplicates: 0.5, order: "shuffle" } });
    other.sandbox.webhooks.set({ duplicates: 0, order: "event" });
    await other.sandbox.reset();
    expect(other.sandbox.webhooks.show()).toEqual({ ...NONE, duplicates: 0.5, order: "shuffle" });
    await other.close();
  });

  it("by the command line", async () => {
    const url = `${await here.sandbox.listen()}/_sandbox`;
    const run = async (...args: string[]) => await clientCommand(["webhooks", ...args, "--url", url], { cwd: newFolder() });
    const set = await run("set", "--order", "shuffle", "--duplicates", "2", "--forge", "timestamp", "--drop-first", "1");
    expect(set).toMatchObject({
      code: 0,
      stdout: "in random order, each sent 2 more times, the first attempt dropped, with a forged timestamp\n",
    });
    expect(here.sandbox.webhooks.show()).toEqual({ order: "shuffle", duplicates: 2, forge: "timestamp", drop_first: 1 });
    await run("set", "--forge", "none", "--order", "event", "--duplicates", "0", "--drop-first", "0");
    expect((await run("show")).stdout).toBe("in the order of events, each once, signed as they should be\n");
    expect(await run("set", "--duplicates", "many")).toMatchObject({ code: 2, stderr: expect.stringContaining("not a number") });
    expect(await run("set", "--duplicates", "9")).toMatchObject({ code: 1, stderr: expect.stringContaining("from 0 to 5") });
  });

  it.each<[unknown, string]>([
    [{ order: "reverse" }, "order"],
    [{ duplicates: 6 }, "duplicates"],
    [{ duplicates: "1" }, "duplicates"],
    [{ duplicates: -1 }, "duplicates"],
    [{ forge: "everything" }, "forge"],
    [{ drop_first: 1.5 }, "drop_first"],
    [{ drop_first: null }, "drop_first"],
    [{ sometimes: true }, "sometimes"],
  ])("%j is refused and changes nothing", async (body, param) => {
    await request(here.sandbox.app)
      .put("/_sandbox/webhooks")
      .send(body as object)
      .expect(refusal(param === "sometimes" ? "UNKNOWN_PARAMETER" : "VALIDATION_FAILED", { param }));
    expect(() => here.sandbox.webhooks.set(body as object)).toThrow();
    expect(here.sandbox.webhooks.show()).toEqual(NONE);
  });

  it("an option that cannot be is refused before anything is started", async () => {
    await expect(hooked({ webhooks: { duplicates: 6 } })).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
  });
});
