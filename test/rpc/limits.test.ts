/** What one client, or many, may ask of this door at most. */
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { WebSocket } from "ws";
import { BOUNDS } from "../../emulator/rpc/bounds.ts";
import type { Feed } from "../../emulator/rpc/feed.ts";
import { filterMethods } from "../../emulator/rpc/filters.ts";
import { answer } from "../../emulator/rpc/json-rpc.ts";
import { isDeeper } from "../../emulator/rpc/nesting.ts";
import { createSandbox } from "../../emulator/sandbox.ts";
import { memoryLog } from "../support/memory-log.ts";
import { looping, program } from "../support/programs.ts";
import { openWorld, type World } from "./world.ts";

const TOO_MUCH = { code: -32005 };

async function post(url: string, body: string) {
  return (await fetch(url, { method: "POST", body })).json();
}

describe("JSON", () => {
  it.each([
    ["[".repeat(64), false],
    ["[".repeat(65), true],
    [`${"[{}]".repeat(100)}`, false],
    [JSON.stringify({ a: "[".repeat(100), b: '\\"[[\\\\' }), false],
    [`{"a":"\\\\","b":${"[".repeat(64)}`, true],
    ['"', false],
  ])("%j", (json, deeper) => {
    expect(isDeeper(json, 64)).toBe(deeper);
  });

  it("nested deeper is refused, before anything recurses over it", async () => {
    const { http } = await openWorld();
    const deep = `{"jsonrpc":"2.0","id":1,"method":"eth_call","params":${"[".repeat(500_000)}${"]".repeat(500_000)}}`;
    expect(await post(http, deep)).toMatchObject({ id: null, error: { code: -32600 } });
  });
});

describe("a batch", () => {
  it("ends when its answers are too large", async () => {
    const text = JSON.stringify(Array.from({ length: 20 }, (_, id) => ({ jsonrpc: "2.0", id, method: "large" })));
    const large = vi.fn(async () => "x".repeat(2 ** 20));
    const answers = JSON.parse((await answer(text, large, memoryLog().log)) as string);
    expect(large).toHaveBeenCalledTimes(16);
    expect(answers).toHaveLength(20);
    expect(answers[19]).toMatchObject({ id: 19, error: TOO_MUCH });
  });

  it("ends when it takes too long", async () => {
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => now);
    onTestFinished(() => void vi.restoreAllMocks());
    const slow = vi.fn(async () => (now += 4000));
    const text = JSON.stringify(Array.from({ length: 5 }, (_, id) => ({ jsonrpc: "2.0", id, method: "slow" })));
    const answers = JSON.parse((await answer(text, slow, memoryLog().log)) as string);
    expect(answers.map(({ error }: { error?: object }) => error !== undefined)).toEqual([false, false, false, true, true]);
  });
});

