/** The one set of compiler settings: Hardhat and compile.ts both use it, so both build the same bytes. */
import { createRequire } from "node:module";

export const compilerVersion = "0.8.37";

/** The compiler comes from npm as wasm, so a build needs no download. */
export const compilerPath = createRequire(import.meta.url).resolve("solc/soljson.js");

/**
 * `evmVersion` is pinned because a new default would change every bytecode. It stays below the hardfork of the chain: the contracts need
 * nothing newer, and other chains take the code too. Without a metadata hash the bytecode depends on the code alone, and not on paths or
 * comments.
 */
export const compilerSettings = {
  optimizer: { enabled: true, runs: 200 },
  evmVersion: "cancun",
  metadata: { bytecodeHash: "none" },
} as const;
