import { id, Wallet } from "ethers";
import { describe, expect, it } from "vitest";
import { gets } from "./token-abi.ts";
import { openWorld, TOKEN } from "./world.ts";

/** Anybody can derive the key from the source; the port must not help to use it. */
const SERVER = new Wallet(id("getsmart-sandbox server wallet"));

it("the server wallet is not among eth_accounts", async () => {
  const { rpc, sandbox } = await openWorld();
  expect(await rpc("eth_accounts")).toEqual(sandbox.accounts.map(({ address }) => address.toLowerCase()));
  expect(await rpc("eth_accounts")).not.toContain(SERVER.address.toLowerCase());
});

it("a transaction that its key signed is refused before it reaches the chain", async () => {
  const { rpc, refused, token } = await openWorld();
  const nonce = Number(await rpc("eth_getTransactionCount", [SERVER.address, "latest"]));
  expect(nonce).toBeGreaterThan(0);
  const data = TOKEN.encodeFunctionData("mint", [SERVER.address, gets(1)]);
  for (const fees of [
    { type: 0, gasPrice: 7 },
    { type: 2, maxFeePerGas: 7, maxPriorityFeePerGas: 0 },
  ]) {
    const raw = await SERVER.signTransaction({ to: token, data, nonce, gasLimit: 200_000, chainId: 31337, ...fees });
    expect(await refused("eth_sendRawTransaction", [raw])).toMatchObject({ code: -32000 });
  }
  expect(await rpc("eth_blockNumber")).toBe("0x1");
  expect(await rpc("eth_getTransactionCount", [SERVER.address, "pending"])).toBe(`0x${nonce.toString(16)}`);
});

describe("it signs nothing here, however it is spelled", () => {
  const typed = { types: { EIP712Domain: [], A: [{ name: "a", type: "string" }] }, primaryType: "A", domain: {}, message: { a: "b" } };
  const spellings = [SERVER.address, SERVER.address.toLowerCase(), `0x${SERVER.address.slice(2).toUpperCase()}`, SERVER.address.slice(2)];
  it.each(spellings)("%s", async (server) => {
    const { refused } = await openWorld();
    const asked: [string, unknown[]][] = [
      ["eth_sign", [server, "0x00"]],
      ["personal_sign", ["0x00", server]],
      ["eth_signTypedData_v4", [server, typed]],
      ["eth_signTransaction", [{ from: server, to: server, gas: "0x5208", nonce: "0x9" }]],
      ["eth_sendTransaction", [{ from: server, to: server }]],
    ];
    for (const [method, params] of asked) expect(await refused(method, params), method).toMatchObject({ code: -32000 });
  });

  it("nor when no account is named", async () => {
    const { refused, token } = await openWorld();
    expect(await refused("eth_sendTransaction", [{ to: token }])).toMatchObject({ code: -32602 });
    expect(await refused("eth_sendTransaction", [])).toMatchObject({ code: -32602 });
  });
});

it("a call without a sender has no role", async () => {
  const { refused, token } = await openWorld();
  const call = { to: token, data: TOKEN.encodeFunctionData("mint", [SERVER.address, gets(1)]) };
  for (const from of [{}, { from: null }]) {
    for (const method of ["eth_call", "eth_estimateGas"]) {
      const { code, data } = await refused(method, [{ ...call, ...from }]);
      expect(code).toBe(3);
      expect(TOKEN.parseError(data as string)?.name).toBe("AccessControlUnauthorizedAccount");
    }
  }
});

it("funded accounts do sign", async () => {
  const { rpc, sandbox } = await openWorld();
  const [account] = sandbox.accounts;
  const signature = await rpc("personal_sign", ["0x68656c6c6f", account?.address]);
  expect(signature).toBe(await new Wallet(account?.privateKey as string).signMessage("hello"));
});

it("what is no signed transaction is refused", async () => {
  const { refused } = await openWorld();
  for (const raw of ["0x1234", "zebra", "0x", 7, null, undefined]) {
    expect(await refused("eth_sendRawTransaction", [raw])).toMatchObject({ code: -32602 });
  }
});
