/** What `npm run test:oldest` names is there: a word that fits no file would be left out without a sound. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const { scripts, engines } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const files = readdirSync(new URL(".", import.meta.url), { recursive: true }).map((path) => `test/${path}`);
const [, oldest = "", words = ""] = /node@(\S+) -c "vitest run ([^"]+)"/.exec(scripts["test:oldest"]) ?? [];

it.each(words.split(" "))("%s", (word) => {
  expect(files.filter((path) => path.endsWith(".test.ts") && path.includes(word))).not.toEqual([]);
});

it("under the oldest Node that package.json allows", () => {
  expect(engines.node).toBe(`>=${oldest}`);
});
