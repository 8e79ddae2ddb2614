/**
 * Writes spec/types.ts from openapi.yaml with the openapi-typescript of test/tools, and from which document it is made.
 *
 *     npm run types
 *     node spec/update-types.ts --check    # whether it is fresh, by the document's digest
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const document = fileURLToPath(new URL("openapi.yaml", import.meta.url));
const program = fileURLToPath(new URL("../test/tools/node_modules/.bin/openapi-typescript", import.meta.url));

/** The first line of types.ts: whether it is fresh can be told without its generator. */
export function origin(): string {
  return `// From openapi.yaml, SHA-256 ${createHash("sha256").update(readFileSync(document)).digest("hex")}`;
}

/** What types.ts has to be. */
export function currentTypes(): string {
  const options = ["--immutable", "--default-non-nullable=false"];
  return `${origin()}\n${execFileSync(program, [document, ...options], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const types = new URL("types.ts", import.meta.url);
  if (!process.argv.includes("--check")) writeFileSync(types, currentTypes());
  else if (!readFileSync(types, "utf8").startsWith(origin())) {
    console.error("spec/types.ts is not of this spec/openapi.yaml: npm run types");
    process.exit(1);
  }
}
