import { parseSync } from "oxc-parser";
import { expect, it } from "vitest";
import { importsOf, sources, textOf } from "./imports.ts";

/** What users of the package import by name. */
const ENTRIES = ["emulator/sandbox.ts", "emulator/vitest.ts"];

const FILES = [...sources("emulator"), ...sources("spec"), ...sources("contracts"), ...sources("test"), "hardhat.config.ts"];

/** The files that import a file, by its path. */
const IMPORTERS = new Map<string, string[]>();
for (const file of FILES) {
  for (const { target } of importsOf(file)) IMPORTERS.set(target, [...(IMPORTERS.get(target) ?? []), file]);
}

function exportsOf(file: string): string[] {
  const { staticExports } = parseSync(file, textOf(file)).module;
  return staticExports.flatMap(({ entries }) => entries.flatMap(({ exportName }) => (exportName.name === null ? [] : [exportName.name])));
}

it("what a file exports is used by another one", () => {
  const unused = [...sources("emulator"), ...sources("spec")]
    .filter((file) => !ENTRIES.includes(file) && !/^spec\/(control-)?types\.ts$/.test(file))
    .flatMap((file) => {
      const users = (IMPORTERS.get(file) ?? []).map(textOf);
      return exportsOf(file).flatMap((name) => (users.some((text) => new RegExp(`\\b${name}\\b`).test(text)) ? [] : [`${file}: ${name}`]));
    });
  expect(unused).toEqual([]);
});
