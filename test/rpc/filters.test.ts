import { JsonRpcProvider } from "ethers";
import { expect, it, onTestFinished, vi } from "vitest";
import { openWorld } from "./world.ts";

it("a filter keeps what happened since it was polled, and nothing that was undone", async () => {
  const { rpc, api, token } = await openWorld();
  const [ada, grace] = [await api.user(), await api.user()];
  const blocks = await rpc("eth_newBlockFilter");
  const logs = await rpc("eth_newFilter", [{ address: token }]);
  const pending = await rpc("eth_newPendingTransactionFilter");
  await expect(api.transfer(ada.id, grace.id, "1")).rejects.toThrow("INSUFFICIENT_BALANCE");
  expect(await rpc("eth_getFilterChanges", [blocks])).toEqual([]);

  const { chain } = await api.mint(ada.id, "1");
  const { hash } = await rpc<{ hash: string }>("eth_getBlockByNumber", ["latest", false]);
  expect(await rpc("eth_getFilterChanges", [blocks])).toEqual([hash]);
  expect(await rpc("eth_getFilterChanges", [blocks])).toEqual([]);
  expect(await rpc("eth_getFilterChanges", [logs])).toMatchObject([{ transactionHash: chain.tx_hash }]);
  expect(await rpc("eth_getFilterChanges", [pending])).toEqual([chain.tx_hash]);
  expect(await rpc("eth_getFilterLogs", [logs])).toMatchObject([{ transactionHash: chain.tx_hash }]);
});

it("a filter's block range is kept", async () => {
  const { rpc, api } = await openWorld();
  const ada = await api.user();
  const third = await rpc("eth_newFilter", [{ fromBlock: "0x3", toBlock: "0x3" }]);
  for (let i = 0; i < 3; i++) await api.mint(ada.id, "1");
  expect(await rpc("eth_getFilterChanges", [third])).toMatchObject([{ blockNumber: "0x3" }]);
});

it("a filter that is not there, or no longer, is not found", async () => {
  const { rpc, refused } = await openWorld();
  const id = await rpc("eth_newBlockFilter");
  expect(await rpc("eth_uninstallFilter", [id])).toBe(true);
  expect(await rpc("eth_uninstallFilter", [id])).toBe(false);
  for (const method of ["eth_getFilterChanges", "eth_getFilterLogs"]) {
    expect(await refused(method, [id])).toMatchObject({ code: -32000, message: expect.stringContaining("filter not found") });
  }
});

it("filters that nobody polls make room for new ones", async () => {
  const { rpc, refused } = await openWorld();
  const [first, second] = [await rpc("eth_newBlockFilter"), await rpc("eth_newBlockFilter")];
  for (let i = 0; i < 998; i++) await rpc("eth_newBlockFilter");
  await rpc("eth_getFilterChanges", [first]);
  await rpc("eth_newBlockFilter");
  expect(await rpc("eth_getFilterChanges", [first])).toEqual([]);
  expect(await refused("eth_getFilterChanges", [second])).toMatchObject({ code: -32000 });
});

it("ethers polls events over HTTP", async () => {
  const { http, api, token } = await openWorld();
  const ada = await api.user();
  const provider = new JsonRpcProvider(http, undefined, { pollingInterval: 20 });
  onTestFinished(() => provider.destroy());
  const [logs, blocks] = [vi.fn(), vi.fn()];
  await provider.on({ address: token }, logs);
  await provider.on("block", blocks);
  // It does not say when it has begun to listen, so there is one event after the other until it has heard both.
  await vi.waitFor(
    async () => {
      await api.mint(ada.id, "1");
      for (const heard of [logs, blocks]) expect(heard).toHaveBeenCalled();
    },
    { timeout: 10_000, interval: 100 },
  );
});
