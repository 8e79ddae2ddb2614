/** Pictures that are kept for who asks again. */
import { expect, it } from "vitest";
import { Recent } from "../../emulator/adapters/png/recent.ts";

/** Keeps ten characters; `made` lists what had to be made. */
function recent() {
  const made: string[] = [];
  const kept = new Recent<string>(10, ({ length }) => length);
  const ask = (key: string, value = key) =>
    kept.of(key, async () => {
      made.push(key);
      return value;
    });
  return { ask, made, kept };
}

it("makes once what is asked for again, also by many at the same time", async () => {
  const { ask, made } = recent();
  expect(await Promise.all([ask("a"), ask("a"), ask("b")])).toEqual(["a", "a", "b"]);
  expect([await ask("a"), made]).toEqual(["a", ["a", "b"]]);
});

it("keeps no more than it may: what was not asked for the longest goes first", async () => {
  const { ask, made } = recent();
  for (const key of ["aaaa", "bbbb", "aaaa", "cccc"]) await ask(key);
  for (const key of ["aaaa", "cccc", "bbbb"]) await ask(key);
  expect(made).toEqual(["aaaa", "bbbb", "cccc", "bbbb"]);
});

it("does not keep what alone is too much", async () => {
  const { ask, made } = recent();
  await ask("a");
  await ask("large", "12345678901");
  for (const key of ["a", "large"]) await ask(key, "x");
  expect(made).toEqual(["a", "large", "a", "large"]);
});

it("does not keep a failure", async () => {
  const { kept, ask } = recent();
  await expect(kept.of("a", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await ask("a")).toBe("a");
});
