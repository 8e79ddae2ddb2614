import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { attempt, run } from "./command.ts";
import { CHECKOUT } from "./pack.ts";

const CONSUMER = fileURLToPath(new URL("consumer/", import.meta.url));
const INSTALLING_MS = 300_000;
const COMPILING_MS = 120_000;
const RUNNING_MS = 120_000;

/** The package as a dependency of someone's project: imported, required, and seen by their compiler. */
export function describeLibrary(packed: () => { readonly tarball: string; readonly folder: string }): void {
  describe("import from getsmart-sandbox", () => {
    let project: string;
    beforeAll(async () => {
      project = join(packed().folder, "consumer");
      mkdirSync(project);
      cpSync(CONSUMER, project, { recursive: true });
      // The types of Node are the one thing that the project brings itself, as every TypeScript project on Node does.
      await run(
        ["npm", "install", "--prefer-offline", "--no-audit", "--no-fund", packed().tarball, "@types/node@24", "typescript@5.9"],
        project,
      );
    }, INSTALLING_MS);

    it.each(["module.mjs", "common.cjs"])("runs: %s", async (script) => {
      expect(JSON.parse(await run([process.execPath, script], project))).toEqual({ status: 201, display_name: "Grace Hopper" });
    });

    it("publishes the ABIs, as JSON and as a module", async () => {
      expect(JSON.parse(await run([process.execPath, "abi.mjs"], project))).toEqual({ isSame: true, hasError: true });
    });

    it("judges an application from code: getsmart-sandbox/conformance", { timeout: RUNNING_MS }, async () => {
      expect(await run([process.execPath, "judge.mjs"], project)).toMatch(/^CONFORMANT v1\.\S+ \(standard, contract\) \d+\/\d+ selected/);
    });

    it("is a suite of node:test", { timeout: RUNNING_MS }, async () => {
      const told = await run([process.execPath, "--test", "--test-reporter", "tap", "suite.mjs"], project);
      expect(told).toMatch(/ok \d+ - USER-01 /);
      expect(told).toMatch(/\n# fail 0\n/);
    });

    it("has the kit on its command line, and no mutants", async () => {
      const command = (...args: string[]) => attempt(["npx", "--offline", "getsmart-sandbox", "conformance", ...args], project);
      expect(await command("explain", "TOKEN-08")).toMatchObject({ ended: 0, stdout: expect.stringContaining("TOKEN-08  MUST") });
      expect(await command("self-test")).toMatchObject({ ended: 2, stderr: expect.stringContaining("needs a checkout") });
    });

    it.each(["node16", "bundler"])("has types under %s, third-party ones checked too", { timeout: COMPILING_MS }, async (resolution) => {
      const tsc = join(CHECKOUT, "node_modules/typescript/bin/tsc");
      const { ended, stdout } = await attempt([process.execPath, tsc, "-p", `tsconfig.${resolution}.json`], project);
      expect(stdout).toBe("");
      expect(ended).toBe(0);
    });

    it("has types under node10, which knows no exports, by the last TypeScript but two", { timeout: COMPILING_MS }, async () => {
      const { ended, stdout } = await attempt([process.execPath, "node_modules/typescript/bin/tsc", "-p", "tsconfig.node10.json"], project);
      expect(stdout).toBe("");
      expect(ended).toBe(0);
    });
  });
}
