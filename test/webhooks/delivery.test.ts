/** What is delivered, how it is signed, and that nobody waits for a receiver. */

import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, it } from "vitest";
import { signTestPayload } from "../../emulator/sandbox.ts";
import { newUser, refusal, rich } from "../support/client.ts";
import { problemsOfEvent } from "../support/contract.ts";
import type { Received } from "../support/receiver.ts";
import { type Hooked, hooked } from "../support/webhook-world.ts";

let here: Hooked;
afterEach(() => here.close());

const verify = ({ body, headers }: Received, secret: string) => new Webhook(secret).verify(body, headers as Record<string, string>);
const events = async () => (await here.api.get("/events?limit=100").expect(200)).body.data.items.reverse();

describe("an event", () => {
  it("is delivered once, as recorded, to those who want it", async () => {
    here = await hooked();
    const { receiver: picky } = await here.hook({ enabled_events: ["token.transaction.confirmed"] });
    const user = await rich(here.api, "5");
    const got = await here.receiver.count(3);
    const recorded = await events();
    expect(got.map(({ headers }) => headers["webhook-id"])).toEqual(recorded.map(({ id }: { id: string }) => id));
    expect(got.map(({ body }) => JSON.parse(body))).toEqual(
      recorded.map(({ type, timestamp, data }: Record<string, unknown>) => ({ type, timestamp, data })),
    );
    expect(JSON.parse(got[0]?.body ?? "").data).toEqual(user);
    await picky.count(1);
    expect(picky.types).toEqual(["token.transaction.confirmed"]);
    for (const { body } of got) expect(problemsOfEvent(JSON.parse(body))).toEqual([]);
    await expect.poll(async () => (await here.deliveries()).map(({ status }) => status)).toEqual(["succeeded", "succeeded", "succeeded"]);
    const [first] = await here.deliveries();
    expect(first).toMatchObject({ event_id: recorded[0].id, event_type: "user.created", next_attempt_at: null });
    expect(first?.attempts).toEqual([{ at: expect.any(String), response_status: 200, duration_ms: expect.any(Number), error: null }]);
  });

  it("of a refused or failed operation is none", async () => {
    here = await hooked();
    const user = await newUser(here.api);
    await here.receiver.count(1);
    await here.api.post("/tokens/burn", { user_id: user.id, amount: "1" }).expect(refusal("INSUFFICIENT_BALANCE"));
    await here.api.post("/users", { email: user.email, display_name: "Again" }).expect(refusal("EMAIL_ALREADY_EXISTS"));
    await here.api.post("/users", { email: 7 }).expect(refusal("VALIDATION_FAILED"));
    await newUser(here.api);
    await here.receiver.count(2);
    expect(here.receiver.types).toEqual(["user.created", "user.created"]);
  });

  it("comes in order, though many happen at once", async () => {
    here = await hooked();
    const user = await newUser(here.api);
    await Promise.all(Array.from({ length: 40 }, (_, i) => here.api.post("/tokens/mint", { user_id: user.id, amount: String(i + 1) })));
    const got = await here.receiver.count(81);
    expect(got.map(({ headers }) => headers["webhook-id"])).toEqual((await events()).map(({ id }: { id: string }) => id));
  });
});

