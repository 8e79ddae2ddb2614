import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

interface Rule {
  /** Files it is about: a path from the root, the longest that fits wins. */
  readonly room: string;
  /** Rooms and packages that these files may import, besides their own room and node: modules. */
  readonly may: readonly string[];
  readonly because: string;
}

const RULES: readonly Rule[] = [
  { room: "emulator/model", may: ["spec/types.ts"], because: "the model is plain data; it knows nobody" },
  { room: "emulator/ports", may: ["emulator/model"], because: "a port is an interface in terms of the model" },
  {
    room: "emulator/services",
    may: ["emulator/model", "emulator/ports"],
    because: "rules know model and ports, no library and no transport",
  },
  {
    room: "emulator/control",
    may: ["emulator/model", "emulator/ports", "emulator/services", "spec/types.ts"],
    because: "control is a peer of services",
  },
  {
    room: "emulator/control/fixtures",
    may: ["emulator/model", "emulator/ports", "emulator/services", "emulator/control", "emulator/yaml.ts", "yaml"],
    because: "fixtures are control, in YAML",
  },
  {
    room: "emulator/engine",
    may: ["emulator/model", "emulator/ports"],
    because: "the engine drives ports; which adapters they are is not its matter",
  },
  {
    room: "emulator/adapters/memory",
    may: ["emulator/model", "emulator/ports", "ulid"],
    because: "an adapter knows its ports and its one dependency",
  },
  {
    room: "emulator/adapters/lowdb",
    may: ["emulator/model", "emulator/ports", "lowdb"],
    because: "an adapter knows its ports and its one dependency",
  },
  {
    room: "emulator/adapters/faulty",
    may: ["emulator/model", "emulator/ports"],
    because: "a decorator knows the port that it decorates",
  },
  { room: "emulator/adapters/fs", may: ["emulator/model", "emulator/ports"], because: "an adapter knows its ports and its one dependency" },
  {
    room: "emulator/adapters/node-http",
    may: ["emulator/model", "emulator/ports"],
    because: "an adapter knows its ports and its one dependency",
  },
  { room: "emulator/adapters/crypto", may: ["emulator/ports"], because: "an adapter knows its ports and its one dependency" },
  {
    room: "emulator/adapters/jose",
    may: ["emulator/model", "emulator/ports", "jose"],
    because: "an adapter knows its ports and its one dependency",
  },
  {
    room: "emulator/adapters/png",
    may: ["emulator/ports", "qrcode-generator"],
    because: "an adapter knows its ports and its one dependency",
  },
  { room: "emulator/adapters/time", may: ["emulator/ports"], because: "an adapter knows its ports and its one dependency" },
  {
    room: "emulator/adapters/hardhat",
    may: ["emulator/model", "emulator/ports", "emulator/package-root.ts", "hardhat", "ethers"],
    because: "an adapter knows its ports and its one dependency",
  },
  {
    room: "emulator/http",
    may: [
      "emulator/model",
      "emulator/ports",
      "emulator/services",
      "emulator/control",
      "emulator/config.ts",
      "emulator/package-root.ts",
      "spec/types.ts",
      "express",
      "openapi-backend",
      "ajv",
      "ajv-formats",
      "emulator/yaml.ts",
      "pino",
    ],
    because: "http speaks to services and control, never to an adapter",
  },
  {
    room: "emulator/rpc",
    may: ["emulator/model", "emulator/ports", "emulator/services", "emulator/control", "emulator/config.ts", "ws", "pino"],
    because: "rpc speaks to services and control, never to an adapter",
  },
  {
    room: "emulator/config.ts",
    may: ["emulator/setting.ts", "emulator/settings.ts", "emulator/yaml.ts"],
    because: "configuration is read before anything is built",
  },
  { room: "emulator/setting.ts", may: [], because: "what a setting may be depends on nothing" },
  {
    room: "emulator/settings.ts",
    may: ["emulator/control/duration.ts", "emulator/services/mining.ts", "emulator/setting.ts"],
    because: "the table of settings is known before anything is built",
  },
  { room: "emulator/config-schema.ts", may: ["emulator/settings.ts"], because: "the schema follows from the table of settings" },
  { room: "emulator/yaml.ts", may: ["yaml"], because: "it loads YAML when somebody needs it" },
  { room: "emulator/package-root.ts", may: [], because: "it finds files, no more" },
  {
    room: "emulator/data-folder.ts",
    may: ["emulator/adapters/fs", "emulator/engine", "emulator/ports"],
    because: "it opens the files of one folder",
  },
  {
    room: "emulator/sandbox.ts",
    may: [
      "emulator/adapters",
      "emulator/control",
      "emulator/data-folder.ts",
      "emulator/engine",
      "emulator/http",
      "emulator/model",
      "emulator/package-root.ts",
      "emulator/ports",
      "emulator/rpc",
      "emulator/sandbox-api.ts",
      "emulator/sandbox-facts.ts",
      "emulator/services",
      "express",
      "pino",
    ],
    because: "the composition root names everything",
  },
  {
    room: "emulator/sandbox-api.ts",
    may: ["emulator/control", "emulator/engine/recovery.ts", "emulator/model", "emulator/ports", "emulator/services", "pino"],
    because: "the public in-process API is a face of the controls",
  },
  {
    room: "emulator/vitest.ts",
    may: ["emulator/sandbox.ts", "vitest"],
    because: "the fixture uses the sandbox as every test does",
  },
  {
    room: "emulator/sandbox-facts.ts",
    may: ["emulator/control", "emulator/data-folder.ts", "emulator/engine", "emulator/package-root.ts", "emulator/sandbox-api.ts"],
    because: "what a sandbox says of itself follows from its options and its journal",
  },
  {
    room: "emulator/cli",
    may: [
      "emulator/sandbox.ts",
      "emulator/config.ts",
      "emulator/package-root.ts",
      "emulator/engine/recovery.ts",
      "emulator/adapters/fs/lock.ts",
      "emulator/adapters/node-http/sender.ts",
      "emulator/services/keys.ts",
      "emulator/services/webhook-signature.ts",
      "emulator/model",
      "emulator/control",
      "test/conformance/kit/cli.ts",
      "commander",
      "pino",
    ],
    because: "the command line drives the sandbox and mounts the kit; `listen` delivers as the sandbox does",
  },
  {
    room: "test/conformance/kit",
    may: ["test/conformance/requirements", "ajv", "ajv-formats", "commander", "supertest", "yaml"],
    because: "the kit judges any implementation: it shares no code and no validator with the emulator, or one fault would blind both",
  },
  {
    room: "test/conformance/requirements",
    may: ["test/conformance/kit"],
    because: "a requirement knows the kit only: what it asks, it asks over HTTP",
  },
  {
    room: "test/conformance/mutants",
    may: ["test/conformance/kit", "test/conformance/requirements", "emulator/sandbox.ts", "emulator/adapters/crypto/x509.ts"],
    because: "mutants are broken servers round the emulator (with certificates of its maker); they are not shipped",
  },
  {
    room: "test/conformance/tests",
    may: ["test/conformance", "test/cli/processes.ts", "test/http/folder.ts", "emulator/sandbox.ts", "vitest"],
    because: "tests of the kit stand on an emulator and use the command line as a user does",
  },
];
const KIT = "test/conformance";

