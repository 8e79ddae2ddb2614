/** Who may import whom (architecture.test.ts). One rule per room, with the sentence that explains it. */
export interface Rule {
  /** Files it is about: a path from the root; the longest that fits wins. */
  readonly room: string;
  /** Rooms and packages that these files may import, besides their own room and node: modules. */
  readonly may: readonly string[];
  readonly because: string;
}

export const RULES: readonly Rule[] = [
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
    may: ["emulator/control/duration.ts", "emulator/model/public-url.ts", "emulator/services/mining.ts", "emulator/setting.ts"],
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
    may: [
      "emulator/control",
      "emulator/data-folder.ts",
      "emulator/engine",
      "emulator/model",
      "emulator/package-root.ts",
      "emulator/ports",
      "emulator/sandbox-api.ts",
    ],
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
    may: ["test/conformance", "test/support", "emulator/sandbox.ts", "vitest"],
    because: "tests of the kit stand on an emulator and use the command line as a user does",
  },
  {
    room: "test/support",
    may: [
      "emulator",
      "spec/types.ts",
      "ajv",
      "ajv-formats",
      "ethers",
      "fast-check",
      "jsqr",
      "pngjs",
      "pino",
      "supertest",
      "vitest",
      "yaml",
    ],
    because: "what many rooms use depends on none of them",
  },
];
