/** Programs that do not end: refused before they keep the chain, while everything else goes on. */
import { Wallet } from "ethers";
import { describe, expect, it } from "vitest";
import { DEEP } from "../support/depth.ts";
import { deploying, fickle, LOOPS, looping, program } from "../support/programs.ts";
import { type Account, openWorld, type World } from "./world.ts";

const LOOP = LOOPS.jumps;
const OUT_OF_GAS = { code: -32000, message: expect.stringMatching(/out of gas.*--call-gas/) };
const hex = (value: number) => `0x${value.toString(16)}`;

const CALLS: [method: string, params: unknown[]][] = [
  ["eth_call", [{ data: LOOP }]],
  ["eth_estimateGas", [{ data: LOOP }]],
  ["eth_call", [{ data: LOOP, gas: hex(2 ** 40) }, "latest"]],
  ["eth_call", [{ data: LOOP, input: LOOP, gas: "0x1000000" }, "pending"]],
  ["eth_estimateGas", [{ data: LOOP, gas: "0x1000000" }, "latest"]],
];

/** A contract with this code; sends wait for a block of their own. */
async function deployed({ rpc, sandbox }: World, code: string): Promise<string> {
  const hash = await rpc("eth_sendTransaction", [{ from: sandbox.accounts[0]?.address, data: deploying(code) }]);
  return (await rpc<{ contractAddress: string }>("eth_getTransactionReceipt", [hash])).contractAddress;
}

describe("a call that loops", () => {
  it.each(DEEP ? CALLS : CALLS.slice(0, 2))("%s %j runs out of gas", async (method, params) => {
    const { refused, rpc } = await openWorld();
    expect(await refused(method, params)).toMatchObject(OUT_OF_GAS);
    expect(await rpc("eth_blockNumber")).toBe("0x1");
  });

  it.each([
    ["runs out of gas", {}, 125_000],
    ["goes further with callGas", { callGas: 4_000_000 }, 250_000],
  ])("in code that state overrides put there, %s too", async (_, options, gas) => {
    const { refused, sandbox } = await openWorld(options);
    const to = sandbox.accounts[0]?.address as string;
    const overrides = { [to]: { code: LOOP } };
    const message = expect.stringMatching(new RegExp(`out of gas.*${gas}.*--call-gas`));
    expect(await refused("eth_call", [{ to }, "latest", overrides])).toMatchObject({ code: -32000, message });
    const own = await refused("eth_call", [{ to, gas: "0x10000" }, "latest", overrides]);
    expect(own).toMatchObject({ code: -32000, message: expect.not.stringContaining("--call-gas") });
  });

  it("is not traced", async () => {
    const { refused } = await openWorld();
    expect(await refused("debug_traceCall", [{ data: LOOP }, "latest"])).toMatchObject({ code: -32005 });
    expect(await refused("debug_traceCall", [{ data: LOOP, gas: hex(500_000) }, "latest"])).toMatchObject({
      code: -32005,
      message: expect.stringContaining("--trace-gas"),
    });
  });

  it("is not sent", async () => {
    const world = await openWorld();
    const { from, wallet } = sender(world);
    const to = await deployed(world, LOOP);
    const before = await world.rpc("eth_blockNumber");
    expect(await world.refused("eth_sendTransaction", [{ from, data: LOOP }])).toMatchObject(OUT_OF_GAS);
    expect(await world.refused("eth_sendTransaction", [{ from, to }])).toMatchObject(OUT_OF_GAS);
    for (const gas of DEEP ? [5_000_000, 16_777_216] : [16_777_216]) {
      expect(await world.refused("eth_sendTransaction", [{ from, to, gas: hex(gas) }])).toMatchObject({
        code: -32000,
        message: expect.stringContaining("--call-gas"),
      });
      const raw = await wallet.signTransaction({ chainId: 31337, to, nonce: 1, gasLimit: gas, gasPrice: 1_000_000_000 });
      expect(await world.refused("eth_sendRawTransaction", [raw])).toMatchObject({
        code: -32000,
        message: expect.stringContaining("--call-gas"),
      });
    }
    expect(await world.rpc("eth_blockNumber")).toBe(before);
    expect(await world.rpc("eth_getTransactionCount", [from, "latest"])).toBe("0x1");
  });

  it("is sent with less gas, and fails as on every chain", async () => {
    const world = await openWorld();
    const { from } = sender(world);
    const hash = await world.rpc("eth_sendTransaction", [{ from, data: LOOP, gas: hex(300_000) }]);
    expect(await world.rpc("eth_getTransactionReceipt", [hash])).toMatchObject({ status: "0x0", gasUsed: hex(300_000) });
  });

  it("goes further with callGas", async () => {
    const { refused, rpc } = await openWorld({ callGas: 100_000, traceGas: 1_000_000 });
    const call = { data: program(`0x030000 ${"JUMPDEST ".repeat(1)} 0 RETURN`), gas: hex(400_000) };
    expect(await refused("eth_call", [{ data: LOOP, gas: hex(400_000) }])).toMatchObject(OUT_OF_GAS);
    const { structLogs } = await rpc<{ structLogs: object[] }>("debug_traceCall", [call, "latest"]);
    expect(structLogs.length).toBeGreaterThan(3);
  });
});

