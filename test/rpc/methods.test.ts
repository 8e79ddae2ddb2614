import { describe, expect, it } from "vitest";
import { openWorld, TOKEN } from "./world.ts";

describe("what would go around the journal is refused, with what to use instead", () => {
  it.each([
    ["evm_setAutomine", /--mining/],
    ["evm_setIntervalMining", /--mining/],
    ["hardhat_intervalMine", /--mining/],
    ["miner_start", /--mining/],
    ["evm_setBlockGasLimit", /evm_snapshot/],
    ["hardhat_reset", /_sandbox\/reset/],
    ["anvil_reset", /_sandbox\/reset/],
    ["hardhat_impersonateAccount", /eth_accounts/],
    ["anvil_impersonateAccount", /eth_accounts/],
    ["hardhat_setBalance", /eth_accounts/],
    ["anvil_setBalance", /eth_accounts/],
    ["hardhat_setNonce", /nonce/],
    ["hardhat_dropTransaction", /nonce/],
    ["hardhat_setCode", /transaction/],
    ["hardhat_setStorageAt", /transaction/],
    ["hardhat_setNextBlockBaseFeePerGas", /transaction/],
    ["hardhat_setLoggingEnabled", /--log-level/],
    ["anvil_mine", /evm_mine/],
    ["anvil_snapshot", /evm_snapshot/],
    ["anvil_dumpState", /_sandbox\/snapshots/],
    ["debug_setHead", /evm_revert/],
    ["personal_unlockAccount", /eth_sendRawTransaction/],
    ["personal_sendTransaction", /eth_sendRawTransaction/],
    ["evm_somethingNew", /journal/],
  ])("%s", async (method, instead) => {
    const { refused } = await openWorld();
    const { code, message } = await refused(method);
    expect(code).toBe(-32004);
    expect(message).toContain(method);
    expect(message).toMatch(instead);
  });
});

it.each(["eth_foo", "zebra", "", "constructor", "__proto__", "toString", "ots_getApiLevel"])("there is no method %j", async (method) => {
  const { refused } = await openWorld();
  expect(await refused(method)).toMatchObject({ code: -32601 });
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
