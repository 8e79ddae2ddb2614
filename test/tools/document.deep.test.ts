/** The documents in spec/, as other people's programs read them. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createSandbox } from "../../emulator/sandbox.ts";
import { currentTypes, type DocumentFile, TYPES } from "../../spec/update-types.ts";
import { newFolder } from "../support/folder.ts";
import { secondTierTool } from "../support/tools.ts";

const root = new URL("../../", import.meta.url);

describe.each(Object.entries(TYPES) as [DocumentFile, string][])("spec/%s", (document, types) => {
  it("Redocly's strict rules find nothing", () => {
    // A finding ends it with 1, and execFileSync throws with what it printed.
    execFileSync(secondTierTool("redocly"), ["lint", `spec/${document}`], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  });

  it("its types are what openapi-typescript makes of it", () => {
    expect(readFileSync(new URL(`spec/${types}`, root), "utf8")).toBe(currentTypes(document));
  });
});

it.each([
  ["/v1", "json"],
  ["/v1", "yaml"],
  ["/_sandbox", "json"],
  ["/_sandbox", "yaml"],
])("nor in what a sandbox serves at %s as openapi.%s", async (base, format) => {
  const folder = newFolder();
  const sandbox = await createSandbox();
  const answer = await fetch(`${await sandbox.listen()}${base}/openapi.${format}`);
  writeFileSync(join(folder, `openapi.${format}`), await answer.text());
  await sandbox.close();
  execFileSync(secondTierTool("redocly"), ["lint", "--config", "redocly.yaml", join(folder, `openapi.${format}`)], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
});