/** All of them, each in a process of its own: `npm run bench -- loops`. */
const OTHERS = ["calls with 64 KB", "jump destinations", "calls", "block hashes"] as const;
it.each(DEEP ? OTHERS : OTHERS.slice(0, 1))("%s without end: out of gas soon", async (name) => {
  const { refused } = await openWorld();
  expect(await refused("eth_call", [{ data: LOOPS[name], gas: "0x1000000" }])).toMatchObject(OUT_OF_GAS);
});

/** Each was an endless run: with the gas that it waits for it makes millions of steps, and the node remembers them. */
const LATER = ["with more than 3 million gas", "with more than 12 million gas", "calls with 600 KB"] as const;
it.each(LATER)("a program that loops %s is given no more than any may have", async (name) => {
  const world = await openWorld();
  const { from } = sender(world);
  const call = { from, data: LOOPS[name], gas: "0xffffff" };
  const before = process.memoryUsage().rss;
  for (const method of ["eth_call", "eth_estimateGas", "eth_sendTransaction"]) await world.refused(method, [call]);
  await world.refused("debug_traceCall", [call, "latest"]);
  const failed = { status: "0x0", error: { code: -32015 } };
  for (const validation of [false, true]) {
    const paying = { ...call, maxFeePerGas: "0x3b9aca00" };
    const [block] = await world.rpc<object[]>("eth_simulateV1", [{ blockStateCalls: [{ calls: [paying] }], validation }]);
    expect(block).toMatchObject({ calls: [failed] });
  }
  expect(await world.rpc("eth_createAccessList", [call])).toMatchObject({ error: expect.any(String) });
  expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(500);
  expect(await world.rpc("eth_blockNumber")).toBe("0x1");
});

it.each(["at a gas price", "at a base fee", "in a block to come"] as const)(
  "a transaction that loops %s, and not as a call, is not sent",
  async (name) => {
    const world = await openWorld();
    const { from } = sender(world);
    expect(await world.refused("eth_sendTransaction", [{ from, data: LOOPS[name], gas: "0xffffff" }])).toMatchObject({
      message: expect.stringContaining("--call-gas"),
    });
    expect(await world.rpc("eth_blockNumber")).toBe("0x1");
  },
);

it.each(["TIMESTAMP", "PREVRANDAO"] as const)(
  "a transaction that reads %s has little more gas than it took when it was tried",
  async (what) => {
    const world = await openWorld({ mining: { kind: "manual" } });
    const { from } = sender(world);
    const later = { from, data: fickle(what, `0x${"ff".repeat(32)}`), gas: "0xffffff" };
    expect(await world.refused("eth_sendTransaction", [later])).toMatchObject({
      code: -32000,
      message: expect.stringContaining("by the time"),
    });
    const writes = program(`${what} POP 200 JUMPDEST DUP1 DUP1 SSTORE 1 SWAP1 SUB DUP1 4 JUMPI`);
    const gas = await world.rpc<string>("eth_estimateGas", [{ from, data: writes }]);
    expect(Number(gas)).toBeGreaterThan(4_000_000);
    const hash = await world.rpc("eth_sendTransaction", [{ from, data: writes, gas: hex(Math.round(1.3 * Number(gas))) }]);
    await world.rpc("evm_mine");
    expect(await world.rpc("eth_getTransactionReceipt", [hash])).toMatchObject({ status: "0x1" });
  },
);

