/** A batch is as large as its calls' bounds allow: too low, and blocks overflow; much too high, and batches are small. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { gasOf } from "../../emulator/adapters/hardhat/gas.ts";
import type { ChainCall } from "../../emulator/ports/chain.ts";
import { claim } from "../support/chain-calls.ts";

/** What test/contracts/gas.test.ts measured. */
const ROWS = readFileSync(new URL("../contracts/gas.md", import.meta.url), "utf8").matchAll(/^\| (\w+)(?: \([^)]+\))? \| (\d+) \|$/gm);
const MEASURED = [...ROWS].map(([, method, gas]) => [method as string, Number(gas)] as const);

const claimOf = (title: string) => claim(`0x${"11".repeat(20)}`, 1n, `0x${"22".repeat(32)}`, 1n, title);
const called = MEASURED.filter(([method]) => method !== "release");

it("every call was measured", () => {
  expect(new Set(called.map(([method]) => method)).size).toBe(9);
});

it.each(called)("%s took %d", (method, gas) => {
  const bound = gasOf(method === "claim" ? claimOf("Chain reader") : ({ contract: "token", method, args: [] } as unknown as ChainCall));
  expect(bound).toBeGreaterThan(gas);
  const most = Math.max(...called.filter(([name]) => name === method).map(([, each]) => each));
  expect(bound).toBeLessThan(2 * most);
});

it("a longer title costs more, whatever it begins with", () => {
  for (const start of ["", "0x"]) {
    const titles = [start, start + "é".repeat(100 - start.length / 2)];
    const [short, long] = titles.map((title) => gasOf(claimOf(title))) as [number, number];
    expect(long - short).toBe((7 - Math.ceil(start.length / 32)) * 23_000);
  }
});
