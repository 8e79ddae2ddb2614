import { describe, expect } from "vitest";
import { test as base } from "../../../emulator/vitest.ts";
import { addUser, change, state } from "./deeds.ts";

const test = base.extend({ sandboxOptions: { seed: 1 } });

const FRESH = {
  users: ["class"],
  ...{ year: 2026, month: 0, blocks: 1, quotas: null, faults: 0, requests: 1 },
  webhooks: { order: "event", duplicates: 0, forge: null, drop_first: 0 },
  snapshots: ["vitest-file", "vitest-test"],
};

test.beforeAll(async ({ fileSandbox }) => {
  await addUser(fileSandbox, "class");
  fileSandbox.requests.clear();
});

describe("each test finds what beforeAll has made, and nothing of another test", () => {
  test("first", async ({ sandbox }) => {
    expect(await state(sandbox)).toEqual(FRESH);
    await change(sandbox);
  });
  test("second", async ({ sandbox }) => {
    expect(await state(sandbox)).toEqual(FRESH);
    await change(sandbox);
  });
  test("fails on purpose", async ({ sandbox }) => {
    await change(sandbox);
    expect.fail("on purpose");
  });
  test("after a failure", async ({ sandbox }) => expect(await state(sandbox)).toEqual(FRESH));
  test("closes it", async ({ sandbox }) => sandbox.close());
  test("after that, a new one", async ({ sandbox }) => expect(await state(sandbox)).toMatchObject({ users: [], year: 2026, faults: 0 }));
});
