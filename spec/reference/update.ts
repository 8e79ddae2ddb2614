/**
 * Takes the script of the reference page out of the `@scalar/api-reference` in test/tools: that package brings 260 others, none of
 * which this one file needs. `npm run reference`; test/package/tarball.ts compares the two.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { noticesOf } from "./notices.ts";
import { servedScript } from "./script.ts";

const scalar = new URL("../../test/tools/node_modules/@scalar/api-reference/", import.meta.url);
const { name, version, license } = JSON.parse(readFileSync(new URL("package.json", scalar), "utf8"));
const script = servedScript(readFileSync(new URL("dist/browser/standalone.js", scalar), "utf8"));
writeFileSync(new URL("scalar.js.br", import.meta.url), brotliCompressSync(script));
writeFileSync(
  new URL("NOTICE", import.meta.url),
  `scalar.js.br is dist/browser/standalone.js of ${name} ${version} (https://github.com/scalar/scalar), ${license} licence, without its source map.
The package getsmart-sandbox has it as dist/docs/scalar.js. It may hold any of these packages:

${noticesOf(fileURLToPath(scalar).replace(/\/$/, ""))}`,
);
