/** eth_simulateV1, with the stories of execution-apis' own tests (tests/eth_simulateV1). */
import { AbiCoder } from "ethers";
import { describe, expect, it } from "vitest";
import { LOOPS, program } from "../support/programs.ts";
import { gets } from "./token-abi.ts";
import { type Account, openWorld, TOKEN, type World } from "./world.ts";

const [ADA, BOB, CAT] = ["c0", "c1", "c2"].map((byte) => `0x${byte}${"0".repeat(38)}`) as [string, string, string];
const ETH = `0x${"ee".repeat(20)}`;
const TRANSFER = TOKEN.getEvent("Transfer")?.topicHash;
const word = (value: string | number) => `0x${BigInt(value).toString(16).padStart(64, "0")}`;
const REVERTING = program("0 0 REVERT");

interface Simulated {
  readonly number: string;
  readonly timestamp: string;
  readonly hash: string;
  readonly baseFeePerGas: string;
  readonly gasUsed: string;
  readonly transactions: readonly (string & { from: string })[];
  readonly calls: readonly Result[];
}
interface Result {
  readonly status: string;
  readonly returnData: string;
  readonly gasUsed: string;
  readonly logs: Log[];
  readonly error?: { readonly code: number; readonly message: string; readonly data?: string };
}
interface Log {
  readonly address: string;
  readonly topics: string[];
  readonly data: string;
  readonly logIndex: string;
  readonly blockHash: string;
}

const simulate = ({ rpc }: World, blockStateCalls: object[], more: object = {}, block = "latest") =>
  rpc<Simulated[]>("eth_simulateV1", [{ blockStateCalls, ...more }, block]);
const refused = ({ refused }: World, blockStateCalls: unknown, more: object = {}, block = "latest") =>
  refused("eth_simulateV1", [{ blockStateCalls, ...more }, block]);
const rich = (balance: string) => ({ stateOverrides: { [ADA]: { balance } } });
/** A contract's code from what it is to do. */
const at = (address: string, code: string, more: object = {}) => ({ stateOverrides: { [address]: { code, ...more } } });

describe("calls build on each other", () => {
  it("across blocks, and leave nothing behind", async () => {
    const world = await openWorld();
    const before = await world.rpc("eth_getBlockByNumber", ["latest", false]);
    const blocks = await simulate(world, [
      { ...rich("0x3e8"), calls: [{ from: ADA, to: BOB, value: "0x3e8" }] },
      { calls: [{ from: BOB, to: CAT, value: "0x3e8" }] },
    ]);
    expect(blocks.map(({ number, baseFeePerGas, calls }) => [number, baseFeePerGas, calls[0]?.status])).toEqual([
      ["0x2", "0x0", "0x1"],
      ["0x3", "0x0", "0x1"],
    ]);
    expect(Number(blocks[1]?.timestamp)).toBe(Number(blocks[0]?.timestamp) + 1);
    for (const account of [ADA, BOB, CAT]) expect(await world.rpc("eth_getBalance", [account, "latest"])).toBe("0x0");
    expect(await world.rpc("eth_getBlockByNumber", ["latest", false])).toEqual(before);
    // As before, the sandbox signs for its own accounts only.
    expect(await world.refused("eth_sendTransaction", [{ from: ADA, to: BOB }])).toMatchObject({
      message: expect.stringContaining("not unlocked"),
    });
    await world.sandbox.doctor();
  });

  it("within a block: a mint, and a transfer of what was minted", async () => {
    const world = await openWorld();
    const holder = (world.sandbox.accounts[0] as Account).address;
    const to = world.token;
    // OpenZeppelin's ERC-20 keeps balances in a mapping at slot 0.
    const slot = world.rpc<string>("web3_sha3", [AbiCoder.defaultAbiCoder().encode(["address", "uint256"], [holder, 0])]);
    const transfer = (amount: bigint) => ({ from: holder, to, input: TOKEN.encodeFunctionData("transfer", [BOB, amount]) });
    const balance = { to, input: TOKEN.encodeFunctionData("balanceOf", [BOB]) };
    const [block] = await simulate(world, [
      {
        stateOverrides: { [to]: { stateDiff: { [await slot]: word(`0x${gets(5).toString(16)}`) } } },
        calls: [transfer(gets(2)), balance, transfer(gets(4)), transfer(gets(3)), balance],
      },
    ]);
    const calls = block?.calls ?? [];
    expect(calls.map(({ status }) => status)).toEqual(["0x1", "0x1", "0x0", "0x1", "0x1"]);
    expect([calls[1], calls[4]].map((call) => BigInt(call?.returnData ?? 0))).toEqual([gets(2), gets(5)]);
    expect(TOKEN.parseError(calls[2]?.error?.data ?? "")?.name).toBe("ERC20InsufficientBalance");
    expect(calls.map(({ logs }) => logs.map(({ logIndex, blockHash }) => [logIndex, blockHash === block?.hash]))).toEqual([
      [["0x0", true]],
      [],
      [],
      [["0x1", true]],
      [],
    ]);
    expect(calls[0]?.logs[0]).toMatchObject({ address: to.toLowerCase(), topics: [TRANSFER, word(holder), word(BOB)] });
    expect(Number(block?.gasUsed)).toBe(calls.reduce((sum, { gasUsed }) => sum + Number(gasUsed), 0));
  });

  it("sees the block that its overrides describe", async () => {
    const world = await openWorld();
    const context = program(
      "PREVRANDAO 0 MSTORE TIMESTAMP 32 MSTORE NUMBER 64 MSTORE COINBASE 96 MSTORE GASLIMIT 128 MSTORE BASEFEE 160 MSTORE 192 0 RETURN",
    );
    const time = Number((await world.rpc<{ timestamp: string }>("eth_getBlockByNumber", ["latest", false])).timestamp) + 1000;
    const blockOverrides = { number: "0x5", time: `0x${time.toString(16)}`, feeRecipient: CAT, prevRandao: word(7), gasLimit: "0x1e8480" };
    const blocks = await simulate(world, [{ ...at(BOB, context), blockOverrides, calls: [{ to: BOB }] }, { calls: [{ to: BOB }] }]);
    // The numbers between are blocks, too.
    expect(blocks.map(({ number }) => Number(number))).toEqual([2, 3, 4, 5, 6]);
    const seen = (block?: Simulated) => AbiCoder.defaultAbiCoder().decode(Array(6).fill("uint256"), block?.calls[0]?.returnData ?? "");
    expect([...seen(blocks[3])]).toEqual([7n, BigInt(time), 5n, BigInt(CAT), 2_000_000n, 0n]);
    expect([...seen(blocks[4])]).toEqual([0n, BigInt(time + 1), 6n, 0n, 2_000_000n, 0n]);
  });
});

