/**
 * Begins dist/ anew, so that nothing of an earlier build is published: our modules in a few files, since a start that loads two hundred takes
 * twice as long, and what is served from the contract but takes long to make: the documents as JSON (reading the YAML of the API takes a quarter
 * of a second, reading JSON a few milliseconds), the fixtures likewise, and the reference page's script, so that nothing is fetched from outside.
 * Also the schema of the configuration file, for editors, and the ABIs of the contracts.
 *
 *     node spec/build.ts
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { parse } from "yaml";
import { configSchema } from "../emulator/config-schema.ts";
import { parseFixture, prepareFixture } from "../emulator/control/fixtures/parse.ts";
import { writeAbis } from "./abi.ts";
import { keptScript } from "./reference/script.ts";

const root = new URL("../", import.meta.url);
rmSync(new URL("dist/", root), { recursive: true, force: true });
const bundled = build({
  entryPoints: [
    "emulator/sandbox.ts",
    "emulator/vitest.ts",
    "emulator/cli/main.ts",
    "emulator/control/fixtures/parse-worker.ts",
    "emulator/control/fixtures/yaml-worker.ts",
    "test/conformance/kit/index.ts",
  ],
  absWorkingDir: fileURLToPath(root),
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node22.18",
  packages: "external",
  outdir: "dist",
  outbase: ".",
  chunkNames: "chunks/[name]-[hash]",
  logLevel: "warning",
});
mkdirSync(new URL("dist/spec/", root), { recursive: true });
for (const name of ["openapi", "control"]) {
  writeFileSync(new URL(`dist/spec/${name}.json`, root), JSON.stringify(parse(readFileSync(new URL(`spec/${name}.yaml`, root), "utf8"))));
}
mkdirSync(new URL("dist/fixtures/", root), { recursive: true });
for (const file of readdirSync(new URL("fixtures/", root)).filter((each) => each.endsWith(".yaml"))) {
  const prepared = prepareFixture(parseFixture(readFileSync(new URL(`fixtures/${file}`, root), "utf8"), file));
  writeFileSync(new URL(`dist/fixtures/${file.replace(/yaml$/, "json")}`, root), JSON.stringify(prepared));
}
mkdirSync(new URL("dist/docs/", root), { recursive: true });
writeFileSync(new URL("dist/docs/scalar.js", root), keptScript());
copyFileSync(new URL("spec/reference/NOTICE", root), new URL("dist/docs/NOTICE", root));
writeFileSync(new URL("dist/config.schema.json", root), `${JSON.stringify(configSchema(), null, 2)}\n`);
writeAbis(new URL("dist/abi/", root));
await bundled;
