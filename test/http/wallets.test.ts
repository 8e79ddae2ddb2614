/** Whose wallet is whose, and when it is replaced. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newUser, person, refusal, rich, type World, world } from "../support/client.ts";

let here: World;
beforeAll(async () => void (here = await world()));
afterAll(() => here.sandbox.close());

let serial = 0;
const ownWallet = () => `0x${(++serial).toString(16).padStart(40, "c")}`;

describe("INVALID_WALLET_ADDRESS", () => {
  it.each<[string, () => string]>([
    ["the zero address", () => `0x${"0".repeat(40)}`],
    ["a wrong checksum", () => "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"],
    ["upper case throughout", () => `0x${"AB".repeat(20)}`],
    ["the token's contract", () => here.sandbox.info().chain.token_address],
    ["the badge's contract, in lower case", () => here.sandbox.info().chain.badge_address.toLowerCase()],
  ])("%s, at creation and at a change", async (_what, address) => {
    const user = await newUser(here.api);
    const refused = refusal("INVALID_WALLET_ADDRESS", { param: "wallet_address" });
    await here.api.post("/users", person({ wallet_address: address() })).expect(refused);
    await here.api.patch(`/users/${user.id}`, { wallet_address: address() }).expect(refused);
    expect((await here.api.get(`/users/${user.id}`)).body.data).toEqual(user);
  });
});

describe("managed wallets", () => {
  it("are one for each user, and on no account of the chain", async () => {
    const users = await Promise.all(Array.from({ length: 5 }, () => newUser(here.api)));
    const addresses = users.map(({ wallet }) => wallet.address);
    expect(new Set(addresses).size).toBe(5);
    expect(here.sandbox.accounts.map(({ address }) => address)).not.toEqual(expect.arrayContaining([addresses[0]]));
  });

  it("cannot be linked by another user", async () => {
    const user = await newUser(here.api);
    await here.api.post("/users", person({ wallet_address: user.wallet.address })).expect(refusal("WALLET_ALREADY_LINKED"));
  });

  it("come back with null", async () => {
    const user = await newUser(here.api);
    const own = (await here.api.patch(`/users/${user.id}`, { wallet_address: ownWallet() }).expect(200)).body.data;
    expect(own.wallet.custody).toBe("self");
    expect((await here.api.patch(`/users/${user.id}`, { wallet_address: null }).expect(200)).body.data.wallet).toEqual(user.wallet);
  });

  it("are managed also when their address is named", async () => {
    const user = await newUser(here.api);
    await here.api.patch(`/users/${user.id}`, { wallet_address: ownWallet() }).expect(200);
    const { body } = await here.api.patch(`/users/${user.id}`, { wallet_address: user.wallet.address }).expect(200);
    expect(body.data.wallet).toEqual(user.wallet);
  });
});

describe("WALLET_IN_USE", () => {
  it("while the wallet holds GETS, however little, and not after", async () => {
    const user = await rich(here.api, "0.000000000000000001");
    const change = () => here.api.patch(`/users/${user.id}`, { wallet_address: ownWallet(), display_name: "Moved" });
    await change().expect(refusal("WALLET_IN_USE", { param: "wallet_address" }));
    expect((await here.api.get(`/users/${user.id}`)).body.data).toEqual(user);
    await here.api.post("/tokens/burn", { user_id: user.id, amount: "0.000000000000000001" }).expect(201);
    await change().expect(200);
  });

  it("of a wallet of one's own too", async () => {
    const user = await rich(here.api, "1", { wallet_address: ownWallet() });
    await here.api.patch(`/users/${user.id}`, { wallet_address: null }).expect(refusal("WALLET_IN_USE"));
    await here.api.patch(`/users/${user.id}`, { wallet_address: user.wallet.address.toLowerCase() }).expect(200);
  });

  it("while a pending transaction names it, from it or to it", async () => {
    const manual = await world({ mining: { kind: "manual" } });
    const [from, to] = [await newUser(manual.api), await newUser(manual.api)];
    await manual.api.post("/tokens/mint", { user_id: from.id, amount: "1" }).expect(202);
    await manual.sandbox.chain.mine();
    await manual.api.post("/tokens/transfer", { from_user_id: from.id, to_user_id: to.id, amount: "1" }).expect(202);
    const change = (id: string) => manual.api.patch(`/users/${id}`, { wallet_address: ownWallet() });
    await change(from.id).expect(refusal("WALLET_IN_USE"));
    await change(to.id).expect(refusal("WALLET_IN_USE"));
    await manual.sandbox.chain.mine();
    await change(from.id).expect(200);
    await change(to.id).expect(refusal("WALLET_IN_USE"));
    await manual.sandbox.close();
  });
});

describe("WALLET_NOT_MANAGED", () => {
  it("tokens come to a wallet of one's own, and the server does not move them", async () => {
    const [own, other] = [await rich(here.api, "2", { wallet_address: ownWallet() }), await rich(here.api, "2")];
    await here.api.post("/tokens/transfer", { from_user_id: other.id, to_user_id: own.id, amount: "1" }).expect(201);
    const refused = refusal("WALLET_NOT_MANAGED");
    await here.api.post("/tokens/transfer", { from_user_id: own.id, to_user_id: other.id, amount: "1" }).expect(refused);
    await here.api.post("/tokens/burn", { user_id: own.id, amount: "1" }).expect(refused);
    expect((await here.api.get(`/users/${own.id}/balance`)).body.data.balance).toBe("3");
  });
});