describe("a signature", () => {
  it("is accepted by the standard's own library, also after 90 days of sandbox time", async () => {
    here = await hooked();
    await here.sandbox.clock.advance("90d");
    const user = await newUser(here.api);
    const [got] = (await here.receiver.count(1)) as [Received];
    expect(verify(got, here.endpoint.secret)).toMatchObject({ type: "user.created", data: { id: user.id } });
    expect(Math.abs(Number(got.headers["webhook-timestamp"]) - Date.now() / 1000)).toBeLessThan(10);
  });

  it("is refused over a changed byte, id, time or secret", async () => {
    here = await hooked();
    const { endpoint: other } = await here.hook();
    await newUser(here.api);
    const [got] = (await here.receiver.count(1)) as [Received];
    const { secret } = here.endpoint;
    expect(() => verify(got, secret)).not.toThrow();
    expect(() => verify({ ...got, body: got.body.replace("Learner", "Teacher") }, secret)).toThrow();
    expect(() => verify({ ...got, headers: { ...got.headers, "webhook-id": "evt_other" } }, secret)).toThrow();
    const later = String(Number(got.headers["webhook-timestamp"]) + 1);
    expect(() => verify({ ...got, headers: { ...got.headers, "webhook-timestamp": later } }, secret)).toThrow();
    expect(() => verify(got, other.secret)).toThrow();
  });

  it("after a rotation is made with both secrets for 24 hours, then with the new one", async () => {
    here = await hooked();
    await here.sandbox.clock.freeze();
    const old = here.endpoint.secret;
    const fresh = (await here.api.post(`/webhook-endpoints/${here.endpoint.id}/rotate-secret`).expect(200)).body.data.secret;
    const next = async () => {
      await newUser(here.api);
      return (await here.receiver.count(here.receiver.received.length + 1)).at(-1) as Received;
    };
    for (const by of ["0s", "23h59m"]) {
      await here.sandbox.clock.advance(by);
      const got = await next();
      for (const secret of [old, fresh]) expect(() => verify(got, secret)).not.toThrow();
    }
    await here.sandbox.clock.advance("1m");
    const got = await next();
    expect(() => verify(got, fresh)).not.toThrow();
    expect(() => verify(got, old)).toThrow();
  });

  it("can be made for a unit test of a receiver", async () => {
    here = await hooked();
    const { headers, body } = signTestPayload({ secret: here.endpoint.secret, payload: { type: "award.claimed" } });
    expect(new Webhook(here.endpoint.secret).verify(body, headers)).toEqual({ type: "award.claimed" });
    const old = signTestPayload({ secret: here.endpoint.secret, payload: "{}", timestamp: new Date("2026-01-01") });
    expect(() => new Webhook(here.endpoint.secret).verify(old.body, old.headers)).toThrow(/too old/);
  });
});

describe("the test event", () => {
  it("goes to the one endpoint, whatever it listens to", async () => {
    here = await hooked();
    const { endpoint, receiver } = await here.hook({ enabled_events: ["award.claimed"] });
    const { body } = await here.api.post(`/webhook-endpoints/${endpoint.id}/test`).expect(202);
    expect(body.data).toMatchObject({ endpoint_id: endpoint.id, event_type: "webhook.test", status: "pending", attempts: [] });
    const [got] = (await receiver.count(1)) as [Received];
    expect(problemsOfEvent(JSON.parse(got.body))).toEqual([]);
    expect(verify(got, endpoint.secret)).toMatchObject({ type: "webhook.test", data: { endpoint_id: endpoint.id } });
    expect(here.receiver.received).toEqual([]);
  });
});

describe("redelivery", () => {
  it("is another attempt of the same delivery, with the same webhook-id", async () => {
    here = await hooked();
    await newUser(here.api);
    await here.receiver.count(1);
    await expect.poll(async () => (await here.deliveries())[0]?.status).toBe("succeeded");
    const [before] = await here.deliveries();
    await here.api.post(`/webhook-endpoints/${here.endpoint.id}/deliveries/${before?.id}/redeliver`).expect(202);
    const [first, second] = await here.receiver.count(2);
    expect([second?.headers["webhook-id"], second?.body]).toEqual([first?.headers["webhook-id"], first?.body]);
    await expect.poll(async () => (await here.deliveries())[0]?.attempts.length).toBe(2);
    expect(await here.deliveries()).toMatchObject([{ id: before?.id, status: "succeeded" }]);
  });
});

describe("waitFor", () => {
  it("gives each event once, also one that has come already", async () => {
    here = await hooked();
    const [ada, grace] = [await newUser(here.api), await newUser(here.api)];
    expect((await here.sandbox.webhooks.waitFor({ type: "user.created" })).data).toEqual(ada);
    expect((await here.sandbox.webhooks.waitFor({ type: "user.created" })).data).toEqual(grace);
    const later = here.sandbox.webhooks.waitFor({ where: ({ type }) => type.startsWith("token.") });
    await here.api.post("/tokens/mint", { user_id: ada.id, amount: "1" }).expect(201);
    expect((await later).type).toBe("token.transaction.created");
    const nothing = here.sandbox.webhooks.waitFor({ type: "award.claimed", timeout: 20 });
    await expect(nothing).rejects.toThrow(
      "no event of type award.claimed came within 20 ms; events not waited for yet: token.transaction.confirmed",
    );
  });
});
