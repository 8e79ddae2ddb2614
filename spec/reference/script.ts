import { readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";

/** Scalar's script as the reference page carries it: its source map is not served, and a browser would ask for it. */
export function servedScript(standalone: string): string {
  return standalone.replace(/\n\/\/# sourceMappingURL=.*$/, "\n");
}

/** The script that is kept in the repository (update.ts). */
export function keptScript(): string {
  return brotliDecompressSync(readFileSync(new URL("scalar.js.br", import.meta.url))).toString();
}
