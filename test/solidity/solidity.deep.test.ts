/**
 * The tests written in Solidity (`*.t.sol`), run by Hardhat with the npm compiler, without a network. `FUZZ_RUNS` says how many inputs
 * each fuzz test gets.
 */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { setting } from "../support/depth.ts";
import { newFolder } from "../support/folder.ts";
import { run } from "../support/processes.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = new URL("./", import.meta.url);
const sources = readdirSync(folder).filter((file) => file.endsWith(".t.sol"));
const tests = sources
  .flatMap((file) => [...readFileSync(new URL(file, folder), "utf8").matchAll(/function (test\w+)\(/g)])
  .map(([, name]) => name);

it(`passes ${tests.length} tests in ${sources.join(", ")}`, { timeout: 300_000 }, async () => {
  const hardhat = fileURLToPath(import.meta.resolve("hardhat/package.json").replace(/package\.json$/, "dist/src/cli.js"));
  const config = fileURLToPath(new URL("hardhat.config.ts", folder));
  const env = { HOME: newFolder(), NO_COLOR: "1", FUZZ_RUNS: String(setting("FUZZ_RUNS", { short: 100, deep: 1000 })) };
  const { code, stdout, stderr } = await run(process.execPath, [hardhat, "--config", config, "test", "solidity"], { cwd: root, env });
  expect(code, stdout + stderr).toBe(0);
  for (const name of tests) expect(stdout).toContain(`✔ ${name}(`);
});
