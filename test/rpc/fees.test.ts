/** What gas costs: a base fee that wallets can read, paid by whoever sends; the server wallet never runs out. */
import { JsonRpcProvider, Wallet } from "ethers";
import { describe, expect, it, onTestFinished } from "vitest";
import { hardhatNode } from "./hardhat-node.ts";
import { type Account, openWorld, type World } from "./world.ts";

const latest = ({ rpc }: World) => rpc<{ baseFeePerGas: string; number: string }>("eth_getBlockByNumber", ["latest", false]);
const balance = async ({ rpc }: Pick<World, "rpc">, { address }: Account) =>
  BigInt(await rpc<string>("eth_getBalance", [address, "latest"]));

/** A transfer of 1 wei to oneself. */
const signed = ({ address, privateKey }: Account, fees: object, nonce = 0) =>
  new Wallet(privateKey).signTransaction({ to: address, value: 1, nonce, gasLimit: 21_000, chainId: 31337, ...fees });

describe("by default", () => {
  it("ethers reads a maxFeePerGas", async () => {
    const { http } = await openWorld();
    const provider = new JsonRpcProvider(http);
    onTestFinished(() => provider.destroy());
    const { maxFeePerGas, maxPriorityFeePerGas } = await provider.getFeeData();
    expect(maxFeePerGas).toBeGreaterThanOrEqual(7n);
    expect(maxFeePerGas).toBeGreaterThanOrEqual(maxPriorityFeePerGas as bigint);
  });

  it("the base fee is 7 wei and stays; the API's transactions name their fee and pay just that", async () => {
    const world = await openWorld();
    const user = await world.api.user();
    for (let i = 0; i < 3; i++) await world.api.mint(user.id, "1");
    expect(Number((await latest(world)).baseFeePerGas)).toBe(7);
    const [sent] = await world.api.transactions();
    const tx = await world.rpc<Record<string, string>>("eth_getTransactionByHash", [sent?.chain.tx_hash]);
    expect(tx).toMatchObject({ type: "0x2", maxPriorityFeePerGas: "0x0", gasPrice: "0x7" });
    expect(BigInt(tx.maxFeePerGas as string)).toBeGreaterThan(10n ** 9n);
  });

  it("a funded account pays for its gas; without a fee of its own it gives no tip", async () => {
    const world = await openWorld();
    const [account] = world.sandbox.accounts as [Account];
    const before = await balance(world, account);
    await world.rpc("eth_sendTransaction", [{ from: account.address, to: account.address, value: "0x1" }]);
    await world.rpc("eth_sendRawTransaction", [await signed(account, { type: 2, maxFeePerGas: 7, maxPriorityFeePerGas: 0 }, 1)]);
    expect(before - (await balance(world, account))).toBe(2n * 21_000n * 7n);
  });
});

describe("a fee below the base fee", () => {
  const cases = [
    ["maxFeePerGas", { type: 2, maxFeePerGas: 6, maxPriorityFeePerGas: 0 }, { maxFeePerGas: "0x6", maxPriorityFeePerGas: "0x0" }],
    ["gasPrice", { type: 0, gasPrice: 6 }, { gasPrice: "0x6" }],
  ] as const;

  it.each(cases)("is refused with the number: %s, as `hardhat node` does", async (member, fees, asked) => {
    const world = await openWorld();
    const [account] = world.sandbox.accounts as [Account];
    const said = `Transaction ${member} (6) is too low for the next block, which has a baseFeePerGas of 7`;
    const unsigned = { from: account.address, to: account.address, gas: "0x5208", ...asked };
    for (const [method, param] of [
      ["eth_sendRawTransaction", await signed(account, fees)],
      ["eth_sendTransaction", unsigned],
    ] as const) {
      expect(await world.refused(method, [param]), method).toEqual({ code: -32000, message: `${said}; offer at least 7 wei.` });
      const node = await hardhatNode({ initialBaseFeePerGas: 7n });
      await expect(node.request({ method, params: [param] }), method).rejects.toThrow(said);
    }
    expect(await world.rpc("eth_pendingTransactions")).toEqual([]);
    expect(await world.rpc("eth_blockNumber")).toBe("0x1");
  });

  it("is refused where blocks come later, too: it might wait for ever", async () => {
    const world = await openWorld({ mining: { kind: "manual" } });
    const [account] = world.sandbox.accounts as [Account];
    await world.refused("eth_sendRawTransaction", [await signed(account, cases[0][1])]);
    expect(await world.rpc("eth_pendingTransactions")).toEqual([]);
  });
});

describe("a base fee of 0", () => {
  it("gas is free, for the API and for wallets that offer nothing", async () => {
    const world = await openWorld({ baseFee: 0 });
    const [account] = world.sandbox.accounts as [Account];
    const before = await balance(world, account);
    await world.rpc("eth_sendRawTransaction", [await signed(account, { type: 2, maxFeePerGas: 0, maxPriorityFeePerGas: 0 })]);
    await world.rpc("eth_sendRawTransaction", [await signed(account, { type: 0, gasPrice: 0 }, 1)]);
    await world.rpc("eth_sendTransaction", [{ from: account.address, to: account.address }]);
    const user = await world.api.user();
    await world.api.mint(user.id, "1");
    expect(await balance(world, account)).toBe(before);
    expect(Number((await latest(world)).baseFeePerGas)).toBe(0);
    await world.sandbox.doctor();
  });
});

it.each([
  ["a gwei, which falls in blocks that are nearly empty", 1_000_000_000],
  ["the most", 1_000_000_000_000],
])("a base fee of %s: the API works", async (_, baseFee) => {
  const world = await openWorld({ baseFee });
  const user = await world.api.user();
  await world.api.mint(user.id, "1");
  const fee = Number((await latest(world)).baseFeePerGas);
  expect(fee).toBeGreaterThan(baseFee / 2);
  expect(fee).toBeLessThan(baseFee);
});

it.each([-1, 1.5, Number.NaN, 1e13])("a base fee of %d is refused", async (baseFee) => {
  await expect(openWorld({ baseFee })).rejects.toMatchObject({ code: "INVALID_REQUEST", param: "baseFee" });
});
