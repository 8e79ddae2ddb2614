import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { attempt, run } from "./command.ts";

const RUNNERS = fileURLToPath(new URL("runners/", import.meta.url));
const INSTALLING_MS = 600_000;
const RUNNING_MS = 180_000;

interface Runner {
  /** A folder of test/package/runners. */
  readonly kind: "vitest" | "jest" | "deno";
  readonly packages: readonly string[];
  /** Command lines, and what each prints when all is well. */
  readonly lines: readonly (readonly string[])[];
  readonly says: RegExp;
}

const vitest = (...flags: string[]) => ["npx", "--offline", "vitest", "run", ...flags];
const jest = (...flags: string[]) => [process.execPath, "--experimental-vm-modules", "node_modules/jest/bin/jest.js", ...flags];
const THREE_PASSED = /Tests +3 passed/;

/** The oldest that the peer range allows, the one before the current, and the current; each in all of its pools. */
const POOLS = ["forks", "threads", "vmThreads", "vmForks"].map((pool) => vitest("--pool", pool));
const JSDOM = vitest("--environment", "jsdom");

const PROJECTS: Readonly<Record<string, Runner>> = {
  "Vitest 3.2": { kind: "vitest", packages: ["vitest@3.2.0", "jsdom@26"], lines: [...POOLS, JSDOM], says: THREE_PASSED },
  "Vitest 4.0": { kind: "vitest", packages: ["vitest@~4.0.0", "jsdom@26"], lines: [...POOLS, JSDOM], says: THREE_PASSED },
  "Vitest 5": { kind: "vitest", packages: ["vitest@5", "jsdom@26"], lines: [...POOLS, JSDOM], says: THREE_PASSED },
  "Jest 30": {
    kind: "jest",
    packages: ["jest@30", "jest-environment-jsdom@30"],
    lines: [jest(), jest("--env", "jsdom")],
    says: /Tests: +1 passed/,
  },
  Deno: {
    kind: "deno",
    packages: ["deno@2"],
    lines: [["npx", "--offline", "deno", "run", "-A", "story.ts"]],
    says: /^confirmed$/m,
  },
};

/** A sandbox in the process of other people's test runners, each installed on its own beside the package. */
export function describeRunners(packed: () => { readonly tarball: string; readonly folder: string }): void {
  describe.each(Object.entries(PROJECTS))("createSandbox() in %s", (name, { kind, packages, lines, says }) => {
    let project: string;
    beforeAll(async () => {
      project = join(packed().folder, name.replaceAll(" ", "-"));
      mkdirSync(project);
      cpSync(join(RUNNERS, kind), project, { recursive: true });
      cpSync(join(RUNNERS, "story.mjs"), join(project, "story.mjs"));
      writeFileSync(
        join(project, "package.json"),
        JSON.stringify({ private: true, type: "module", jest: { testMatch: ["**/*.test.mjs"] } }),
      );
      await run(["npm", "install", "--prefer-offline", "--no-audit", "--no-fund", packed().tarball, ...packages], project);
    }, INSTALLING_MS);

    it.each(lines.map((line) => [line.slice(1).join(" "), line] as const))("%s", { timeout: RUNNING_MS }, async (_, line) => {
      const { ended, stdout, stderr } = await attempt(line, project);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: colours
      expect(`${stdout}${stderr}`.replaceAll(/\u001b\[\d*m/g, "")).toMatch(says);
      expect(ended).toBe(0);
    });
  });
}
