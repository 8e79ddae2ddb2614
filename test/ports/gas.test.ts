/** A batch is as large as its calls' bounds allow: too low, and blocks overflow; much too high, and batches are small. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { gasOf } from "../../emulator/adapters/hardhat/gas.ts";
import type { ChainCall } from "../../emulator/ports/chain.ts";

/** What test/contracts/gas.test.ts measured. */
const ROWS = readFileSync(new URL("../contracts/gas.md", import.meta.url), "utf8").matchAll(/^\| (\w+)(?: \([^)]+\))? \| (\d+) \|$/gm);
const MEASURED = [...ROWS].map(([, method, gas]) => [method as string, Number(gas)] as const);

const TITLE = "Chain reader";
const called = MEASURED.filter(([method]) => method !== "release");

it("every call was measured", () => {
  expect(new Set(called.map(([method]) => method)).size).toBe(9);
});

it.each(called)("%s took %d", (method, gas) => {
  const args = method === "claim" ? [TITLE] : [];
  const bound = gasOf({ contract: "token", method, args } as unknown as ChainCall);
  expect(bound).toBeGreaterThan(gas);
  const most = Math.max(...called.filter(([name]) => name === method).map(([, each]) => each));
  expect(bound).toBeLessThan(2 * most);
});

it("a longer text costs more", () => {
  const claim = (title: string) => gasOf({ contract: "badge", method: "claim", args: [title] } as unknown as ChainCall);
  expect(claim("é".repeat(100)) - claim("")).toBe(7 * 23_000);
});
