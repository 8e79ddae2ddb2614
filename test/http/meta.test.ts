/** What may be asked without a key, and the list of events. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newUser, refusal, rich, type World, world } from "../support/client.ts";
import { at } from "../support/contract.ts";

let here: World;
beforeAll(async () => void (here = await world({ chainId: 84532 })));
afterAll(() => here.sandbox.close());

it("GET /health is up, and tells the sandbox's time", async () => {
  await here.sandbox.clock.freeze();
  const { body } = await here.api.as(null).get("/health").expect(200);
  expect(body.data).toEqual({ status: "ok", version: here.sandbox.info().version, time: here.sandbox.clock.show().now });
  await here.sandbox.clock.run();
});

it("GET /meta tells limits, chain, events and policies", async () => {
  const { body } = await here.api.as(null).get("/meta").expect(200);
  const { token_address, badge_address } = here.sandbox.info().chain;
  expect(body.data).toMatchObject({ api_version: "v1", sandbox: true, limits: { enabled: false, per_second: 10, per_hour: 1000 } });
  expect(body.data.chain).toMatchObject({ chain_id: 84532, token_address, badge_address, mining: "auto" });
  expect(body.data.event_types).toEqual((at("/components/schemas/EventType").value as { enum: string[] }).enum);
});

it("the chain id is everywhere the same", async () => {
  const user = await newUser(here.api);
  const { body } = await here.api.post("/tokens/mint", { user_id: user.id, amount: "1" }).expect(201);
  expect([user.wallet.chain_id, user.wallet.account.split(":")[1], body.data.chain.chain_id]).toEqual([84532, "84532", 84532]);
});

it("GET /docs is a page", async () => {
  const { headers } = await here.api.as(null).get("/docs").expect(200);
  expect(headers["content-type"]).toMatch(/^text\/html; charset=utf-8/i);
});

it.each(["/health", "/meta", "/openapi.json", "/openapi.yaml", "/docs"])("GET %s looks at no body", async (path) => {
  await here.api.as(null).get(path).expect(200);
});

describe("GET /events", () => {
  it("has each change once, in order, as it was", async () => {
    const user = await rich(here.api, "2", { display_name: "First" });
    await here.api.patch(`/users/${user.id}`, { display_name: "Second" }).expect(200);
    const { body } = await here.api.get("/events?limit=4").expect(200);
    expect(body.data.items.map(({ type }: { type: string }) => type)).toEqual([
      "user.updated",
      "token.transaction.confirmed",
      "token.transaction.created",
      "user.created",
    ]);
    expect([body.data.items[3].data.display_name, body.data.items[0].data.display_name]).toEqual(["First", "Second"]);
    for (const event of body.data.items) expect((await here.api.get(`/events/${event.id}`).expect(200)).body.data).toEqual(event);
  });

  it("has none of what was refused", async () => {
    const before = await here.api.get("/events?limit=1");
    const user = before.body.data.items[0].data;
    await here.api.post("/tokens/burn", { user_id: user.id ?? "nobody", amount: "99999" });
    await here.api.post("/users", { email: "x" }).expect(400);
    await here.api.delete("/users/nobody").expect(refusal("USER_NOT_FOUND"));
    expect((await here.api.get("/events?limit=1")).body.data).toEqual(before.body.data);
  });
});
