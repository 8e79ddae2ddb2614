import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { attempt, run } from "./command.ts";
import { seclude } from "./offline.ts";

const EXAMPLES = fileURLToPath(new URL("../examples/", import.meta.url));
const INSTALLING_MS = 600_000;
const RUNNING_MS = 180_000;

/** Each project in test/examples, with the package installed, run as its README says: by `npm test`, without a network. */
export function describeExamples(packed: () => { readonly tarball: string; readonly folder: string }): void {
  describe("the example project for", () => {
    let projects: string;
    beforeAll(async () => {
      projects = join(packed().folder, "examples");
      mkdirSync(projects);
      cpSync(EXAMPLES, projects, { recursive: true });
      // Installed once, above all of them, as it would be in each.
      const wishes = names().map((name) => JSON.parse(readFileSync(join(EXAMPLES, name, "package.json"), "utf8")).devDependencies);
      const devDependencies = { ...Object.assign({}, ...wishes), "getsmart-sandbox": `file:${packed().tarball}` };
      writeFileSync(join(projects, "package.json"), JSON.stringify({ private: true, devDependencies }));
      await run(["npm", "install", "--prefer-offline", "--no-audit", "--no-fund"], projects);
    }, INSTALLING_MS);

    it.each(names())("%s", { timeout: RUNNING_MS }, async (name) => {
      const { prefix, env } = seclude();
      const { ended, stdout, stderr } = await attempt([...prefix, "npm", "test"], join(projects, name), env);
      expect(ended, stdout + stderr).toBe(0);
      // That they ran, and how many.
      const tests = readdirSync(join(EXAMPLES, name)).filter((file) => file.includes(".test."));
      const written = tests.flatMap((file) => readFileSync(join(EXAMPLES, name, file), "utf8").match(/^test\("/gm) ?? []);
      expect(written.length).toBeGreaterThan(1);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: colours
      const plain = `${stdout}${stderr}`.replaceAll(/\u001b\[\d*m/g, "");
      expect(plain).toMatch(new RegExp(`(Tests:? +${written.length} passed|pass ${written.length}\\b)`));
    });

    it("vitest has types", { timeout: RUNNING_MS }, async () => {
      const { ended, stdout } = await attempt(["npm", "run", "check"], join(projects, "vitest"));
      expect(ended, stdout).toBe(0);
    });
  });
}

const names = () => readdirSync(EXAMPLES);
