/** Tokens: mints, transfers, balances. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newUser, refusal, rich, type World, world } from "../support/client.ts";

let here: World;
beforeAll(async () => void (here = await world()));
afterAll(() => here.sandbox.close());

const balance = async (id: string) => (await here.api.get(`/users/${id}/balance`).expect(200)).body.data.balance;
const supply = async () => (await here.api.get("/tokens").expect(200)).body.data.total_supply;
const newest = async (count: number) => (await here.api.get(`/events?limit=${count}`).expect(200)).body.data.items;

it("GET /tokens is the contract's own description", async () => {
  const { body } = await here.api.get("/tokens").expect(200);
  expect(body.data).toEqual({
    object: "token",
    name: "GetSmart Token",
    symbol: "GETS",
    decimals: 18,
    contract_address: here.sandbox.info().chain.token_address,
    chain_id: 31337,
    max_supply: "1000000000000",
    total_supply: "0",
  });
});

describe("POST /tokens/mint", () => {
  it("is a confirmed transaction, the balance, the supply and two events", async () => {
    const user = await newUser(here.api);
    const before = await supply();
    const sent = { user_id: user.id, amount: "12.5", reason: "Mission 1", reference: "mission-1", metadata: { round: "1" } };
    const { body } = await here.api.post("/tokens/mint", sent).expect(201);
    const { chain } = body.data;
    expect(body.data).toMatchObject({
      object: "transaction",
      type: "mint",
      status: "confirmed",
      amount: "12.5",
      symbol: "GETS",
      from: null,
      to: { user_id: user.id, address: user.wallet.address },
      reason: "Mission 1",
      memo: null,
      reference: "mission-1",
      failure: null,
      metadata: { round: "1" },
    });
    expect(chain).toMatchObject({
      chain_id: 31337,
      contract_address: here.sandbox.info().chain.token_address,
      log_index: 0,
      explorer_url: null,
    });
    expect(chain.block_number).toBe(here.sandbox.info().chain.block_number);
    expect(Math.abs(Date.parse(chain.block_timestamp) - Date.parse(body.data.confirmed_at))).toBeLessThanOrEqual(1000);
    expect(await balance(user.id)).toBe("12.5");
    expect(Number(await supply()) - Number(before)).toBe(12.5);
    const events = await newest(2);
    expect(events.map(({ type }: { type: string }) => type)).toEqual(["token.transaction.confirmed", "token.transaction.created"]);
    for (const { data } of events) expect(data).toEqual(body.data);
  });

  it("MAX_SUPPLY_EXCEEDED beyond the cap, to the last unit", async () => {
    const fresh = await world();
    const user = await newUser(fresh.api);
    await fresh.api.post("/tokens/mint", { user_id: user.id, amount: "999999999999.999999999999999999" }).expect(201);
    await fresh.api.post("/tokens/mint", { user_id: user.id, amount: "0.000000000000000002" }).expect(refusal("MAX_SUPPLY_EXCEEDED"));
    await fresh.api.post("/tokens/mint", { user_id: user.id, amount: "0.000000000000000001" }).expect(201);
    await fresh.api.post("/tokens/mint", { user_id: user.id, amount: "9999999999999" }).expect(refusal("MAX_SUPPLY_EXCEEDED"));
    expect((await fresh.api.get("/tokens")).body.data.total_supply).toBe("1000000000000");
    await fresh.sandbox.close();
  });
});

describe("POST /tokens/transfer", () => {
  it("moves the amount, and no more and no less exists", async () => {
    const [from, to] = [await rich(here.api, "10"), await rich(here.api, "1")];
    const before = await supply();
    const { body } = await here.api
      .post("/tokens/transfer", { from_user_id: from.id, to_user_id: to.id, amount: "2.5", memo: "Well done" })
      .expect(201);
    expect(body.data).toMatchObject({
      type: "transfer",
      memo: "Well done",
      from: { user_id: from.id },
      to: { user_id: to.id },
      amount: "2.5",
    });
    expect([await balance(from.id), await balance(to.id), await supply()]).toEqual(["7.5", "3.5", before]);
  });

  it("INSUFFICIENT_BALANCE says what there is and what is needed; the whole balance may go", async () => {
    const [from, to] = [await rich(here.api, "10"), await newUser(here.api)];
    const move = (amount: string) => here.api.post("/tokens/transfer", { from_user_id: from.id, to_user_id: to.id, amount });
    const { body } = await move("10.000000000000000001").expect(refusal("INSUFFICIENT_BALANCE"));
    expect(body.error.details).toEqual([expect.objectContaining({ available: "10", required: "10.000000000000000001" })]);
    expect([await balance(from.id), await balance(to.id)]).toEqual(["10", "0"]);
    await move("10").expect(201);
    expect([await balance(from.id), await balance(to.id)]).toEqual(["0", "10"]);
  });

  it("TRANSFER_NOT_ALLOWED to oneself", async () => {
    const user = await rich(here.api, "1");
    await here.api
      .post("/tokens/transfer", { from_user_id: user.id, to_user_id: user.id, amount: "1" })
      .expect(refusal("TRANSFER_NOT_ALLOWED"));
  });
});

describe("POST /tokens/burn", () => {
  it("destroys the amount", async () => {
    const user = await rich(here.api, "3");
    const before = await supply();
    const { body } = await here.api.post("/tokens/burn", { user_id: user.id, amount: "1", reason: "Correction" }).expect(201);
    expect(body.data).toMatchObject({ type: "burn", from: { user_id: user.id }, to: null, reason: "Correction", reference: null });
    expect(await balance(user.id)).toBe("2");
    expect(Number(before) - Number(await supply())).toBe(1);
  });

  it("INSUFFICIENT_BALANCE", async () => {
    const user = await rich(here.api, "3");
    await here.api.post("/tokens/burn", { user_id: user.id, amount: "3.1" }).expect(refusal("INSUFFICIENT_BALANCE"));
  });
});

it.each(["mint", "burn"])("a refused %s leaves no transaction, no event and no block", async (action) => {
  const user = await newUser(here.api);
  const [before, block] = [await newest(1), here.sandbox.info().chain.block_number];
  await here.api.post(`/tokens/${action}`, { user_id: user.id, amount: action === "mint" ? "9999999999999" : "1" }).expect(422);
  expect(await newest(1)).toEqual(before);
  expect(here.sandbox.info().chain.block_number).toBe(block);
  expect((await here.api.get(`/tokens/transactions?user_id=${user.id}`)).body.data.items).toEqual([]);
});

it("a balance is as of a block", async () => {
  const user = await rich(here.api, "4");
  const { body } = await here.api.get(`/users/${user.id}/balance`).expect(200);
  const expected = { object: "balance", user_id: user.id, address: user.wallet.address, balance: "4", symbol: "GETS", decimals: 18 };
  expect(body.data).toEqual({ ...expected, block_number: here.sandbox.info().chain.block_number });
});

it("the invariants hold after all this", async () => {
  await here.sandbox.doctor();
});
