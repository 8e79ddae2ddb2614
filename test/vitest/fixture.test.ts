/** `getsmart-sandbox/vitest`, as Vitest runs it: a worker's sandbox is one, restored between tests, and closed at the end. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, it } from "vitest";
import { newFolder } from "../support/folder.ts";
import { run } from "../support/processes.ts";

const PROJECT = fileURLToPath(new URL("project/", import.meta.url));
const VITEST = join(dirname(fileURLToPath(import.meta.resolve("vitest/package.json"))), "vitest.mjs");

interface Result {
  readonly title: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
}

let results: Result[];
let told: { sandboxes: number; origin: string };
beforeAll(async () => {
  const folder = newFolder();
  const args = [VITEST, "run", "--root", PROJECT, "--reporter", "json", "--outputFile", `${folder}/results.json`];
  const { stderr } = await run(process.execPath, args, { cwd: folder, env: { REPORT: `${folder}/report.json` } });
  expect(stderr).not.toContain("Error: close");
  const { testResults } = JSON.parse(readFileSync(`${folder}/results.json`, "utf8"));
  results = testResults.flatMap((file: { assertionResults: Result[] }) => file.assertionResults);
  told = JSON.parse(readFileSync(`${folder}/report.json`, "utf8"));
}, 180_000);

it("each test begins with what the one before began with, also after one that failed", () => {
  const [purpose, atOnce, ...others] = results.filter(({ status }) => status !== "passed");
  expect(purpose?.title).toBe("fails on purpose");
  expect(atOnce?.title).toMatch(/of two$/);
  expect(atOnce?.failureMessages.join()).toContain("Tests that run at once cannot share a sandbox");
  expect(others).toEqual([]);
  expect(results).toHaveLength(11);
});

it("one sandbox serves all files of a worker: a further one for other options, and for one that was closed", () => {
  expect(told.sandboxes).toBe(3);
});

it("it is closed with the worker", async () => {
  await expect(fetch(told.origin)).rejects.toThrow();
});
