import { expect, it } from "vitest";
import { gets } from "./token-abi.ts";
import { type Account, openWorld, type World } from "./world.ts";

async function withTokens(options: Parameters<typeof openWorld>[0] = {}) {
  const world = await openWorld(options);
  const account = world.sandbox.accounts[0] as Account;
  const ada = await world.api.user(account.address);
  const grace = await world.api.user();
  await world.api.mint(ada.id, "100");
  if (options.mining) await world.sandbox.chain.mine();
  const send = async (amount: number, nonce: number) =>
    world.rpc<string>("eth_sendRawTransaction", [await world.signedTransfer(account, grace.wallet.address, gets(amount), nonce)]);
  return { ...world, account, ada, grace, send };
}

function receipt({ rpc }: Pick<World, "rpc">, hash: string) {
  return rpc<{ status: string; blockNumber: string } | null>("eth_getTransactionReceipt", [hash]);
}

it("a transfer that the contract refuses is mined with status 0 and leaves no record", async () => {
  const world = await withTokens();
  const hash = await world.send(101, 0);
  expect(await receipt(world, hash)).toMatchObject({ status: "0x0" });
  expect(await world.api.transactions("?type=external")).toEqual([]);
  await world.sandbox.doctor();
});

it("a transaction from the future waits until the nonces before it are used", async () => {
  const world = await withTokens();
  const later = await world.send(2, 1);
  expect(await receipt(world, later)).toBeNull();
  // A failing and a passing write of the API in between must not lose it.
  await expect(world.api.transfer(world.grace.id, (await world.api.user()).id, "1")).rejects.toThrow("INSUFFICIENT_BALANCE");
  await world.api.mint(world.grace.id, "10");
  expect(await receipt(world, later)).toBeNull();

  const first = await world.send(1, 0);
  expect(await receipt(world, first)).toMatchObject({ status: "0x1" });
  expect(await receipt(world, later)).toMatchObject({ status: "0x1" });
  expect(await world.api.transactions("?type=external")).toHaveLength(2);
  await world.sandbox.doctor();
});

it("a nonce that was used is refused, and nothing happens", async () => {
  const world = await withTokens();
  await world.send(1, 0);
  const block = await world.rpc("eth_blockNumber");
  await expect(world.send(2, 0)).rejects.toMatchObject({ code: -32000 });
  expect(await world.rpc("eth_blockNumber")).toBe(block);
});

it("eth_sendTransaction signs with a funded account", async () => {
  const { rpc, account, api } = await withTokens();
  const hash = await rpc<string>("eth_sendTransaction", [{ from: account.address, to: account.address, value: "0x1" }]);
  expect(await receipt({ rpc }, hash)).toMatchObject({ status: "0x1" });
  expect(await api.transactions("?type=external")).toEqual([]);
});

it("under manual mining a wallet's transfer waits for evm_mine, with what the API sent", async () => {
  const world = await withTokens({ mining: { kind: "manual" } });
  const hash = await world.send(30, 0);
  await world.api.mint(world.grace.id, "5");
  expect(await receipt(world, hash)).toBeNull();
  expect(await world.rpc("eth_getTransactionByHash", [hash])).toMatchObject({ blockNumber: null });
  expect(await world.api.transactions("?type=external")).toEqual([]);

  await world.rpc("evm_mine");
  expect(await receipt(world, hash)).toMatchObject({ status: "0x1" });
  expect(await world.api.balance(world.grace.id)).toMatch(/^35(\.0+)?$/);
  expect(await world.api.transactions("?type=external")).toMatchObject([{ status: "confirmed" }]);
  await world.sandbox.doctor();
});

it("under interval mining it is mined when the clock reaches the next block", async () => {
  const world = await withTokens({ seed: 1, mining: { kind: "interval", every_ms: 2000 } });
  const hash = await world.send(30, 0);
  await world.sandbox.clock.advance(1000);
  expect(await receipt(world, hash)).toBeNull();
  await world.sandbox.clock.advance(1000);
  expect(await receipt(world, hash)).toMatchObject({ status: "0x1" });
  await world.sandbox.doctor();
});

it("under interval mining a nonce gap does not hold up the clock", async () => {
  const world = await withTokens({ seed: 1, mining: { kind: "interval", every_ms: 2000 } });
  const later = await world.send(2, 1);
  await world.sandbox.clock.advance(10_000);
  expect(await receipt(world, later)).toBeNull();
  await world.send(1, 0);
  await world.sandbox.clock.advance(2000);
  expect(await receipt(world, later)).toMatchObject({ status: "0x1" });
  await world.sandbox.doctor();
});
