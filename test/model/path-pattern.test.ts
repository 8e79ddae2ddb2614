import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pathPattern } from "../../emulator/model/path-pattern.ts";
import { runs } from "../support/depth.ts";

it.each<[string, string, boolean]>([
  ["/users", "/users", true],
  ["/users", "/users/", false],
  ["", "", true],
  ["", "/", false],
  ["*", "", true],
  ["*", "/anything/at/all", true],
  ["/users/*", "/users/", true],
  ["/users/*", "/users", false],
  ["*/balance", "/users/usr_1/balance", true],
  ["*/balance", "/users/usr_1/balances", false],
  ["/users/*/balance", "/users/balance", false],
  ["/a*a", "/a", false],
  ["/a*a", "/aa", true],
  ["/users/{user_id}", "/users/usr_1", true],
  ["/users/{user_id}", "/users/usr_1/balance", false],
  ["/users/{user_id}", "/users/", false],
  ["/users/{user_id}/balance", "/users/usr_1/balance", true],
  ["/{a}.{b}", "/x.y.z", true],
  ["/{a}{b}", "/x", false],
  ["/{a}{b}", "/xy", true],
  ["*/{id}/x*", "/a/b/c/x/d", true],
  ["*{id}/", "a//", false],
  ["/us.rs", "/users", false],
  ["/{user-id}", "/{user-id}", true],
  ["/{}", "/{}", true],
])("%s and %s: %s", (pattern, path, fits) => {
  expect(pathPattern(pattern)(path)).toBe(fits);
});

it("means what the regular expression means that it replaces", () => {
  const parts = (...texts: string[]) => fc.array(fc.constantFrom(...texts), { maxLength: 9 }).map((each) => each.join(""));
  fc.assert(
    fc.property(parts("*", "{x}", "/", "a", "b", "ab"), parts("/", "a", "b", "ab", "ba"), (pattern, path) => {
      const source = pattern.replaceAll("*", "[^]*").replaceAll("{x}", "[^/]+");
      expect(pathPattern(pattern)(path)).toBe(new RegExp(`^${source}$`).test(path));
    }),
    { numRuns: runs(30_000) },
  );
});

describe("takes no longer than the path is long", () => {
  const path = `/${"a/".repeat(50_000)}`;
  it.each([
    ["a hundred stars", `${"*".repeat(100)}x`],
    ["stars with letters between", `${"*a".repeat(100)}x`],
    ["stars with segments between", `${"*{id}/".repeat(100)}x`],
    ["segments", `*${"{id}/".repeat(100)}x`],
    ["segments after a star", `*${"/{a}".repeat(62)}/x`],
    ["segments and stars in turn", `*${"/{a}*".repeat(50)}!`],
    ["segments that begin alike", `*${"a{a}".repeat(60)}b*`],
  ])("%s", (_, pattern) => {
    const matches = pathPattern(pattern);
    const began = process.cpuUsage();
    expect(matches(path)).toBe(false);
    expect(process.cpuUsage(began).user / 1000).toBeLessThan(400);
  });
});