describe("transfers of ETH", () => {
  it("are logs with traceTransfers, in the order in which they were made", async () => {
    const world = await openWorld();
    const forward = program(`0 0 LOG0 0 0 0 0 5 ${CAT} GAS CALL 0 0 LOG0`);
    const input = [
      { stateOverrides: { [ADA]: { balance: "0x64" }, [BOB]: { code: forward } }, calls: [{ from: ADA, to: BOB, value: "0x9" }] },
    ];
    const [block] = await simulate(world, input, { traceTransfers: true });
    const logs = block?.calls[0]?.logs ?? [];
    expect(logs.map(({ address, topics, data, logIndex }) => [address, topics.slice(1), data, logIndex])).toEqual([
      [ETH, [word(ADA), word(BOB)], word(9), "0x0"],
      [BOB, [], "0x", "0x1"],
      [ETH, [word(BOB), word(CAT)], word(5), "0x2"],
      [BOB, [], "0x", "0x3"],
    ]);
    expect(logs[0]?.topics[0]).toBe(TRANSFER);
    expect((await simulate(world, input))[0]?.calls[0]?.logs).toHaveLength(2);
  });

  it("that were undone are none", async () => {
    const world = await openWorld();
    const input = {
      stateOverrides: { [ADA]: { balance: "0x64" }, [BOB]: { code: REVERTING } },
      calls: [{ from: ADA, to: BOB, value: "0x9" }],
    };
    const [block] = await simulate(world, [input], { traceTransfers: true, returnFullTransactions: true });
    expect(block?.calls[0]).toMatchObject({ status: "0x0", logs: [], error: { code: 3, message: "execution reverted" } });
    expect(block?.transactions[0]).toMatchObject({ from: ADA, value: "0x9", type: "0x2" });
  });
});

describe("what could not be in a block ends the simulation", () => {
  const call = { from: ADA, to: BOB };
  it.each<[string, number, object[], object?]>([
    ["no funds", -38014, [{ calls: [{ ...call, value: "0x1" }] }]],
    ["less gas than a call costs", -38013, [{ calls: [{ ...call, gas: "0x0" }] }]],
    ["a base fee that nobody pays", -38012, [{ calls: [call] }], { validation: true }],
    [
      "a nonce that was used",
      -38010,
      [{ ...rich("0xffffffffffffff"), calls: [PAYING(call), PAYING({ ...call, nonce: "0x0" })] }],
      { validation: true },
    ],
    ["a nonce to come", -38011, [{ ...rich("0xffffffffffffff"), calls: [PAYING({ ...call, nonce: "0x3" })] }], { validation: true }],
    ["more gas than the block has", -38015, [{ blockOverrides: { gasLimit: "0x5300" }, calls: [{ ...call, gas: "0x5400" }] }]],
    ["numbers that do not increase", -38020, [{ blockOverrides: { number: "0x9" } }, { blockOverrides: { number: "0x8" } }]],
    ["times that do not increase", -38021, [{ blockOverrides: { time: "0x5" } }]],
    ["more blocks than may be", -38026, [{ blockOverrides: { number: "0x999" } }]],
    ["init code that is too long", -38025, [{ calls: [{ from: ADA, input: `0x${"00".repeat(50_000)}` }] }]],
    ["another form", -32602, [{ zebra: 1 }]],
    ["a moved precompiled contract", -32602, [{ stateOverrides: { [ADA]: { movePrecompileToAddress: BOB } } }]],
  ])("%s", async (_, code, blocks, more = {}) => {
    const world = await openWorld();
    expect(await refused(world, blocks, more)).toMatchObject({ code });
    expect(await world.rpc("eth_blockNumber")).toBe("0x1");
    await world.sandbox.doctor();
  });

  it("a block that is not the last one", async () => {
    const world = await openWorld();
    expect(await refused(world, [{}], {}, "0x0")).toMatchObject({ message: expect.stringContaining("last block") });
    expect(await simulate(world, [{}], {}, "0x1")).toMatchObject([{ number: "0x2", calls: [] }]);
  });
});

