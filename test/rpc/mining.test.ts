import { expect, it } from "vitest";
import { hardhatNode } from "./hardhat-node.ts";
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

it("a nonce gap is refused with the nonce that is expected, in the words of `hardhat node`", async () => {
  const world = await withTokens();
  const node = await hardhatNode();
  const request = { from: world.account.address, to: world.account.address, nonce: "0x2", gas: "0x5208" };
  const theirs = await node.request({ method: "eth_sendTransaction", params: [request] }).catch(({ message }) => message);
  const [sentence] = /^Nonce too high\. Expected nonce to be 0 but got 2\./.exec(String(theirs)) as RegExpExecArray;
  expect(await world.refused("eth_sendTransaction", [request])).toMatchObject({ code: -32000, message: expect.stringContaining(sentence) });
  const raw = await world.signedTransfer(world.account, world.grace.wallet.address, gets(1), 2);
  expect((await world.refused("eth_sendRawTransaction", [raw])).message).toContain(sentence);
  expect(await world.rpc("eth_pendingTransactions")).toEqual([]);
  for (const nonce of [0, 1, 2]) expect(await receipt(world, await world.send(1, nonce))).toMatchObject({ status: "0x1" });
  await world.sandbox.doctor();
});

it("under manual mining a transaction waits until the nonces before it are used, and an export names the missing one", async () => {
  const world = await withTokens({ mining: { kind: "manual" } });
  const later = await world.send(2, 1);
  await world.sandbox.chain.mine();
  expect(await receipt(world, later)).toBeNull();
  await expect(world.sandbox.export()).rejects.toThrow(
    `1 transaction waits for a block; ${later} has nonce 1, and no block takes it before ${world.account.address} sends a transaction with nonce 0`,
  );
  const first = await world.send(1, 0);
  await expect(world.sandbox.export()).rejects.toThrow("2 transactions wait for a block; mine first, then export.");
  await world.sandbox.chain.mine();
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
