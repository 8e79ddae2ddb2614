import { WebSocketProvider } from "ethers";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { WebSocket } from "ws";
import { type Account, openWorld, TOKEN } from "./world.ts";

interface Notice {
  readonly subscription: string;
  readonly result: Record<string, string> & string;
}

/** A bare client: what it asks, what it is told. */
async function connect(url: string) {
  const socket = new WebSocket(url);
  onTestFinished(() => socket.terminate());
  await new Promise((resolve) => socket.on("open", resolve));
  const told: Notice[] = [];
  const waiting = new Map<number, (answer: { result?: unknown; error?: { code: number } }) => void>();
  socket.on("message", (data) => {
    const message = JSON.parse(data.toString());
    if (message.method === "eth_subscription") told.push(message.params);
    else waiting.get(message.id)?.(message);
  });
  let id = 0;
  function ask(method: string, ...params: unknown[]) {
    id += 1;
    socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    return new Promise<{ result?: unknown; error?: { code: number } }>((resolve) => waiting.set(id, resolve));
  }
  const subscribe = async (...params: unknown[]) => (await ask("eth_subscribe", ...params)).result as string;
  /** What a subscription was told, once all that was committed has been told. */
  async function toldTo(subscription: string) {
    await ask("eth_blockNumber");
    return told.filter((notice) => notice.subscription === subscription).map(({ result }) => result);
  }
  return { ask, subscribe, toldTo };
}

async function withTokens() {
  const world = await openWorld();
  const account = world.sandbox.accounts[0] as Account;
  const ada = await world.api.user(account.address);
  const grace = await world.api.user();
  return { ...world, account, ada, grace, client: await connect(world.ws) };
}

describe("newHeads", () => {
  it("tells each committed block once, in order, without its transactions", async () => {
    const { api, ada, client, rpc } = await withTokens();
    const heads = await client.subscribe("newHeads");
    await api.mint(ada.id, "1");
    await rpc("hardhat_mine", ["0x2"]);
    const told = await client.toldTo(heads);
    expect(told.map(({ number }) => number)).toEqual(["0x2", "0x3", "0x4"]);
    const { transactions, hash, parentHash } = (await rpc("eth_getBlockByNumber", ["0x2", false])) as Record<string, string>;
    expect(told[0]).toMatchObject({ hash, parentHash });
    expect(transactions).toHaveLength(1);
    expect(told[0]).not.toHaveProperty("transactions");
  });

  it("never tells a block of a write that failed", async () => {
    const { api, ada, grace, client } = await withTokens();
    const [heads, logs, pending] = [
      await client.subscribe("newHeads"),
      await client.subscribe("logs", {}),
      await client.subscribe("newPendingTransactions"),
    ];
    await expect(api.transfer(grace.id, ada.id, "1")).rejects.toThrow("INSUFFICIENT_BALANCE");
    expect(await client.toldTo(heads)).toEqual([]);
    await api.mint(grace.id, "1");
    expect((await client.toldTo(heads)).map(({ number }) => number)).toEqual(["0x2"]);
    expect(await client.toldTo(logs)).toHaveLength(1);
    expect(await client.toldTo(pending)).toHaveLength(1);
  });

  it("tells the block that a reset goes back to, and goes on after it", async () => {
    const { api, ada, client, sandbox, rpc } = await withTokens();
    const heads = await client.subscribe("newHeads");
    await api.mint(ada.id, "1");
    await sandbox.reset();
    await rpc("evm_mine");
    const told = await client.toldTo(heads);
    expect(told.map(({ number }) => number)).toEqual(["0x2", "0x1", "0x2"]);
    expect(told[2]).toMatchObject({ hash: ((await rpc("eth_getBlockByNumber", ["latest", false])) as { hash: string }).hash });
  });

  it("tells the blocks of a branch that is come back to", async () => {
    const { client, rpc } = await withTokens();
    const heads = await client.subscribe("newHeads");
    const before = await rpc("evm_snapshot");
    await rpc("hardhat_mine", ["0x3"]);
    await rpc("evm_snapshot");
    const numbers = async () => (await client.toldTo(heads)).map(({ number }) => Number(number));
    expect(await numbers()).toEqual([2, 3, 4]);
    await rpc("evm_revert", [before]);
    expect(await numbers()).toEqual([2, 3, 4, 1]);
  });

  it("ends with eth_unsubscribe", async () => {
    const { client, rpc } = await withTokens();
    const heads = await client.subscribe("newHeads");
    expect(await client.ask("eth_unsubscribe", heads)).toMatchObject({ result: true });
    expect(await client.ask("eth_unsubscribe", heads)).toMatchObject({ result: false });
    await rpc("evm_mine");
    expect(await client.toldTo(heads)).toEqual([]);
  });
});

