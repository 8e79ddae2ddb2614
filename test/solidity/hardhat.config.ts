/** How `solidity.deep.test.ts` runs this folder: as `npx hardhat test solidity` does, beside what other tests build. */
import { defineConfig } from "hardhat/config";
import config from "../../hardhat.config.ts";

const folder = ".hardhat/solidity-tests";

export default defineConfig({
  ...config,
  paths: { ...config.paths, artifacts: `${folder}/artifacts`, cache: `${folder}/cache` },
  test: { solidity: { fuzz: { runs: Number(process.env.FUZZ_RUNS) } } },
});
