/** Exit code 2 for a command line that makes no sense, with a sentence that names the word; nothing is done. */
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type World, world } from "../support/client.ts";
import { clientCommand } from "../support/command-here.ts";
import { newFolder } from "../support/folder.ts";

vi.setConfig({ testTimeout: 60_000 });

let here: World;
let url: string;
beforeAll(async () => {
  here = await world();
  url = `${await here.sandbox.listen()}/_sandbox`;
});
afterAll(() => here.sandbox.close());

it.each([
  ["faults add --operation mintTokens --chain revert --times often", "often"],
  ["faults add --operation mintTokens --chain revert --probability half", "half"],
  ["faults add --operation mintTokens --latency-ms 1.5", "1.5"],
  ["limits set key_1 --hour few", "few"],
  ["mine all", "all"],
  ["clock advance", "duration"],
  ["coverage --fail-under all", "all"],
])("%s", async (line, word) => {
  const { code, stdout, stderr } = await clientCommand([...line.split(" "), "--url", url], { cwd: newFolder() });
  expect([code, stdout, stderr]).toEqual([2, "", expect.stringContaining(word)]);
  expect(here.sandbox.faults.list()).toEqual([]);
});

it("the example that help shows for a key's quota is one that works", async () => {
  const { stdout } = await clientCommand(["limits", "set", "--help"], { cwd: newFolder() });
  const [, name = ""] = /getsmart-sandbox limits set '(.*)' --hour 1/.exec(stdout) ?? [];
  const { code } = await clientCommand(["limits", "set", name, "--hour", "1", "--url", url], { cwd: newFolder() });
  expect([code, here.sandbox.limits.show(here.sandbox.apiKey)?.map(({ r }) => r)]).toEqual([0, [10, 1]]);
});