describe("logs", () => {
  it("are those of the address and topics asked for", async () => {
    const { api, ada, grace, client, token, account } = await withTokens();
    const transfer = TOKEN.getEvent("Transfer")?.topicHash as string;
    const toAda = `0x${account.address.slice(2).toLowerCase().padStart(64, "0")}`;
    const asked = {
      all: await client.subscribe("logs"),
      token: await client.subscribe("logs", { address: token, topics: [transfer] }),
      either: await client.subscribe("logs", { address: [account.address, token], topics: [[toAda, transfer]] }),
      ada: await client.subscribe("logs", { topics: [null, null, toAda] }),
      elsewhere: await client.subscribe("logs", { address: account.address }),
      deeper: await client.subscribe("logs", { topics: [null, null, null, null] }),
    };
    await api.mint(ada.id, "1");
    await api.mint(grace.id, "2");
    const count = Object.entries(asked).map(async ([name, id]) => [name, (await client.toldTo(id)).length]);
    expect(Object.fromEntries(await Promise.all(count))).toEqual({ all: 2, token: 2, either: 2, ada: 1, elsewhere: 0, deeper: 0 });
    const [log] = await client.toldTo(asked.ada);
    expect(log).toMatchObject({ address: token.toLowerCase(), blockNumber: "0x2", removed: false });
  });

  it("are told again, as removed, when a revert takes their block away", async () => {
    const { api, ada, client, rpc, token } = await withTokens();
    const logs = await client.subscribe("logs", { address: token });
    await api.mint(ada.id, "1");
    const snapshot = await rpc("evm_snapshot");
    await api.mint(ada.id, "2");
    await api.mint(ada.id, "3");
    await rpc("evm_revert", [snapshot]);
    const told = (await client.toldTo(logs)) as unknown as { blockNumber: string; removed: boolean; blockHash: string }[];
    expect(told.map(({ blockNumber, removed }) => [Number(blockNumber), removed])).toEqual([
      [2, false],
      [3, false],
      [4, false],
      [4, true],
      [3, true],
    ]);
    expect(told[4]?.blockHash).toBe(told[1]?.blockHash);
    await api.mint(ada.id, "4");
    expect((await client.toldTo(logs)).at(-1)).toMatchObject({ blockNumber: "0x3", removed: false });
  });

  it.each([[{ address: "zebra" }], [{ topics: "0x" }], [{ topics: ["0x12"] }], [5], [[]]])("refuses the filter %j", async (filter) => {
    const { client } = await withTokens();
    expect(await client.ask("eth_subscribe", "logs", filter)).toMatchObject({ error: { code: -32602 } });
  });
});

it("newPendingTransactions tells hashes, also of what waits under manual mining", async () => {
  const world = await openWorld({ mining: { kind: "manual" } });
  const client = await connect(world.ws);
  const [pending, heads] = [await client.subscribe("newPendingTransactions"), await client.subscribe("newHeads")];
  const hash = await world.rpc("eth_sendTransaction", [{ from: world.sandbox.accounts[0]?.address, to: world.token, gas: "0x7a120" }]);
  expect(await client.toldTo(pending)).toEqual([hash]);
  expect(await client.toldTo(heads)).toEqual([]);
});

it("what cannot be subscribed to is refused", async () => {
  const { client } = await withTokens();
  for (const kind of ["syncing", "zebra", null]) {
    expect(await client.ask("eth_subscribe", kind)).toMatchObject({ error: { code: -32602 } });
  }
});

it("ethers hears blocks and Transfer events", async () => {
  const { ws, api, ada, token } = await withTokens();
  const provider = new WebSocketProvider(ws);
  onTestFinished(() => provider.destroy());
  const [blocks, logs] = [vi.fn(), vi.fn()];
  await provider.on("block", blocks);
  await provider.on({ address: token }, logs);
  await provider.getBlockNumber();
  await api.mint(ada.id, "1");
  await vi.waitFor(() => expect(blocks).toHaveBeenCalledWith(2, expect.anything()));
  await vi.waitFor(() => expect(logs).toHaveBeenCalledOnce());
});
