/** A command acts on the sandbox that it means, never on whatever answers at the default port. */
import { mkdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { newFolder } from "../support/folder.ts";
import { command } from "../support/processes.ts";

describe("no sandbox runs with the data folder", () => {
  it("that --data-dir names", async () => {
    const { code, stderr } = await command(["reset", "--data-dir", "mine"], { cwd: newFolder() });
    expect([code, stderr]).toEqual([1, expect.stringContaining("no sandbox is running with the data folder mine; start it")]);
  });

  it("that GETSMART_DATA_DIR names", async () => {
    const { code, stderr } = await command(["clock", "show"], { cwd: newFolder(), env: { GETSMART_DATA_DIR: "mine" } });
    expect([code, stderr]).toEqual([1, expect.stringContaining("data folder mine")]);
  });

  it("that is here", async () => {
    const cwd = newFolder();
    mkdirSync(`${cwd}/.getsmart-sandbox`);
    const { code, stderr } = await command(["wait", "-t", "1"], { cwd });
    expect([code, stderr]).toEqual([1, expect.stringContaining("not ready after 1 s: no sandbox is running with the data folder")]);
  });
});
