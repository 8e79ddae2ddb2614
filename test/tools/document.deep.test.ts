/** spec/openapi.yaml, as other people's programs read it. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createSandbox } from "../../emulator/sandbox.ts";
import { currentTypes } from "../../spec/update-types.ts";
import { newFolder } from "../support/folder.ts";
import { secondTierTool } from "../support/tools.ts";

const root = new URL("../../", import.meta.url);

it("Redocly's strict rules find nothing", () => {
  // A finding ends it with 1, and execFileSync throws with what it printed.
  execFileSync(secondTierTool("redocly"), ["lint", "spec/openapi.yaml"], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
});

it.each(["json", "yaml"])("nor in what a sandbox serves as openapi.%s", async (format) => {
  const folder = newFolder();
  const sandbox = await createSandbox();
  const answer = await fetch(`${await sandbox.listen()}/v1/openapi.${format}`);
  writeFileSync(join(folder, `openapi.${format}`), await answer.text());
  await sandbox.close();
  execFileSync(secondTierTool("redocly"), ["lint", "--config", "redocly.yaml", join(folder, `openapi.${format}`)], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
});

it("spec/types.ts is what openapi-typescript makes of it", () => {
  expect(readFileSync(new URL("spec/types.ts", root), "utf8")).toBe(currentTypes());
});
