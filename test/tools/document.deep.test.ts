/** spec/openapi.yaml, as other people's programs read it. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { currentTypes } from "../../spec/update-types.ts";
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

it("spec/types.ts is what openapi-typescript makes of it", () => {
  expect(readFileSync(new URL("spec/types.ts", root), "utf8")).toBe(currentTypes());
});
