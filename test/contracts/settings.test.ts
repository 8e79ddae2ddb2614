/** hardhat.config.ts and the sandbox run one and the same chain. */
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import { describe, expect, it, onTestFinished } from "vitest";
import { SERVER_ACCOUNT } from "../../emulator/adapters/hardhat/accounts.ts";
import { HardhatChain, newRules } from "../../emulator/adapters/hardhat/chain.ts";
import { PACKAGE_ROOT } from "../../emulator/package-root.ts";
import config from "../../hardhat.config.ts";

type Ask = (method: string, params?: readonly unknown[]) => Promise<unknown>;

async function sandboxChain(): Promise<Ask> {
  const chain = await HardhatChain.create({ chainId: 31337, genesis: new Date(1_900_000_000_000), rules: newRules(), root: PACKAGE_ROOT });
  onTestFinished(() => chain.close());
  await chain.mine(1_900_000_001);
  return (method, params = []) => chain.request(method, params);
}

async function configured(name: "default" | "node"): Promise<Ask> {
  const hre = await createHardhatRuntimeEnvironment(config, {}, PACKAGE_ROOT);
  const connection = await hre.network.create(name);
  onTestFinished(() => connection.close());
  await connection.provider.request({ method: "evm_mine" });
  return (method, params = []) => connection.provider.request({ method, params: [...params] });
}

async function facts(ask: Ask) {
  const block = (await ask("eth_getBlockByNumber", ["latest", false])) as Record<string, string>;
  const { gasLimit, baseFeePerGas } = block;
  const accounts = ((await ask("eth_accounts")) as string[]).filter((each) => each !== SERVER_ACCOUNT.address.toLowerCase());
  const { message } = (await ask("eth_sendTransaction", [{ from: accounts[0], to: accounts[0], gas: "0x1000001" }]).catch(
    (error) => error,
  )) as Error;
  const balances = await Promise.all(accounts.map((each) => ask("eth_getBalance", [each, "latest"])));
  // The members of a block tell the hardfork.
  return { chainId: await ask("eth_chainId"), members: Object.keys(block), gasLimit, baseFeePerGas, accounts, balances, cap: message };
}

describe.each(["default", "node"] as const)("network %s", (name) => {
  it("has the sandbox's chain id, hardfork, gas limits, base fee, accounts and funds", async () => {
    const [ours, theirs] = [await facts(await sandboxChain()), await facts(await configured(name))];
    expect(theirs).toEqual(ours);
    expect(ours.accounts).toHaveLength(10);
    expect(ours.cap).toContain("16777216");
  });

  it("mines at one time where a test wants it, in the order of sending", async () => {
    const ask = await configured(name);
    const { timestamp } = (await ask("eth_getBlockByNumber", ["latest", false])) as { timestamp: string };
    await ask("evm_mine", [timestamp]);
    expect(await ask("eth_getBlockByNumber", ["latest", false])).toMatchObject({ number: "0x2", timestamp });
  });
});
