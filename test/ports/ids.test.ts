import { expect, it } from "vitest";
import { randomSeed, SeededIds } from "../../emulator/adapters/memory/ids.ts";
import { shouldBehaveLikeIds } from "./ids.ts";

shouldBehaveLikeIds("memory", (seed, seeded) => new SeededIds(seed, seeded));

it("a seed drawn at random is never the same", () => {
  expect(new Set(Array.from({ length: 100 }, randomSeed)).size).toBe(100);
});
