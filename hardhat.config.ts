import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import { defineConfig } from "hardhat/config";
import { compilerPath, compilerSettings, compilerVersion, hardfork } from "./contracts/settings.ts";

// Nothing here reports to anyone; Hardhat would ask and send from a terminal otherwise.
process.env.HARDHAT_DISABLE_TELEMETRY = "true";

const chain = {
  type: "edr-simulated",
  chainType: "l1",
  chainId: 31337,
  hardfork,
  allowBlocksWithSameTimestamp: true,
  mining: { auto: true, mempool: { order: "fifo" } },
} as const;

export default defineConfig({
  plugins: [hardhatEthers],
  solidity: { version: compilerVersion, path: compilerPath, settings: compilerSettings },
  paths: {
    sources: "contracts",
    tests: { solidity: "test/solidity" },
    artifacts: ".hardhat/artifacts",
    cache: ".hardhat/cache",
  },
  // `default` serves scripts and tests in-process, `node` is what `hardhat node` starts.
  networks: { default: chain, node: chain },
});
