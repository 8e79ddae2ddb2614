import { describe, expect, it } from "vitest";
import { openWorld, TOKEN } from "./world.ts";

describe("a method of another node that is not served says why, and what to use instead", () => {
  const JOURNAL = /outside the journal/;
  it.each([
    ["evm_setAutomine", /--mining/],
    ["evm_setIntervalMining", /--mining/],
    ["anvil_getIntervalMining", /--mining/],
    ["hardhat_intervalMine", /--mining/],
    ["miner_start", /--mining/],
    ["evm_setBlockGasLimit", JOURNAL],
    ["hardhat_reset", /outside the journal.*_sandbox\/reset/],
    ["anvil_reset", /_sandbox\/reset/],
    ["hardhat_impersonateAccount", /outside the journal.*eth_accounts/],
    ["anvil_impersonateAccount", /eth_accounts/],
    ["hardhat_setBalance", /outside the journal.*eth_accounts/],
    ["anvil_setBalance", /eth_accounts/],
    ["hardhat_setNonce", /outside the journal.*nonce/],
    ["hardhat_dropTransaction", /nonce/],
    ["hardhat_setCode", /outside the journal.*transaction/],
    ["hardhat_setStorageAt", JOURNAL],
    ["hardhat_setNextBlockBaseFeePerGas", JOURNAL],
    ["debug_setHead", /evm_revert/],
    ["hardhat_setLoggingEnabled", /--log-level/],
    ["anvil_mine", /evm_mine/],
    ["anvil_snapshot", /evm_snapshot/],
    ["anvil_dumpState", /_sandbox\/snapshots/],
    ["personal_unlockAccount", /keeps no keys.*eth_sendRawTransaction/],
    ["personal_sendTransaction", /keeps no keys/],
  ])("%s", async (method, why) => {
    const { refused } = await openWorld();
    const { code, message } = await refused(method);
    expect(code).toBe(-32004);
    expect(message).toContain(method);
    expect(message).toMatch(why);
    // What is chosen at the start, or needs no key, would change no chain.
    if (/--mining|--log-level|keys|_sandbox\/snapshots|evm_mine/.test(why.source)) expect(message).not.toMatch(JOURNAL);
  });
});

it.each(["eth_foo", "zebra", "", "constructor", "__proto__", "toString", "evm_somethingNew", "hardhat_getStackTraceFailuresCount"])(
  "there is no method %j",
  async (method) => {
    const { refused } = await openWorld();
    expect(await refused(method)).toMatchObject({ code: -32601 });
  },
);

it.each([
  ["eth_foo", "There is no method eth_foo here."],
  ["x".repeat(1_000_000), "There is no such method here."],
  ["a\u001bb", "There is no such method here."],
  ["trace_block", /There is no method trace_block here\. .*debug_traceBlockByNumber/],
  ["ots_getApiLevel", /debug_traceTransaction/],
  ["eth_requestAccounts", /wallet.*eth_accounts/],
  ["eth_getWork", /evm_mine/],
])("of %.20s it says so", async (method, message) => {
  const { refused } = await openWorld();
  expect((await refused(method)).message).toMatch(message);
});

it("a page is told that a method is not there, and not to ask for a token", async () => {
  const { http } = await openWorld({ controlToken: "a-control-token-for-tests" });
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ots_getApiLevel" });
  const answer = await fetch(http, { method: "POST", headers: { Origin: "http://localhost:3000" }, body });
  expect(await answer.json()).toMatchObject({ error: { code: -32601 } });
});

