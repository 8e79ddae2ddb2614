/**
 * What cannot be left out of a start, and nothing else: the packages that the sandbox is built on, a Hardhat chain with one account,
 * and one route. No contract, document, store or fixture.
 *
 *     node test/bench/packages-alone.js PORT
 */
import module from "node:module";

module.enableCompileCache();
process.env.HARDHAT_DISABLE_TELEMETRY = "true";
const [{ default: express }, { createHardhatRuntimeEnvironment }] = await Promise.all([
  import("express"),
  import("hardhat/hre"),
  import("openapi-backend"),
  import("lowdb"),
]);
const privateKey = `0x${"01".repeat(32)}`;
const { network } = await createHardhatRuntimeEnvironment(
  { networks: { alone: { type: "edr-simulated", accounts: [{ privateKey, balance: "0" }] } } },
  {},
  process.cwd(),
);
const { provider } = await network.create("alone");
await provider.request({ method: "eth_chainId" });
express()
  .get("/", (_req, res) => void res.json({}))
  .listen(Number(process.argv[2]), "127.0.0.1");
