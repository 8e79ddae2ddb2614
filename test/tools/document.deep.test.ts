/** The documents in spec/, as other people's programs read them. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { currentTypes, type DocumentFile, TYPES } from "../../spec/update-types.ts";
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
