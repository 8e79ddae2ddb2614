/** 201 when mined at once, 202 when it waits; spendable is what is there less what will go. */
import { afterEach, describe, expect, it } from "vitest";
import { newUser, refusal, type World, world } from "../support/client.ts";

let here: World;
afterEach(() => here.sandbox.close());

const balance = async (id: string) => (await here.api.get(`/users/${id}/balance`).expect(200)).body.data.balance;
const get = async (location: string) => (await here.api.get(location.slice(3)).expect(200)).body.data;
const typesOf = async (id: string) => {
  const { body } = await here.api.get("/events?limit=100").expect(200);
  return body.data.items.filter(({ data }: { data: { id: string } }) => data.id === id).map(({ type }: { type: string }) => type);
};

describe("manual mining", () => {
  it("answers 202 with a pending transaction, which a block confirms", async () => {
    here = await world({ mining: { kind: "manual" } });
    const user = await newUser(here.api);
    const sent = await here.api.post("/tokens/mint", { user_id: user.id, amount: "5" }).expect(202);
    const { location } = sent.headers as { location: string };
    expect(sent.body.data).toMatchObject({ status: "pending", confirmed_at: null, failure: null });
    expect(sent.body.data.chain).toMatchObject({ log_index: null, block_number: null, block_timestamp: null });
    expect(await get(location)).toEqual(sent.body.data);
    expect([await balance(user.id), await typesOf(sent.body.data.id)]).toEqual(["0", ["token.transaction.created"]]);

    const block_number = await here.sandbox.chain.mine();
    const confirmed = await get(location);
    expect(confirmed).toMatchObject({ status: "confirmed", chain: { tx_hash: sent.body.data.chain.tx_hash, block_number, log_index: 0 } });
    expect(confirmed.confirmed_at).not.toBeNull();
    expect(await balance(user.id)).toBe("5");
    expect(await typesOf(sent.body.data.id)).toEqual(["token.transaction.confirmed", "token.transaction.created"]);
    await here.sandbox.doctor();
  });

  it("mines several in one block, each with its own log", async () => {
    here = await world({ mining: { kind: "manual" } });
    const user = await newUser(here.api);
    const locations: string[] = [];
    for (let i = 0; i < 3; i++)
      locations.push((await here.api.post("/tokens/mint", { user_id: user.id, amount: "1" }).expect(202)).headers.location as string);
    await here.sandbox.chain.mine();
    const places = await Promise.all(locations.map(async (location) => (await get(location)).chain));
    expect(new Set(places.map(({ block_number }) => block_number)).size).toBe(1);
    expect(places.map(({ log_index }) => log_index)).toEqual([0, 1, 2]);
    await here.sandbox.doctor();
  });

  it("does not spend twice what is pending, nor what has not arrived", async () => {
    here = await world({ mining: { kind: "manual" } });
    const [from, to] = [await newUser(here.api), await newUser(here.api)];
    const move = (amount: string, back = false) =>
      here.api.post("/tokens/transfer", { from_user_id: back ? to.id : from.id, to_user_id: back ? from.id : to.id, amount });
    await here.api.post("/tokens/mint", { user_id: from.id, amount: "10" }).expect(202);
    await move("1").expect(refusal("INSUFFICIENT_BALANCE"));
    await here.sandbox.chain.mine();
    await move("6").expect(202);
    expect([await balance(from.id), await balance(to.id)]).toEqual(["4", "0"]);
    const { body } = await move("5").expect(refusal("INSUFFICIENT_BALANCE"));
    expect(body.error.details[0]).toMatchObject({ available: "4", required: "5" });
    await here.api.post("/tokens/burn", { user_id: from.id, amount: "4" }).expect(202);
    await move("0.000000000000000001").expect(refusal("INSUFFICIENT_BALANCE"));
    await move("1", true).expect(refusal("INSUFFICIENT_BALANCE"));
    await here.sandbox.chain.mine();
    expect([await balance(from.id), await balance(to.id)]).toEqual(["0", "6"]);
    await here.sandbox.doctor();
  });

  it("a mint beyond the cap, refused only by its block, is failed and says why", async () => {
    here = await world({ mining: { kind: "manual" } });
    const user = await newUser(here.api);
    const mint = (amount: string) => here.api.post("/tokens/mint", { user_id: user.id, amount });
    await mint("600000000000").expect(202);
    const second = await mint("600000000000").expect(202);
    await here.sandbox.chain.mine();
    const failed = await get(second.headers.location as string);
    expect(failed).toMatchObject({
      status: "failed",
      failure: { code: "MAX_SUPPLY_EXCEEDED", revert_error: "ERC20ExceededCap" },
      confirmed_at: null,
    });
    expect(await typesOf(failed.id)).toEqual(["token.transaction.failed", "token.transaction.created"]);
    expect(await balance(user.id)).toBe("600000000000");
    await here.sandbox.doctor();
  });

  it("a replay of a 202 stays a 202", async () => {
    here = await world({ mining: { kind: "manual" } });
    const user = await newUser(here.api);
    const mint = () => here.api.post("/tokens/mint", { user_id: user.id, amount: "1" }).set("Idempotency-Key", "once").expect(202);
    const first = await mint();
    await here.sandbox.chain.mine();
    expect((await mint()).text).toBe(first.text);
    expect((await here.api.get("/meta")).body.data.chain.mining).toBe("manual");
  });
});

describe("interval mining", () => {
  it("confirms at the next multiple of the interval, on the sandbox clock", async () => {
    here = await world({ mining: { kind: "interval", every_ms: 60_000 } });
    await here.sandbox.clock.freeze();
    const user = await newUser(here.api);
    const sent = await here.api.post("/tokens/mint", { user_id: user.id, amount: "5" }).expect(202);
    const sentAt = Date.parse(sent.body.data.created_at);
    const dueIn = 60_000 - (sentAt % 60_000);
    await here.sandbox.clock.advance(dueIn - 1);
    expect((await get(sent.headers.location as string)).status).toBe("pending");
    await here.sandbox.clock.advance(1);
    const confirmed = await get(sent.headers.location as string);
    expect([confirmed.status, Date.parse(confirmed.confirmed_at)]).toEqual(["confirmed", sentAt + dueIn]);
    expect((await here.api.get("/meta")).body.data.chain.mining).toBe("interval");
    await here.sandbox.doctor();
  });
});
