/** What a sandbox cannot be made with is refused before anything is made. */
import { existsSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, relative } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createSandbox, type SandboxOptions } from "../../emulator/sandbox.ts";
import { newFolder } from "../support/folder.ts";

it.each<[object, string, RegExp]>([
  [{ fixtures: "academy" }, "UNKNOWN_PARAMETER", /^fixtures is not known here\. Did you mean fixture\?$/],
  [{ port: 4010 }, "UNKNOWN_PARAMETER", /^port is not known here\./],
  [{ limits: { persecond: 3 } }, "UNKNOWN_PARAMETER", /^limits\.persecond is not known here\. Did you mean limits\.perSecond\?$/],
  [{ https: { ca: "x" } }, "UNKNOWN_PARAMETER", /^https\.ca is not known here\./],
  [
    { mining: { kind: "interval", every: 1000 } },
    "UNKNOWN_PARAMETER",
    /^mining\.every is not known here\. Did you mean mining\.every_ms\?$/,
  ],
  [{ mining: { kind: "interval", every_ms: 0 } }, "INVALID_REQUEST", /^mining\.every_ms: 0 cannot be used; accepted: /],
  [{ baseFee: -1 }, "INVALID_REQUEST", /^baseFee: -1 cannot be used; accepted: /],
  [{ webhooks: { drop: 1 } }, "UNKNOWN_PARAMETER", /Did you mean drop_first\?$/],
])("%j", async (options, code, sentence) => {
  const dataDir = join(newFolder(), "data");
  const refused = await createSandbox({ dataDir, ...options } as SandboxOptions).catch((error) => error);
  expect(refused).toMatchObject({ code, message: expect.stringMatching(sentence) });
  expect(existsSync(dataDir)).toBe(false);
});

it("where to listen is checked too", async () => {
  await using sandbox = await createSandbox();
  await expect(sandbox.listen({ prot: 1 } as never)).rejects.toMatchObject({ code: "UNKNOWN_PARAMETER" });
  await expect(sandbox.listenRpc({ hots: "::1" } as never)).rejects.toThrow(/Did you mean host\?/);
});

it("the data folder is named by its whole path", async () => {
  const dataDir = join(newFolder(), "data");
  await using sandbox = await createSandbox({ dataDir: relative(process.cwd(), dataDir) });
  expect(sandbox.info().data_dir).toBe(dataDir);
});

it("a start that cannot listen leaves no folder that it made, and a kept one as it was", async () => {
  const home = newFolder();
  const dataDir = join(home, "a/b");
  const taken = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void taken.close());
  await new Promise((resolve) => taken.once("listening", resolve));
  const { port } = taken.address() as AddressInfo;
  const start = () => createSandbox({ dataDir }, { serve: async (sandbox) => void (await sandbox.listen({ port })) });

  await expect(start()).rejects.toMatchObject({ code: "EADDRINUSE" });
  expect(readdirSync(home)).toEqual([]);

  const kept = await createSandbox({ dataDir, seed: "kept" });
  const { sandbox_id } = kept.info();
  await kept.close();
  const before = readdirSync(dataDir).toSorted();
  await expect(start()).rejects.toMatchObject({ code: "EADDRINUSE" });
  expect(readdirSync(dataDir).toSorted()).toEqual(before);
  await using again = await createSandbox({ dataDir });
  expect(again.info()).toMatchObject({ sandbox_id, seed: "kept" });
});