describe("logs", () => {
  const from = ({ sandbox }: World) => sandbox.accounts[0]?.address;
  const emitting = (times: number) => program(`${times} JUMPDEST 0 0 LOG0 1 SWAP1 SUB DUP1 ${times > 255 ? 3 : 2} JUMPI`);

  it("of many blocks are the node's own answer", async () => {
    const world = await openWorld();
    const ada = await world.api.user();
    for (let i = 0; i < 4; i++) {
      await world.api.mint(ada.id, "1");
      await world.rpc("hardhat_mine", ["0x14"]);
    }
    const all = await world.rpc<{ blockNumber: string }[]>("eth_getLogs", [{ fromBlock: "earliest", address: world.token }]);
    const minted = all.filter(({ blockNumber }) => Number(blockNumber) > 1).map(({ blockNumber }) => Number(blockNumber));
    expect(minted).toEqual([2, 23, 44, 65]);
    for (const range of [
      { fromBlock: "0x0", toBlock: "latest" },
      { fromBlock: "0x0", toBlock: "0xffff" },
      { fromBlock: "0x0", toBlock: "0x55" },
      { fromBlock: "0x0", toBlock: "0xffffffffffffffff" },
      { fromBlock: "0x00000000000000000", toBlock: "pending" },
      { fromBlock: "0x0", toBlock: "0xffffffffffffff", blockHash: null },
    ]) {
      expect(await world.rpc("eth_getLogs", [{ ...range, address: world.token }])).toEqual(all);
    }
    expect(await world.rpc("eth_getLogs", [{ fromBlock: "0x3", toBlock: "0x30", address: world.token }])).toHaveLength(2);
    expect(await world.rpc("eth_getLogs", [{}])).toEqual([]);
    for (const fromBlock of ["0x100", "0xfffffffffffffff", "pending"]) {
      expect(await world.rpc("eth_getLogs", [{ fromBlock, toBlock: "0xffffffffffffffff" }])).toEqual([]);
    }
    const filter = await world.rpc("eth_newFilter", [{ fromBlock: "0x0", address: world.token }]);
    expect(await world.rpc("eth_getFilterLogs", [filter])).toEqual(all);
  });

  it("that are too many are refused, with the blocks that fit", async () => {
    const world = await openWorld();
    for (const times of [200, 9000, 2000])
      await world.rpc("eth_sendTransaction", [{ from: from(world), data: emitting(times), gas: "0xf42400" }]);
    expect(await world.rpc("eth_getLogs", [{ fromBlock: "0x2", toBlock: "0x3" }])).toHaveLength(9200);
    const refusal = await world.refused("eth_getLogs", [{ fromBlock: "0x2" }]);
    expect(refusal).toMatchObject({ ...TOO_MUCH, message: expect.stringContaining("Ask for fewer blocks,") });
    await world.rpc("hardhat_mine", ["0x30"]);
    await world.rpc("eth_sendTransaction", [{ from: from(world), data: emitting(9000), gas: "0xf42400" }]);
    const fitting = "0x1c";
    expect(await world.refused("eth_getLogs", [{ fromBlock: "0x4" }])).toMatchObject({
      message: expect.stringContaining(`Ask for blocks up to ${fitting},`),
    });
    expect(await world.rpc("eth_getLogs", [{ fromBlock: "0x4", toBlock: fitting }])).toHaveLength(2000);
  });

  it.each([
    [{ fromBlock: "zebra" }, "fromBlock"],
    [{ toBlock: { blockNumber: "0xffffffffffffff" } }, "toBlock"],
    [{ toBlock: 5 }, "toBlock"],
    [{ blockHash: `0x${"00".repeat(32)}`, toBlock: "0x1" }, "blockHash"],
  ])("of what is no range are refused: %j", async (range, member) => {
    const { refused } = await openWorld();
    expect(await refused("eth_getLogs", [range])).toMatchObject({ code: -32602, message: expect.stringContaining(member) });
  });

  it("of too many addresses, proofs of too many keys and too many percentiles are refused", async () => {
    const { refused, token } = await openWorld();
    const many = Array.from({ length: 1001 }, () => token);
    expect(await refused("eth_getLogs", [{ address: many }])).toMatchObject(TOO_MUCH);
    expect(await refused("eth_newFilter", [{ topics: [many.map((each) => each.padEnd(66, "0"))] }])).toMatchObject(TOO_MUCH);
    expect(await refused("eth_getProof", [token, many, "latest"])).toMatchObject(TOO_MUCH);
    expect(await refused("eth_feeHistory", ["0x1", "latest", many.map(() => 1)])).toMatchObject(TOO_MUCH);
  });
});

describe("filters", () => {
  /** Filters over a feed of our own, and a clock. */
  function open() {
    const tells = new Set<(item: never) => void>();
    const follow = (tell: (item: never) => void) => {
      tells.add(tell);
      return () => tells.delete(tell);
    };
    const feed = { heads: follow, pending: follow, logs: (_: unknown, tell: (item: never) => void) => follow(tell) } as unknown as Feed;
    let [now, made] = [0, 0];
    const turns = { epoch: 0, run: async () => {}, quiet: (read: () => unknown) => read() };
    const methods = filterMethods({ chain: {} as never, turns: turns as never, now: () => now }, feed, () => `f${++made}`);
    const call = (method: string, ...params: unknown[]) => methods[method]?.(params, null);
    return {
      call,
      tells,
      pass: (ms: number) => (now += ms),
      tell: (item: unknown) => [...tells].forEach((tell) => void tell(item as never)),
    };
  }

  it("that are not polled for five minutes are dropped", async () => {
    const { call, pass, tells } = open();
    const [kept, left] = [call("eth_newBlockFilter"), call("eth_newBlockFilter")];
    pass(BOUNDS.filters.idleMs);
    expect(await call("eth_getFilterChanges", kept)).toEqual([]);
    pass(1);
    call("eth_newBlockFilter");
    expect(tells.size).toBe(2);
    await expect(async () => await call("eth_getFilterChanges", left)).rejects.toMatchObject({ code: -32000 });
    expect(await call("eth_getFilterChanges", kept)).toEqual([]);
  });

  it("keep no more than they may, all together", async () => {
    const { call, tell, tells } = open();
    const [first, second] = [call("eth_newFilter", {}), call("eth_newFilter", {})];
    const log = { data: "x".repeat(2 ** 20) };
    for (let i = 0; i < 10; i++) tell(log);
    expect(tells.size).toBe(1);
    await expect(async () => await call("eth_getFilterChanges", first)).rejects.toMatchObject({ code: -32000 });
    expect(await call("eth_getFilterChanges", second)).toHaveLength(10);
    for (let i = 0; i < 10; i++) tell(log);
    expect(await call("eth_getFilterChanges", second)).toHaveLength(10);
  });
});

