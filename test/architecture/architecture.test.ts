import { describe, expect, it } from "vitest";
import { type Import, importsOf, linesOf, sources, textOf } from "./imports.ts";
import { RULES, type Rule } from "./rules.ts";

const KIT = sources("test/conformance");
const SOURCES = [...sources("emulator"), ...KIT.filter((file) => !file.endsWith(".test.ts")), ...sources("test/support")];
const ROOMS = RULES.map(({ room }) => room);

/** Every file with what it imports, each parsed once. */
const IMPORTS = new Map([...SOURCES, ...sources("test")].map((file) => [file, importsOf(file)] as const));
const importsIn = (file: string): readonly Import[] => IMPORTS.get(file) ?? [];
const eagerIn = (file: string) => importsIn(file).flatMap(({ target, isEager }) => (isEager ? [target] : []));

const isIn = (target: string, room: string) => target === room || target.startsWith(`${room}/`);
const roomOf = (file: string) => ROOMS.filter((room) => isIn(file, room)).sort((a, b) => b.length - a.length)[0];
const isAllowed = ({ room, may }: Rule, target: string) => isIn(target, room) || may.some((each) => isIn(target, each));

describe("who may import whom", () => {
  it("every source file is in a room that has a rule", () => {
    expect(SOURCES.filter((file) => roomOf(file) === undefined)).toEqual([]);
  });

  it.each(RULES)("$room: $because", (rule) => {
    const files = SOURCES.filter((file) => roomOf(file) === rule.room);
    expect(files, "a rule that is about no file is deleted").not.toEqual([]);
    const foreign = files.flatMap((file) =>
      importsIn(file).flatMap(({ target }) => (isAllowed(rule, target) ? [] : [`${file} → ${target}`])),
    );
    expect(foreign, rule.because).toEqual([]);
  });

  it.each(RULES)("$room: whatever it may import, it does", (rule) => {
    const targets = SOURCES.filter((file) => roomOf(file) === rule.room).flatMap((file) => importsIn(file).map(({ target }) => target));
    expect(rule.may.filter((each) => !targets.some((target) => isIn(target, each)))).toEqual([]);
  });

  it("tests of a room use their own helpers and those of test/support: what two rooms use moves there", () => {
    const roomOfTest = (path: string) => path.split("/").slice(0, 2).join("/");
    const strangers = sources("test")
      .filter((file) => !/^test\/(bench|conformance|support|tools)\//.test(file))
      .flatMap((file) => {
        const foreign = importsIn(file).filter(
          ({ target }) => target.startsWith("test/") && ![roomOfTest(file), "test/support"].includes(roomOfTest(target)),
        );
        return foreign.filter(({ target }) => !target.startsWith("test/conformance/kit")).map(({ target }) => `${file} → ${target}`);
      });
    expect(strangers).toEqual([]);
  });
});

describe("what is loaded only when it is needed", () => {
  it("checks of the kit, by the command line", () => {
    expect(eagerIn("test/conformance/kit/cli.ts")).toEqual([]);
  });

  it("heavy adapters, by the composition root", () => {
    expect(eagerIn("emulator/sandbox.ts").filter((target) => /adapters\/(hardhat|lowdb|crypto)/.test(target))).toEqual([]);
  });

  it("jose, and what draws pictures", () => {
    expect(eagerIn("emulator/adapters/jose/credentials.ts")).not.toContain("jose");
    expect(eagerIn("emulator/adapters/png/images.ts").filter((target) => isIn(target, "emulator/adapters"))).toEqual([
      "emulator/adapters/png/png-read.ts",
      "emulator/adapters/png/recent.ts",
    ]);
  });
});

it("a document that a file cites is in the repository", () => {
  const documents = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "KILL-MATRIX.md"];
  const cited = [...IMPORTS.keys()].flatMap((file) =>
    [...textOf(file).matchAll(/\b[A-Z][A-Z-]+\.md\b/g)].flatMap(([name]) => (documents.includes(name) ? [] : [`${file}: ${name}`])),
  );
  expect(cited).toEqual([]);
});

describe("files stay readable", () => {
  it("none has more than 400 lines", () => {
    expect([...SOURCES, ...KIT].filter((file) => linesOf(file) > 400)).toEqual([]);
  });

  it("nine of ten have at most 200", () => {
    const lengths = sources("emulator").map(linesOf);
    expect(lengths.filter((lines) => lines > 200).length / lengths.length).toBeLessThanOrEqual(0.1);
  });
});
