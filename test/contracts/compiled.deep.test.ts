/** The committed artifacts are what the sources compile to, byte for byte, whoever runs the compiler. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import { beforeAll, describe, expect, it } from "vitest";
import { artifactUrl, contractNames } from "../../contracts/artifacts.ts";
import { artifactText, type CompiledContract, compileContracts } from "../../contracts/compile.ts";
import config from "../../hardhat.config.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** EIP-170. */
const maxCodeSize = 24_576;

describe.each(contractNames)("contracts/compiled/%s.json", (name) => {
  const committed = readFileSync(artifactUrl(name), "utf8");
  const artifact: CompiledContract = JSON.parse(committed);

  it("equals a fresh compilation (after a change: node contracts/compile.ts)", () => {
    const fresh = compileContracts().find((contract) => contract.contractName === name) as CompiledContract;
    expect(artifactText(fresh) === committed).toBe(true);
  });

  it("names no path of a machine", () => {
    expect(committed).not.toContain(root);
  });

  it("fits on chain", () => {
    expect(artifact.bytecode.length / 2 - 1).toBeLessThan(maxCodeSize);
  });
});

describe("Hardhat's own build", () => {
  let artifacts: Awaited<ReturnType<typeof createHardhatRuntimeEnvironment>>["artifacts"];

  beforeAll(async () => {
    const hre = await createHardhatRuntimeEnvironment(config, {}, root);
    await hre.tasks.getTask("build").run({ quiet: true, noTests: true });
    artifacts = hre.artifacts;
  }, 60_000);

  it.each(contractNames)("gives %s the same bytecode and ABI", async (name) => {
    const { bytecode, abi } = JSON.parse(readFileSync(artifactUrl(name), "utf8"));
    const built = await artifacts.readArtifact(name);
    expect(built.bytecode === bytecode).toBe(true);
    expect(built.abi).toEqual(abi);
  });
});
