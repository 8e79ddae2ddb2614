/** The schema that editors read says what the reader says: no more, no less. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { resolveConfig, SETTINGS } from "../../emulator/config.ts";
import { configSchema } from "../../emulator/config-schema.ts";
import { DEEP } from "../support/depth.ts";
import { newFolder } from "../support/folder.ts";
import { kebab, NAMES_OF_SETTINGS, VALUES } from "./values.ts";

const schema = configSchema();
const accepts = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);
const file = `${newFolder()}/settings.yaml`;
/** A host that others reach asks for a token; which, is another setting's matter. */
const BEYOND_LOOPBACK = { controlToken: "a-control-token-for-tests" };
const readable = (content: unknown) => {
  writeFileSync(file, stringify(content));
  try {
    resolveConfig("host" in Object(content) ? BEYOND_LOOPBACK : {}, {}, file);
    return true;
  } catch {
    return false;
  }
};

/** Whatever any setting takes or refuses. */
const ALL = new Map(
  Object.values(VALUES)
    .flatMap(({ file, badInFile, text, badText }) => [...[...file, ...text].map(([value]) => value), ...badInFile, ...badText])
    .map((value) => [stringify(value), value]),
);

describe.each(NAMES_OF_SETTINGS.map((name, index) => [name, index] as const))("%s", (name, index) => {
  const { file: good, badInFile: bad } = VALUES[name];
  const verdict = (value: unknown) => accepts({ [kebab(name)]: value });

  it("takes what the reader takes, refuses what it refuses", () => {
    expect(good.filter(([value]) => !verdict(value))).toEqual([]);
    expect(bad.filter(verdict)).toEqual([]);
  });

  it("agrees with the reader on what others take or refuse", () => {
    // Each is a file; the first tier tries a sixth of the values on each setting, and each value on some.
    const values = [...ALL.values()].filter((_, i) => DEEP || i % 6 === index % 6);
    const differing = values.filter((value) => verdict(value) !== readable({ [kebab(name)]: value }));
    expect(differing).toEqual([]);
  });

  it("agrees with the reader on anything", () => {
    const anything = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.stringMatching(/^(interval:)?\d{1,5}(ms|s|m|h|d|w)(\d{1,3}(ms|s|m))?$/));
    fc.assert(
      fc.property(anything, (value) => {
        expect(verdict(value)).toBe(SETTINGS[name].read(value) !== undefined);
      }),
      { numRuns: DEEP ? 300 : 20 },
    );
  });

  it("says in words what it takes, and its default is one that it takes", () => {
    const property = (schema.properties as Record<string, { description: string; default?: unknown }>)[kebab(name)];
    expect(property?.description).toContain(SETTINGS[name].accepts);
    if (property && "default" in property) {
      expect(verdict(property.default)).toBe(true);
      if (!["chainId", "baseFee"].includes(name)) expect(SETTINGS[name].read(property.default)).toEqual(SETTINGS[name].initial);
    }
  });
});

it.each([{}, { $schema: "./schema.json" }, { $schema: 1 }, { prot: 1 }, { rpcPort: 1 }, [], ["port"], "port", 1])(
  "the file as a whole: %j",
  (content) => {
    expect(accepts(content)).toBe(readable(content));
  },
);

it("is what the package ships", () => {
  const shipped = new URL("../../dist/config.schema.json", import.meta.url);
  expect(existsSync(shipped), "npm run build writes it").toBe(true);
  expect(JSON.parse(readFileSync(shipped, "utf8")), "npm run build writes it anew").toEqual(schema);
  const { exports, files } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(exports["./config.schema.json"]).toBe("./dist/config.schema.json");
  expect(files).toContain("dist");
  expect(JSON.stringify(schema)).not.toMatch(/\/(home|root|Users)\//);
});