describe("a parameter that cannot be read", () => {
  it.each<[string, unknown[], RegExp]>([
    ["eth_call", [{}, "zebra"], /quantity.*latest.*EIP-1898/],
    ["eth_getBalance", [`0x${"11".repeat(20)}`, "zebra"], /quantity.*latest/],
    ["eth_getBalance", [`0x${"11".repeat(20)}`, { blockHash: "0x1", blockNumber: "0x1" }], /quantity.*latest/],
    ["eth_getBlockByNumber", ["zebra", false], /quantity.*latest/],
    ["eth_feeHistory", ["0x1", "zebra", []], /quantity.*latest/],
    ["eth_getBalance", ["0x12", "latest"], /^0x12 is not .*ADDRESS/],
    ["eth_getBalance", [], /takes 2 parameters; 0 were sent/],
    ["eth_blockNumber", [1], /takes no parameters/],
    ["eth_getBalance", [`0x${"11".repeat(20)}`, "latest", 1], /more parameters than the method takes/],
    ["eth_createAccessList", [{}, "latest", {}], /takes 2 parameters and no state overrides \(eth_call does\); 3 were sent/],
    ["eth_estimateGas", [{}, "latest", {}], /takes 2 parameters and no state overrides/],
    ["eth_getBlockReceipts", ["latest", "x"], /takes 1 parameter; 2 were sent/],
    ["eth_getTransactionByHash", ["0x1"], /even number of digits/],
    ["eth_getBlockByNumber", ["latest", "yes"], /must be true or false; it is a string "yes"/],
    ["eth_feeHistory", ["0x1", "latest", ["x"]], /must be a number; it is a string "x"/],
    ["eth_getTransactionReceipt", ["0x12"], /wrong length/],
    ["debug_traceCall", [{ data: "0x00" }, "latest", { tracer: "zebra" }], /callTracer/],
    ["eth_sendTransaction", [{ from: "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", type: "0x3" }], /blobs/],
  ])("%s %j", async (method, params, message) => {
    const { refused } = await openWorld();
    expect(await refused(method, params)).toMatchObject({ code: -32602, message: expect.stringMatching(message) });
  });
});

it("subscriptions need a WebSocket", async () => {
  const { refused } = await openWorld();
  expect(await refused("eth_subscribe", ["newHeads"])).toMatchObject({ code: -32004 });
});

it("an error of the node keeps its code and message", async () => {
  const { refused } = await openWorld();
  expect(await refused("eth_getBalance", ["zebra", "latest"])).toMatchObject({ code: -32602, message: expect.any(String) });
});

it.each([
  ["eth_chainId", "0x7a69"],
  ["net_version", "31337"],
  ["eth_blockNumber", "0x1"],
  ["eth_syncing", false],
  ["net_listening", true],
])("%s", async (method, result) => {
  const { rpc } = await openWorld();
  expect(await rpc(method)).toBe(result);
});

it("a call's data goes under either name, or both", async () => {
  const { rpc, refused, token, sandbox } = await openWorld();
  const data = TOKEN.encodeFunctionData("symbol");
  for (const named of [{ data }, { input: data }, { data, input: data }, { data, input: null }]) {
    const answer = await rpc<string>("eth_call", [{ to: token, ...named }, "latest"]);
    expect(TOKEN.decodeFunctionResult("symbol", answer)[0]).toBe("GETS");
    await rpc("eth_sendTransaction", [{ from: sandbox.accounts[0]?.address, to: token, ...named }]);
  }
  for (const call of [{ to: token, data, input: "0x" }, null, "zebra"]) {
    expect(await refused("eth_call", [call, "latest"])).toMatchObject({ code: -32602 });
  }
});

it("a transaction for another chain is refused", async () => {
  const { rpc, refused, sandbox } = await openWorld();
  const from = sandbox.accounts[0]?.address;
  expect(await refused("eth_sendTransaction", [{ from, to: from, chainId: "0x1" }])).toMatchObject({ code: -32602 });
  expect(await rpc("eth_sendTransaction", [{ from, to: from, chainId: "0x7a69" }])).toMatch(/^0x[0-9a-f]{64}$/);
});

it("reads see what is committed, never a write that is under way", async () => {
  const { api, rpc } = await openWorld();
  const [poor, other] = [await api.user(), await api.user()];
  const doomed = Array.from({ length: 20 }, () => api.transfer(poor.id, other.id, "1").catch((error) => error.message));
  const seen = await Promise.all(Array.from({ length: 60 }, () => rpc("eth_blockNumber")));
  expect(new Set(await Promise.all(doomed))).toEqual(new Set(["INSUFFICIENT_BALANCE"]));
  expect(new Set(seen)).toEqual(new Set(["0x1"]));
});