describe("who may import whom", () => {
  for (const file of [...sources("emulator"), ...sources(KIT).filter((each) => !each.endsWith(".test.ts"))]) {
    it(file, () => {
      const rule = ruleFor(file);
      expect(rule, `${file} stands in no room of RULES`).toBeDefined();
      const foreign = importsOf(file).filter((target) => !isAllowed(rule as Rule, target));
      expect(foreign, `${file} may not import this: ${(rule as Rule).because}`).toEqual([]);
    });
  }

  it("the command line loads no check before it is asked for one", () => {
    expect(importsOf("test/conformance/kit/cli.ts", /^import (?!type)[^;]*?from "([^"]+)"/gm)).toEqual([]);
  });

  it("heavy adapters are imported by the composition root only when needed", () => {
    const text = readFileSync(join(ROOT, "emulator/sandbox.ts"), "utf8");
    const eager = [...text.matchAll(/^import (?!type)[^;]*?from "\.\/adapters\/(hardhat|lowdb|crypto)/gm)];
    expect(eager).toEqual([]);
  });

  it("jose and what draws pictures are loaded when first needed, not at start", () => {
    const eager = (file: string) => importsOf(file, /^import (?!type)[^"]*?from "([^"]+)"/gm);
    expect(eager("emulator/adapters/jose/credentials.ts")).not.toContain("jose");
    expect(eager("emulator/adapters/png/images.ts")).toEqual(["emulator/adapters/png/png-read.ts"]);
  });
});

describe("files stay readable", () => {
  for (const file of [...sources("emulator"), ...sources(KIT)]) {
    it(`${file} has at most 400 lines`, () => {
      expect(readFileSync(join(ROOT, file), "utf8").split("\n").length).toBeLessThanOrEqual(400);
    });
  }

  it("nine files of ten have at most 200 lines", () => {
    const lengths = sources("emulator").map((file) => readFileSync(join(ROOT, file), "utf8").split("\n").length);
    expect(lengths.filter((lines) => lines > 200).length / lengths.length).toBeLessThanOrEqual(0.1);
  });
});

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((file) => file.endsWith(".ts") && statSync(join(ROOT, file)).isFile())
    .sort();
}

function ruleFor(file: string): Rule | undefined {
  return RULES.filter(({ room }) => isIn(file, room)).sort((a, b) => b.room.length - a.room.length)[0];
}

function isIn(target: string, room: string): boolean {
  return target === room || target.startsWith(`${room}/`);
}

function isAllowed({ room, may }: Rule, target: string): boolean {
  return isIn(target, room) || may.some((each) => isIn(target, each));
}

const IMPORTS = /^(?:import|export)\b[^"]*?from "([^"]+)"|^import "([^"]+)"|\bimport\("([^"]+)"\)/gm;

/** What a file imports, statically or not: paths from the root, and names of packages. */
function importsOf(file: string, statements = IMPORTS): string[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  const found = [...text.matchAll(statements)].map((match) => (match[1] ?? match[2] ?? match[3]) as string);
  return found.filter((name) => !name.startsWith("node:")).map((name) => (name.startsWith(".") ? local(file, name) : packageName(name)));
}

function local(file: string, name: string): string {
  return relative(ROOT, resolve(ROOT, dirname(file), name));
}

function packageName(name: string): string {
  return name
    .split("/")
    .slice(0, name.startsWith("@") ? 2 : 1)
    .join("/");
}