/** A call that offers a gigawei. */
function PAYING(call: object): object {
  return { ...call, maxFeePerGas: "0x3b9aca00", gas: "0x5208" };
}

it("a call that names no fee pays the base fee that its block is given, and one that cannot is told so", async () => {
  const world = await openWorld();
  const [one] = world.sandbox.accounts as [Account];
  const block = { blockOverrides: { baseFeePerGas: "0x9" } };
  const [made] = await simulate(world, [{ ...block, calls: [{ from: one.address, to: BOB, value: "0x1" }] }]);
  expect([made?.baseFeePerGas, made?.calls[0]?.status]).toEqual(["0x9", "0x1"]);
  expect((await refused(world, [{ ...block, calls: [{ from: ADA, to: BOB }] }])).message).toMatch(/funds/);
});

it("one that waits for its nonce, and would come into the block, is named as the reason", async () => {
  const world = await openWorld({ mining: { kind: "manual" } });
  const [one] = world.sandbox.accounts as [Account];
  const nonce = Number(await world.rpc("eth_getTransactionCount", [one.address, "pending"])) + 1;
  await world.rpc("eth_sendTransaction", [{ from: one.address, to: BOB, value: "0x1", nonce: `0x${nonce.toString(16)}` }]);
  const call = [{ calls: [{ from: one.address, to: BOB, value: "0x1" }] }];
  expect((await refused(world, call, {}, "pending")).message).toMatch(/waits for its nonce .* simulate at latest/);
  expect((await simulate(world, call))[0]?.calls[0]?.status).toBe("0x1");
});

it("what waits is in no block of it, unless it begins at pending, and waits still", async () => {
  const world = await openWorld({ mining: { kind: "manual" } });
  const from = world.sandbox.accounts[0]?.address;
  const hash = await world.rpc("eth_sendTransaction", [{ from, to: ADA, value: "0x7" }]);
  const spend = [{ calls: [{ from: ADA, to: BOB, value: "0x7" }] }];
  expect(await refused(world, spend)).toMatchObject({ code: -38014 });
  expect(await simulate(world, spend, {}, "pending")).toMatchObject([{ number: "0x3", calls: [{ status: "0x1" }] }]);
  expect(await world.rpc("eth_pendingTransactions")).toMatchObject([{ hash }]);
  await world.sandbox.chain.mine();
  expect(await world.rpc("eth_getTransactionReceipt", [hash])).toMatchObject({ status: "0x1" });
});

it("the API reads what is committed meanwhile", async () => {
  const world = await openWorld();
  const ada = await world.api.user();
  await world.api.mint(ada.id, "1");
  const slot = await world.rpc<string>("web3_sha3", [AbiCoder.defaultAbiCoder().encode(["address", "uint256"], [ada.wallet.address, 0])]);
  const override = { stateOverrides: { [world.token]: { stateDiff: { [slot]: word(5) } } }, calls: Array(5).fill({ from: ADA, to: BOB }) };
  const simulations = Array.from({ length: 5 }, () => simulate(world, [override]));
  const balances = await Promise.all(Array.from({ length: 100 }, () => world.api.balance(ada.id)));
  expect(new Set(balances)).toEqual(new Set(["1"]));
  await Promise.all(simulations);
});

describe("within bounds", () => {
  it("a loop runs out of gas", async () => {
    const world = await openWorld();
    const [block] = await simulate(world, [{ calls: [{ data: LOOPS.jumps }] }]);
    expect(block?.calls).toMatchObject([
      { status: "0x0", error: { code: -32015, message: expect.stringMatching(/^vm execution error: out of gas.*--call-gas/) } },
    ]);
    expect(Number(block?.gasUsed)).toBeLessThan(2_500_000);
  });

  it("no number of calls holds the chain", async () => {
    const world = await openWorld();
    const busy = { to: BOB, gas: "0x30d40" };
    const began = performance.now();
    const answer = await world.refused("eth_simulateV1", [
      { blockStateCalls: [{ ...at(BOB, LOOPS.jumps), calls: Array(1000).fill(busy) }] },
    ]);
    expect(answer).toMatchObject({ code: -38026 });
    // 600 ms, and the call that began before; a busy machine takes its time.
    expect(performance.now() - began).toBeLessThan(4000);
    expect(await refused(world, [{ calls: Array(1001).fill(busy) }])).toMatchObject({ code: -38026 });
  });
});
