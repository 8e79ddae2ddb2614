/** Every setting, by flag, by environment and in the file: what is good is taken, what is not is named with its place and what would be. */
import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { type Config, ConfigError, resolveConfig, SETTINGS } from "../../emulator/config.ts";
import { newFolder } from "../support/folder.ts";
import { command } from "../support/processes.ts";
import { kebab, NAMES_OF_SETTINGS, takesArgument, VALUES } from "./values.ts";

const folder = newFolder();
const file = `${folder}/settings.yaml`;
/** What another setting asks for: a host that is not loopback would need a token. */
const inFile = (content: unknown) => {
  writeFileSync(file, stringify(content));
  return resolveConfig({}, {}, file);
};

/** The refusal's message; null when there is none. */
function refusal(resolve: () => Config): string | null {
  try {
    resolve();
    return null;
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
}

const quote = (value: unknown) => JSON.stringify(value);

describe.each(NAMES_OF_SETTINGS)("%s", (name) => {
  const { accepts } = SETTINGS[name];
  const { file: goodInFile, badInFile, text, badText } = VALUES[name];
  /** As a refusal repeats it: not a secret. */
  const said = (value: unknown) => ("isSecret" in SETTINGS[name] ? "the text given" : quote(value));
  const variable = `GETSMART_${kebab(name).replaceAll("-", "_").toUpperCase()}`;

  it.each(goodInFile.map(([value, meaning]) => [quote(value), value, meaning]))("in the file: %s", (_, value, meaning) => {
    expect(inFile({ [kebab(name)]: value })[name]).toEqual(meaning);
  });
  it.each(badInFile.map((value) => [quote(value), value]))("refused in the file: %s", (_, value) => {
    expect(refusal(() => inFile({ [kebab(name)]: value }))).toBe(
      `${kebab(name)} in ${file}: ${said(value)} cannot be used; accepted: ${accepts}.`,
    );
  });

  it.each(text)("in the environment: %j", (value, meaning) => {
    expect(resolveConfig({}, { [variable]: value })[name]).toEqual(meaning);
  });
  it.each(badText)("refused in the environment: %j", (value) => {
    expect(refusal(() => resolveConfig({}, { [variable]: value }))).toBe(
      `${variable}: ${said(value)} cannot be used; accepted: ${accepts}.`,
    );
  });

  if (takesArgument(name)) {
    it.each(text)("as flag: %j", (value, meaning) => {
      expect(resolveConfig({ [name]: value }, {})[name]).toEqual(meaning);
    });
    it.each(badText)("refused as flag: %j", (value) => {
      expect(refusal(() => resolveConfig({ [name]: value }, {}))).toBe(
        `--${kebab(name)}: ${said(value)} cannot be used; accepted: ${accepts}.`,
      );
    });
  } else {
    it("as flag", () => expect(resolveConfig({ [name]: true }, {})[name]).toBe(true));
  }

  it("a flag wins over the environment, that over the file", () => {
    const [[fileValue, inTheFile] = [], [textValue, inTheText] = []] = [goodInFile.at(-1), text[0]];
    writeFileSync(file, stringify({ [kebab(name)]: fileValue }));
    expect(resolveConfig({}, {}, file)[name]).toEqual(inTheFile);
    expect(resolveConfig({}, { [variable]: textValue as string }, file)[name]).toEqual(inTheText);
    const flag = takesArgument(name) ? (text.at(-1)?.[0] as string) : true;
    expect(resolveConfig({ [name]: flag }, { [variable]: textValue as string }, file)[name]).toEqual(
      takesArgument(name) ? text.at(-1)?.[1] : true,
    );
  });
});

describe("the file as a whole", () => {
  it.each([
    ["nothing", "", null],
    ["a schema for editors", "$schema: ./schema.json\nport: 1", null],
    ["a schema that is none", "$schema: 1", "$schema is the address of a schema"],
    ["a setting that is none", "prot: 4011", "prot is not a setting. Did you mean port? Known are port, host, rpc-port,"],
    ["a name as flags are not written", "rpcPort: 4011", "rpcPort is not a setting. Did you mean rpc-port?"],
    ["a list", "- port", "settings are written as `name: value`"],
    ["no YAML", "port: [", "settings.yaml: "],
  ])("%s", (_, content, message) => {
    writeFileSync(file, content);
    const refused = refusal(() => resolveConfig({}, {}, file));
    expect(refused).toEqual(message === null ? null : expect.stringContaining(message));
  });

  it("that was asked for must be there", () => {
    expect(refusal(() => resolveConfig({}, {}, `${folder}/none.yaml`))).toBe(`--config: there is no file ${folder}/none.yaml.`);
  });
});

describe("a host that others reach needs a token for the control plane", () => {
  it.each<[string, () => Config]>([
    ["--host", () => resolveConfig({ host: "0.0.0.0" }, { GETSMART_HOST: "127.0.0.1" })],
    ["GETSMART_HOST", () => resolveConfig({}, { GETSMART_HOST: "0.0.0.0" })],
    [`host in ${file}`, () => inFile({ host: "0.0.0.0" })],
  ])("named by %s", (place, resolve) => {
    expect(refusal(resolve)).toBe(
      `${place}: 0.0.0.0 is reachable from other machines; give the control plane a --control-token (16 to 200 visible ASCII characters).`,
    );
  });
});

describe("the command line", () => {
  const bad = [
    { from: "--mining", args: ["--mining", "sometimes"], env: {}, yaml: "" },
    { from: "GETSMART_MINING", args: [], env: { GETSMART_MINING: "sometimes" }, yaml: "" },
    { from: "mining in getsmart-sandbox.config.yaml", args: [], env: {}, yaml: "mining: sometimes\n" },
  ];
  it.each(bad)("ends with 2 and one line: $from", async ({ from, args, env, yaml }) => {
    const cwd = newFolder();
    writeFileSync(`${cwd}/getsmart-sandbox.config.yaml`, yaml);
    expect(await command(["start", ...args], { cwd, env })).toEqual({
      code: 2,
      stdout: "",
      stderr: `getsmart-sandbox: ${from}: "sometimes" cannot be used; accepted: ${SETTINGS.mining.accepts}.\n`,
    });
  });

  it("takes a repeated flag and a list alike", () => {
    expect(resolveConfig({ allowHost: ["a.test", "b.test"] }, {}).allowHost).toEqual(["a.test", "b.test"]);
    expect(resolveConfig({ allowHost: ["a.test,b.test"] }, {}).allowHost).toEqual(["a.test", "b.test"]);
  });
});

it("a token that cannot be used is not repeated", () => {
  const config = () => resolveConfig({ controlToken: "short-secret" }, {});
  expect(config).toThrow("--control-token: the text given cannot be used; accepted: 16 to 200 visible ASCII characters.");
});
