import { expect, it } from "vitest";
import { matches } from "../kit/glob.ts";

it.each<[string, string, boolean]>([
  ["USER-*", "USER-07", true],
  ["user-*", "USER-07", true],
  ["USER-?7", "USER-07", true],
  ["USER-?", "USER-07", false],
  ["*-07", "USER-07", true],
  ["*", "", true],
  ["U.ER-07", "USER-07", false],
  ["U*E*7", "USER-07", true],
  ["U*E*8", "USER-07", false],
  [`${"*".repeat(100)}x`, "a".repeat(10_000), false],
])("%s and %s: %s", (glob, name, fits) => {
  expect(matches(glob, name)).toBe(fits);
});
