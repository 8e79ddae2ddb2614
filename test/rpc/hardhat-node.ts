import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import { onTestFinished } from "vitest";

/** The chain that `hardhat node` serves, in this process: Hardhat's defaults, and what is given. Closed when the test ends. */
export async function hardhatNode(override: { readonly initialBaseFeePerGas?: bigint } = {}) {
  const hre = await createHardhatRuntimeEnvironment({
    networks: { node: { type: "edr-simulated", chainType: "l1", chainId: 31337, ...override } },
  });
  const connection = await hre.network.create("node");
  onTestFinished(() => connection.close());
  return connection.provider;
}
