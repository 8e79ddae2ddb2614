/** Blocks as explorers read them. */
import { JsonRpcProvider } from "ethers";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { blockMethods } from "../../emulator/rpc/blocks.ts";
import { openWorld, type World } from "./world.ts";

const NOWHERE = `0x${"77".repeat(32)}`;

/** A block with three transfers of a wallet. */
async function withBlock(world: World): Promise<readonly string[]> {
  const from = world.sandbox.accounts[0]?.address;
  const hashes: string[] = [];
  for (let i = 0; i < 3; i++) hashes.push(await world.rpc("eth_sendTransaction", [{ from, to: from, value: "0x1" }]));
  await world.sandbox.chain.mine();
  return hashes;
}

describe("the pending block", () => {
  it("has a number, a nonce and a mixHash, and ethers reads it", async () => {
    const { rpc, http } = await openWorld();
    const pending = await rpc<Record<string, string>>("eth_getBlockByNumber", ["pending", false]);
    const latest = await rpc<Record<string, string>>("eth_getBlockByNumber", ["latest", false]);
    expect(pending).toMatchObject({
      number: "0x2",
      nonce: latest.nonce,
      mixHash: expect.stringMatching(/^0x[0-9a-f]{64}$/),
      parentHash: latest.hash,
    });
    expect(Object.keys(pending)).toEqual(Object.keys(latest));
    const provider = new JsonRpcProvider(http);
    onTestFinished(() => provider.destroy());
    expect(await provider.getBlock("pending")).toMatchObject({ number: 2, nonce: "0x0000000000000000" });
  });

  it("holds what waits", async () => {
    const world = await openWorld({ mining: { kind: "manual" } });
    const from = world.sandbox.accounts[0]?.address;
    const hash = await world.rpc("eth_sendTransaction", [{ from, to: from }]);
    expect(await world.rpc("eth_getBlockByNumber", ["pending", false])).toMatchObject({ transactions: [hash] });
  });
});

describe("eth_getBlockReceipts", () => {
  it("has the receipt of each transaction, by number, hash, tag or EIP-1898", async () => {
    const world = await openWorld({ mining: { kind: "manual" } });
    const hashes = await withBlock(world);
    const { rpc } = world;
    const { number, hash } = await rpc<{ number: string; hash: string }>("eth_getBlockByNumber", ["latest", false]);
    const one = await Promise.all(hashes.map((each) => rpc("eth_getTransactionReceipt", [each])));
    for (const block of [number, hash, "latest", { blockNumber: number }, { blockHash: hash }]) {
      expect(await rpc("eth_getBlockReceipts", [block])).toEqual(one);
    }
  });

  it("knows none of a block that is not there, or not yet", async () => {
    const { rpc, refused } = await openWorld();
    for (const block of ["0x99", NOWHERE, "pending", { blockHash: NOWHERE }]) expect(await rpc("eth_getBlockReceipts", [block])).toBeNull();
    for (const params of [[], [5], ["zebra"], [{}]]) expect(await refused("eth_getBlockReceipts", params)).toMatchObject({ code: -32602 });
  });

  it("answers at most so much", async () => {
    const receipt = { logs: [{ data: "0x".padEnd(2 ** 19, "0") }] };
    const block = { number: "0x1", transactions: Array.from({ length: 200 }, (_, i) => `0x${i}`) };
    const request = vi.fn(async (method: string) => (method === "eth_getBlockByNumber" ? block : receipt));
    const quiet = <T>(read: () => Promise<T>) => read();
    const turns = { epoch: 0, quiet, aside: quiet, run: async () => undefined as never };
    const asked = blockMethods({ chain: { request }, turns }).eth_getBlockReceipts?.(["latest"], null);
    await expect(asked).rejects.toMatchObject({ code: -32005, message: expect.stringContaining("16 MiB") });
    // Not all of them are read to know that they are too many.
    expect(request).toHaveBeenCalledTimes(1 + 50);
  });
});

it("debug_traceBlockByNumber and ByHash trace each transaction", async () => {
  const world = await openWorld({ mining: { kind: "manual" } });
  const hashes = await withBlock(world);
  const { hash } = await world.rpc<{ hash: string }>("eth_getBlockByNumber", ["latest", false]);
  const options = { tracer: "callTracer" };
  const traces = await Promise.all(
    hashes.map(async (txHash) => ({ txHash, result: await world.rpc("debug_traceTransaction", [txHash, options]) })),
  );
  expect(await world.rpc("debug_traceBlockByNumber", ["latest", options])).toEqual(traces);
  expect(await world.rpc("debug_traceBlockByHash", [hash, options])).toEqual(traces);
});

it("blocks have no uncles", async () => {
  const { rpc } = await openWorld();
  const { hash } = await rpc<{ hash: string }>("eth_getBlockByNumber", ["latest", false]);
  expect(await rpc("eth_getUncleCountByBlockNumber", ["latest"])).toBe("0x0");
  expect(await rpc("eth_getUncleCountByBlockHash", [hash])).toBe("0x0");
  expect(await rpc("eth_getUncleCountByBlockHash", [NOWHERE])).toBeNull();
  expect(await rpc("eth_getUncleByBlockNumberAndIndex", ["latest", "0x0"])).toBeNull();
});

it("txpool_content tells what can be mined from what lacks a nonce", async () => {
  const { rpc, sandbox } = await openWorld({ mining: { kind: "manual" } });
  const [ada, bob] = sandbox.accounts.map(({ address }) => address) as [string, string];
  for (const nonce of ["0x0", "0x1", "0x5"]) await rpc("eth_sendTransaction", [{ from: ada, to: bob, nonce }]);
  await rpc("eth_sendTransaction", [{ from: bob, to: ada, nonce: "0x2" }]);
  const { pending, queued } = await rpc<Record<string, Record<string, Record<string, { nonce: string }>>>>("txpool_content");
  expect(Object.keys(pending?.[ada] ?? {})).toEqual(["0", "1"]);
  expect(pending?.[bob]).toBeUndefined();
  expect(queued).toMatchObject({ [ada]: { 5: { nonce: "0x5", from: ada.toLowerCase() } }, [bob]: { 2: { nonce: "0x2" } } });
  expect(await rpc("txpool_status")).toEqual({ pending: "0x2", queued: "0x2" });
  expect(await rpc("txpool_contentFrom", [bob.toLowerCase()])).toEqual({ pending: {}, queued: queued?.[bob] ? { 2: queued[bob][2] } : {} });
  await sandbox.chain.mine();
  expect(await rpc("txpool_status")).toEqual({ pending: "0x0", queued: "0x2" });
});
