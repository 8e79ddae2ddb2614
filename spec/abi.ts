/** What the package publishes of the contracts: their ABIs as JSON, and as types that viem and others infer calls, events and errors from. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { artifactUrl, contractNames } from "../contracts/artifacts.ts";

/** Writes `NAME.json`, its declaration, and a module of all of them for those who import no JSON. `folder` ends in a slash. */
export function writeAbis(folder: URL): void {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, text: string) => writeFileSync(new URL(name, folder), text);
  const modules = contractNames.map((name) => {
    const { abi } = JSON.parse(readFileSync(artifactUrl(name), "utf8"));
    write(`${name}.json`, `${JSON.stringify(abi, null, 2)}\n`);
    write(`${name}.d.ts`, `declare const abi: ${typeOf(abi)};\nexport default abi;\n`);
    return { member: memberOf(name), name, text: JSON.stringify(abi) };
  });
  write("index.js", modules.map(({ member, text }) => `export const ${member} = ${text};\n`).join(""));
  write("index.d.ts", modules.map(({ member, name }) => `export { default as ${member} } from "./${name}.js";\n`).join(""));
}

/** `getsTokenAbi` of `GetsToken`. */
function memberOf(name: string): string {
  return `${name[0]?.toLowerCase()}${name.slice(1)}Abi`;
}

/** The type of a value as `as const` would give it. */
function typeOf(value: unknown): string {
  if (Array.isArray(value)) return `readonly [${value.map(typeOf).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, each]) => `readonly ${JSON.stringify(name)}: ${typeOf(each)}`);
  return `{ ${members.join("; ")} }`;
}
