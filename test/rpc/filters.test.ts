import { JsonRpcProvider } from "ethers";
import { describe, expect, it, onTestFinished, vi } from "vitest";
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

it("after a revert a log filter tells what was taken away as removed, and a block filter no block that is gone", async () => {
  const { rpc, api } = await openWorld();
  const ada = await api.user();
  const [blocks, logs] = [await rpc("eth_newBlockFilter"), await rpc("eth_newFilter", [{}])];
  const changes = <T>(id: unknown) => rpc<T[]>("eth_getFilterChanges", [id]);
  await api.mint(ada.id, "1");
  const [head] = await changes<string>(blocks);
  const snapshot = await rpc("evm_snapshot");
  await api.mint(ada.id, "2");
  const polled = await changes<{ blockHash: string; removed: boolean }>(logs);
  await api.mint(ada.id, "3");
  await rpc("evm_revert", [snapshot]);
  const told = await changes<{ blockHash: string; removed: boolean }>(logs);
  expect(told.map(({ removed }) => removed)).toEqual([false, true, true]);
  expect(told[1]?.blockHash).toBe(told[0]?.blockHash);
  expect(told[2]?.blockHash).toBe(polled[1]?.blockHash);
  // The block that it went back to: whoever polls learns of the revert.
  expect(await changes(blocks)).toEqual([head]);
  await api.mint(ada.id, "4");
  expect(await changes(logs)).toMatchObject([{ blockNumber: "0x3", removed: false }]);
});

it("ids are quantities, which clients read as numbers", async () => {
  const { rpc } = await openWorld();
  const ids = await Promise.all(Array.from({ length: 100 }, () => rpc<string>("eth_newBlockFilter")));
  for (const id of ids) expect(id).toMatch(/^0x[1-9a-f][0-9a-f]{0,31}$/);
  // One in 16 would begin with a zero otherwise.
  expect(ids.some((id) => id.length < 34)).toBe(true);
});

describe("null among criteria matches all, at every depth", () => {
  const nowhere = `0x${"77".repeat(32)}`;
  it.each<[string, object | null, number]>([
    ["no criteria", null, 1],
    ["topics", { topics: null }, 1],
    ["a topic", { topics: [null] }, 1],
    ["one of the topics of a position", { topics: [[nowhere, null]] }, 1],
    ["an empty position", { topics: [[]] }, 1],
    ["more positions than the log has topics", { topics: [null, null, null, null] }, 0],
    ["an address", { address: null }, 1],
    ["another topic", { topics: [nowhere] }, 0],
    ["another topic after null", { topics: [null, nowhere] }, 0],
  ])("%s", async (_, criteria, count) => {
    const { rpc, api } = await openWorld();
    const ada = await api.user();
    const filter = await rpc("eth_newFilter", [criteria]);
    await api.mint(ada.id, "1");
    expect(await rpc("eth_getFilterChanges", [filter])).toHaveLength(count);
    expect(await rpc("eth_getLogs", [criteria])).toHaveLength(count);
    expect(await rpc("eth_getFilterLogs", [filter])).toHaveLength(count);
  });
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
