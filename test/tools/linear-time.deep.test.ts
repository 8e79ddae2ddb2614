/** What a checker of regular expressions says of ours, which knows of more attacks than test/architecture/linear-time.test.ts tries. */
import { checkSync } from "recheck";
import { expect, it } from "vitest";
import { allExpressions } from "../architecture/expressions.ts";

it("recheck finds no expression that some text makes slow", () => {
  const found = allExpressions().distinct.flatMap(({ place, regex }) => {
    const verdict = checkSync(regex.source, regex.flags, { timeout: 60_000 });
    return verdict.status === "safe" ? [] : [`${place}: ${regex} ${JSON.stringify(verdict)}`];
  });
  expect(found).toEqual([]);
});
