/**
 * Writes the types of both documents with the openapi-typescript of test/tools, and from which document each is made.
 *
 *     npm run types
 *     node spec/update-types.ts --check    # whether they are fresh, by the documents' digests
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Each document with the file of its types. */
export const TYPES = { "openapi.yaml": "types.ts", "control.yaml": "control-types.ts" } as const;
export type DocumentFile = keyof typeof TYPES;

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const program = here("../test/tools/node_modules/.bin/openapi-typescript");

/** The first line of a document's types: whether they are fresh can be told without their generator. */
export function origin(document: DocumentFile): string {
  return `// From ${document}, SHA-256 ${createHash("sha256")
    .update(readFileSync(here(document)))
    .digest("hex")}`;
}

/** What the types of a document have to be. */
export function currentTypes(document: DocumentFile): string {
  const options = ["--immutable", "--default-non-nullable=false"];
  return `${origin(document)}\n${execFileSync(program, [here(document), ...options], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [document, file] of Object.entries(TYPES) as [DocumentFile, string][]) {
    if (!process.argv.includes("--check")) writeFileSync(here(file), currentTypes(document));
    else if (!readFileSync(here(file), "utf8").startsWith(origin(document))) {
      console.error(`spec/${file} is not of this spec/${document}: npm run types`);
      process.exit(1);
    }
  }
}
