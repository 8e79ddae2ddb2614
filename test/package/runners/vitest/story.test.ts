import { createSandbox } from "getsmart-sandbox";
import { test } from "getsmart-sandbox/vitest";
import { expect } from "vitest";
import { story } from "./story.mjs";

test("the fixture", async ({ sandbox }) => {
  expect(await story(sandbox)).toBe("confirmed");
});

test("is brought back between tests", async ({ sandbox }) => {
  expect(await story(sandbox)).toBe("confirmed");
});

test("createSandbox()", async () => {
  const sandbox = await createSandbox({ fixture: "course" });
  expect(await story(sandbox)).toBe("confirmed");
  await sandbox.close();
});
