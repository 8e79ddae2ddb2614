import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import { configVariable, defineConfig } from "hardhat/config";
import { compilerPath, compilerSettings, compilerVersion } from "./contracts/settings.ts";
import { chainSettings } from "./emulator/adapters/hardhat/settings.ts";

// Nothing here reports to anyone; Hardhat would ask and send from a terminal otherwise.
process.env.HARDHAT_DISABLE_TELEMETRY = "true";

export default defineConfig({
  plugins: [hardhatEthers],
  solidity: { version: compilerVersion, path: compilerPath, settings: compilerSettings },
  paths: {
    sources: "contracts",
    tests: { solidity: "test/solidity" },
    artifacts: ".hardhat/artifacts",
    cache: ".hardhat/cache",
  },
  networks: {
    // `default` serves scripts and tests in-process, `node` is what `hardhat node` starts.
    default: chainSettings,
    node: chainSettings,
    // For contracts/deploy.ts: a node that signs for its own accounts, such as `hardhat node` or anvil, and any network with a key of yours.
    localhost: { type: "http", chainType: "l1", url: process.env.RPC_URL ?? "http://127.0.0.1:8545" },
    remote: { type: "http", url: configVariable("RPC_URL"), accounts: [configVariable("PRIVATE_KEY")] },
  },
});
