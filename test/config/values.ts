import { SETTINGS, type SettingName } from "../../emulator/config.ts";

/** What a setting takes and what not: in the configuration file, and as text of a flag or an environment variable. */
export interface Values {
  /** Value in the file → what it means. */
  readonly file: readonly (readonly [value: unknown, meaning: unknown])[];
  readonly badInFile: readonly unknown[];
  /** Text → what it means. */
  readonly text: readonly (readonly [text: string, meaning: unknown])[];
  readonly badText: readonly string[];
}

const itself = <T>(...values: readonly T[]) => values.map((value) => [value, value] as const);
const NO_TEXT = [null, 1, true, "", ["a"], {}];

const words = (...good: readonly string[]): Values => ({ file: itself(...good), badInFile: NO_TEXT, text: itself(...good), badText: [""] });
const wholes = (from: number, to: number): Values => ({
  file: itself(from, from + 1, to),
  badInFile: [null, from - 1, to + 1, 1.5, String(from), "", true, [from], {}, Number.NaN, Number.POSITIVE_INFINITY],
  text: [from, to].map((value) => [String(value), value] as const),
  badText: ["", String(from - 1), String(to + 1), "1.5", "0x10", "1e3", " 1", "port"],
});
const YES_OR_NO: Values = {
  file: itself(true, false),
  badInFile: [null, "true", "false", "yes", 1, 0, "", [true], {}],
  text: [
    ["true", true],
    ["1", true],
    ["false", false],
    ["0", false],
  ],
  badText: ["", "yes", "TRUE", "2", "on"],
};
const NAMES: Values = {
  file: [["a.test", ["a.test"]], ["*", ["*"]], ...itself([], ["a.test"], ["a.test", "b.test"])],
  badInFile: [null, 1, true, "", "a b", "a,b", [""], [1], ["a b"], ["a,b"], [["a"]], {}],
  text: [
    ["a.test", ["a.test"]],
    ["a.test,b.test", ["a.test", "b.test"]],
    ["a.test, b.test", ["a.test", "b.test"]],
  ],
  badText: ["", "a.test,", ",", "a b"],
};
const EXTENSION = "chrome-extension://nkbihfbeogaeaoehlefnkodbefgpgknn";
const ORIGINS: Values = {
  file: [["https://app.example", ["https://app.example"]], ["none", ["none"]], ...itself([], ["*"], [EXTENSION, "http://[::1]:3000"])],
  badInFile: [null, 1, true, "", "app.example", "https://", ["https://app.example/"], "https://a b", "null", [""], [1], [["*"]], {}],
  text: [
    ["https://App.example:8443", ["https://App.example:8443"]],
    ["none,http://10.0.0.1", ["none", "http://10.0.0.1"]],
    [`*, ${EXTENSION}`, ["*", EXTENSION]],
  ],
  badText: ["", "localhost:3000", "//app.example", "https://app.example/path", "https://app.example,", "https://ada@app.example", "all"],
};
const forms = (file: Values["file"], bad: readonly string[]): Values => ({
  file,
  badInFile: [...NO_TEXT, false, ...bad],
  text: file as Values["text"],
  badText: ["", ...bad],
});

const every = (text: string, every_ms: number) => [text, { kind: "interval", every_ms }] as const;
const quotas = (perSecond: number, perHour: number) => [`${perSecond}/s,${perHour}/h`, { perSecond, perHour }] as const;

export const VALUES: Readonly<Record<SettingName, Values>> = {
  port: wholes(0, 65535),
  host: words("127.0.0.1", "localhost", "::1"),
  rpcPort: wholes(0, 65535),
  dataDir: words("data", "./a folder", "/ä"),
  ephemeral: YES_OR_NO,
  fixture: words("empty", "fixtures/mine.yaml"),
  seed: {
    file: [...itself("a", "7"), [7, "7"], [-1.5, "-1.5"]],
    badInFile: [null, "", true, [7], {}, Number.NaN, Number.NEGATIVE_INFINITY],
    text: itself("7", "a text"),
    badText: [""],
  },
  fresh: YES_OR_NO,
  repair: YES_OR_NO,
  fsync: YES_OR_NO,
  allowHost: NAMES,
  cors: ORIGINS,
  rpcCors: ORIGINS,
  publicUrl: forms(itself("https://badges.example/v1", "http://127.0.0.1:4010/v1", "https://[::1]:8443/get/smart/v1"), [
    "badges.example/v1",
    "ftp://badges.example/v1",
    "https://badges.example",
    "https://badges.example/v1/",
    "https:///v1",
    "https://ada:secret@badges.example/v1",
    "https://badges.example/v1?a=b",
    'https://badges.example/"/v1',
    "https://badges.example/\\/v1",
    "https://bädges.example/v1",
    "https://badges.example/v1\n",
    `https://badges.example/${"a".repeat(200)}/v1`,
  ]),
  https: YES_OR_NO,
  caDir: words("ca", "/a folder/ca"),
  controlToken: forms(itself("a-token-of-16-ch", "~".repeat(200), "!:@/+=0123456789"), [
    ...["s3cret", "fifteen-letters", "a token with spaces", "a-token-with-bädges", "a-token-of-16-ch\n", "~".repeat(201)],
  ]),
  configOut: words("out.json"),
  mining: forms(
    [
      ["auto", { kind: "auto" }],
      ["manual", { kind: "manual" }],
      every("interval:2s", 2000),
      every("interval:100ms", 100),
      every("interval:1m30s", 90_000),
      every("interval:1s1ms", 1001),
      every("interval:1h", 3_600_000),
      every("interval:10m", 600_000),
      every("interval:9999w", 9999 * 604_800_000),
    ],
    [
      "Auto",
      "interval",
      "interval:",
      "interval:2",
      "interval:0s",
      "interval:99ms",
      "interval:010ms",
      "interval:10ms",
      "interval:0.5s",
    ].concat(["interval:-1s", "interval:1s ", "interval:12345s", "interval:1s1s1s1s1s", "interval:1y", "manually", "auto\n"]),
  ),
  chainId: wholes(1, 2 ** 31 - 1),
  baseFee: wholes(0, 1_000_000_000_000),
  callGas: wholes(21_000, 16_777_216),
  traceGas: wholes(21_000, 16_777_216),
  limits: forms(
    [["off", "off"], quotas(10, 1000), quotas(1, 1), quotas(999_999_999, 999_999_999)],
    ["on", "10/s", "1000/h", "1000/h,10/s", "0/s,1/h", "10/s, 1000/h", "10/s,1000/h,", "1e1/s,1/h", "1000000000/s,1/h", "off\n"],
  ),
  webhookOrder: forms(itself("event", "shuffle"), ["Event", "random", "shuffle "]),
  webhookDuplicates: {
    file: itself(0, 0.25, 1),
    badInFile: [null, -0.1, 1.01, "0.5", "", true, [0.5], {}, Number.NaN, Number.POSITIVE_INFINITY],
    text: [
      ["0", 0],
      ["0.25", 0.25],
      ["1", 1],
    ],
    badText: ["", "-0", "1.01", "2", ".5", "1e-1", "50%", " 1"],
  },
  logLevel: forms(itself("fatal", "error", "warn", "info", "debug", "trace", "silent"), ["warning", "INFO", "info "]),
  logFormat: forms(itself("pretty", "json"), ["text", "JSON"]),
  silent: YES_OR_NO,
};

/** `rpc-port` for rpcPort. */
export const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
export const NAMES_OF_SETTINGS = Object.keys(SETTINGS) as SettingName[];
export const takesArgument = (name: SettingName) => SETTINGS[name].flag.includes("<");
