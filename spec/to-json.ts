/**
 * Writes dist/spec/openapi.json: reading the YAML takes a quarter of a second, reading JSON a few milliseconds.
 *
 *     node spec/to-json.ts
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { parse } from "yaml";

const yaml = readFileSync(new URL("./openapi.yaml", import.meta.url), "utf8");
const folder = new URL("../dist/spec/", import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL("openapi.json", folder), JSON.stringify(parse(yaml)));
