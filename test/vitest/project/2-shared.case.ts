import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect } from "vitest";
import { test as base } from "../../../emulator/vitest.ts";
import { addUser, change, met, report, state } from "./deeds.ts";

// The same options as in the file before, though in another object and extended once more.
const test = base.extend({ sandboxOptions: { seed: 1 } }).extend("ada", async ({ sandbox }) => await addUser(sandbox, "ada"));

test("the file before left nothing behind", async ({ sandbox }) => {
  expect(await state(sandbox)).toMatchObject({ users: [], month: 0, snapshots: ["vitest-file", "vitest-test"] });
  await change(sandbox);
});

test("fixtures of one's own", async ({ sandbox, ada }) => {
  expect(ada).toMatch(/^usr_/);
  expect((await state(sandbox)).users).toEqual(["ada"]);
});

describe.concurrent("tests that run at once", () => {
  // The one that comes second is refused.
  test("one of two", async ({ sandbox }) => void (await Promise.all([state(sandbox), sleep(200)])));
  test("the other of two", async ({ sandbox }) => void (await Promise.all([state(sandbox), sleep(200)])));
});

base("other options: another sandbox", async ({ sandbox }) => {
  const before = met.size;
  expect((await state(sandbox)).users).toEqual([]);
  expect(met.size).toBe(before + 1);
  await report(sandbox);
});
