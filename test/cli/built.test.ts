/** A checkout runs what was built from its sources while none of them has changed: twice as fast to start, and never an old state. */
import { cpSync, mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { packageFile } from "../../emulator/package-root.ts";
import { newFolder } from "../support/folder.ts";

const FILES = ["package.json", "spec/openapi.yaml", "emulator/cli/main.ts", "emulator/model/user.ts"];
const MADE = ["dist/config.schema.json", "dist/emulator/cli/main.js"];

/** A checkout whose sources are of the second 100 and whose built files are of the second 200. */
async function checkout() {
  const root = newFolder();
  for (const path of [...FILES, ...MADE]) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), path.endsWith("package.json") ? '{"type":"module"}' : "");
  }
  cpSync(packageFile("spec/built.js"), join(root, "spec/built.js"));
  for (const path of [...FILES, "spec/built.js", "spec", "emulator", "emulator/cli", "emulator/model"]) date(root, path, 100);
  for (const path of MADE) date(root, path, 200);
  const { isBuilt } = (await import(pathToFileURL(join(root, "spec/built.js")).href)) as { isBuilt(): boolean };
  return { root, isBuilt };
}
const date = (root: string, path: string, seconds: number) => utimesSync(join(root, path), seconds, seconds);

describe("what was built", () => {
  it("runs when it is newer than all sources", async () => {
    expect((await checkout()).isBuilt()).toBe(true);
  });
  it.each(FILES)("does not run after a change of %s", async (path) => {
    const { root, isBuilt } = await checkout();
    date(root, path, 300);
    expect(isBuilt()).toBe(false);
  });
  it("does not run after a source was taken away", async () => {
    const { root, isBuilt } = await checkout();
    rmSync(join(root, "emulator/model/user.ts"));
    expect(isBuilt()).toBe(false);
  });
  it.each(MADE)("does not run without %s", async (path) => {
    const { root, isBuilt } = await checkout();
    rmSync(join(root, path));
    expect(isBuilt()).toBe(false);
  });
});
