import { decodeTime } from "ulid";
import { describe, expect, it } from "vitest";
import { randomSeed, SeededIds } from "../../emulator/adapters/memory/ids.ts";
import { RequestIds } from "../../emulator/adapters/memory/request-ids.ts";
import { shouldBehaveLikeIds } from "./ids.ts";

shouldBehaveLikeIds("memory", (seed, seeded) => new SeededIds(seed, seeded));

it("a seed drawn at random is never the same", () => {
  expect(new Set(Array.from({ length: 100 }, randomSeed)).size).toBe(100);
});

describe("identifiers of requests", () => {
  const AT = Date.parse("2026-03-01T12:00:00Z");

  it("are ULIDs of the instant, unique, in the order in which they were drawn", () => {
    const ids = new RequestIds("seed");
    const drawn = Array.from({ length: 40_000 }, () => ids.next(AT));
    expect(drawn[39_999]).toMatch(/^req_[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
    expect(decodeTime((drawn[39_999] as string).slice(4))).toBe(AT);
    expect(new Set(drawn).size).toBe(40_000);
    expect(drawn.toSorted()).toEqual(drawn);
  });

  it("are those of their seed", () => {
    expect(new RequestIds("a").next(AT)).toBe(new RequestIds("a").next(AT));
    expect(new RequestIds("a").next(AT)).not.toBe(new RequestIds("b").next(AT));
  });
});