describe("a WebSocket", () => {
  async function connect(url: string) {
    const socket = new WebSocket(url);
    onTestFinished(() => socket.terminate());
    await new Promise((resolve) => socket.on("open", resolve));
    const heard: { id?: number; result?: unknown; error?: object; method?: string }[] = [];
    socket.on("message", (data) => heard.push(JSON.parse(data.toString())));
    const ask = (id: number, method: string, ...params: unknown[]) => socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    return { socket, heard, ask };
  }

  it("has a hundred subscriptions", async () => {
    const { ws } = await openWorld();
    const { ask, heard } = await connect(ws);
    for (let id = 0; id <= 100; id++) ask(id, "eth_subscribe", "newHeads");
    await vi.waitFor(() => expect(heard).toHaveLength(101));
    expect(heard.filter(({ error }) => error !== undefined)).toMatchObject([{ id: 100, error: TOO_MUCH }]);
  });

  it("is answered at the pace at which it reads", async () => {
    const { ws, rpc, sandbox } = await openWorld();
    const badge = sandbox.info().chain.badge_address;
    const { socket, ask, heard } = await connect(ws);
    socket.pause();
    for (let id = 0; id < 600; id++) ask(id, "eth_getCode", badge, "latest");
    await rpc("eth_blockNumber");
    socket.resume();
    await vi.waitFor(() => expect(heard).toHaveLength(600), { timeout: 20_000 });
    expect(new Set(heard.map(({ id }) => id)).size).toBe(600);
  });

  it("that does not read what it subscribed to is let go; one that reads is not", async () => {
    const world = await openWorld();
    const [deaf, hearing] = [await connect(world.ws), await connect(world.ws)];
    for (const { ask, heard } of [deaf, hearing]) {
      ask(1, "eth_subscribe", "logs", {});
      await vi.waitFor(() => expect(heard).toHaveLength(1));
    }
    const gone = new Promise((resolve) => deaf.socket.on("close", resolve));
    deaf.socket.pause();
    // A megabyte of data in a log, two of hexadecimal.
    const data = program(`0 ${2 ** 20 - 1} MSTORE8 ${2 ** 20} 0 LOG0`);
    const send = () => world.rpc("eth_sendTransaction", [{ from: world.sandbox.accounts[0]?.address, data, gas: "0x1000000" }]);
    for (let i = 0; i < 12; i++) {
      await send();
      await vi.waitFor(() => expect(hearing.heard).toHaveLength(i + 2));
    }
    deaf.socket.resume();
    await gone;
    expect(deaf.heard.length).toBeLessThan(13);
  });
});

it("the API comes after one of many calls, not after all of them", async () => {
  const world = await openWorld();
  const busy = looping("1 POP");
  let answered = 0;
  const calls = Array.from({ length: 12 }, () => world.refused("eth_call", [{ data: busy, gas: "0x30d40" }]).then(() => (answered += 1)));
  await vi.waitFor(() => expect(answered).toBeGreaterThan(0));
  await world.api.user();
  expect(answered).toBeLessThan(12);
  await Promise.all(calls);
});

it("what is refused for its size says how large it may be", async () => {
  const sandbox = await createSandbox();
  onTestFinished(() => sandbox.close());
  const response = await fetch(await sandbox.listenRpc(), { method: "POST", body: " ".repeat(BOUNDS.body + 1) });
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({ error: { code: -32600, message: expect.stringContaining("2 MiB") } });
});