it("what does little with much gas is not limited: a deployment, many writes to storage", async () => {
  const world = await openWorld();
  const { from } = sender(world);
  const code = deploying(`0x${"00".repeat(20_000)}`);
  expect(Number(await world.rpc("eth_estimateGas", [{ from, data: code }]))).toBeGreaterThan(4_000_000);
  const hash = await world.rpc("eth_sendTransaction", [{ from, data: code }]);
  expect(await world.rpc("eth_getTransactionReceipt", [hash])).toMatchObject({ status: "0x1" });
  const writes = program("400 JUMPDEST DUP1 DUP1 SSTORE 1 SWAP1 SUB DUP1 3 JUMPI");
  const sent = await world.rpc("eth_sendTransaction", [{ from, data: writes }]);
  const receipt = await world.rpc<{ status: string; gasUsed: string }>("eth_getTransactionReceipt", [sent]);
  expect(receipt.status).toBe("0x1");
  expect(Number(receipt.gasUsed)).toBeGreaterThan(8_000_000);
});

it("a transaction has at most 16 777 216 gas (EIP-7825)", async () => {
  const world = await openWorld();
  const { from, wallet } = sender(world);
  const refusal = { code: -32000, message: expect.stringContaining("16777216") };
  expect(await world.refused("eth_sendTransaction", [{ from, to: from, gas: hex(16_777_217) }])).toMatchObject(refusal);
  const raw = (gasLimit: number) => wallet.signTransaction({ chainId: 31337, to: from, nonce: 0, gasLimit, gasPrice: 1_000_000_000 });
  expect(await world.refused("eth_sendRawTransaction", [await raw(16_777_217)])).toMatchObject(refusal);
  expect(await world.rpc("eth_blockNumber")).toBe("0x1");
  await world.rpc("eth_sendRawTransaction", [await raw(16_777_216)]);
  expect(await world.rpc("eth_blockNumber")).toBe("0x2");
});

if (DEEP) {
  it("under manual mining, transactions that together keep the chain busy do not wait for one block", async () => {
    const world = await openWorld({ mining: { kind: "manual" } });
    const { from } = sender(world);
    const heavy = { from, data: LOOP, gas: hex(1_500_000) };
    await world.rpc("eth_sendTransaction", [heavy]);
    expect(await world.refused("eth_sendTransaction", [heavy])).toMatchObject({
      code: -32000,
      message: expect.stringContaining("evm_mine"),
    });
    await world.rpc("evm_mine");
    await world.rpc("eth_sendTransaction", [heavy]);
  });
}

it("a trace shows stacks and calls within bounds, and no memory", async () => {
  const { rpc, refused } = await openWorld();
  const full = looping("POP 1", "1 ".repeat(1000));
  const call = { data: full, gas: hex(140_000) };
  const tooMuch = { code: -32005, message: expect.stringContaining("disableStack") };
  expect(await refused("debug_traceCall", [call, "latest"])).toMatchObject(tooMuch);
  expect(await rpc("debug_traceCall", [call, "latest", { disableStack: true }])).toMatchObject({ failed: true });
  expect(await refused("debug_traceCall", [call, "latest", { enableMemory: true }])).toMatchObject({ code: -32005 });
  const input = { data: LOOPS["calls with 64 KB"], gas: hex(149_000) };
  expect(await refused("debug_traceCall", [input, "latest", { tracer: "callTracer" }])).toMatchObject({ code: -32005 });
});

function sender({ sandbox }: World): { from: string; wallet: Wallet } {
  const account = sandbox.accounts[0] as Account;
  return { from: account.address, wallet: new Wallet(account.privateKey) };
}
