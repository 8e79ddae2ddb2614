import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Programs that say so when they are run, and then fail. */
const TRAPS = ["hardhat.config.ts", "hardhat.config.js", "hardhat.config.cjs", "hardhat.config.mjs"];

/** Files that break whoever takes them for his own. */
const POISON = {
  ".env": "GETSMART_PORT=none\nGETSMART_LOG_LEVEL=none\nHARDHAT_NETWORK=none\nNODE_OPTIONS=--no-such-option\n",
  "tsconfig.json": "{ this is no JSON",
  "package.json": "{}\n",
};

/** A folder of another project, whose files are none of our business. */
export class Stranger {
  readonly folder: string;

  constructor(parent: string) {
    this.folder = mkdtempSync(join(parent, "stranger-"));
    for (const [name, text] of Object.entries(POISON)) writeFileSync(join(this.folder, name), text);
    for (const trap of TRAPS) {
      const tell = `process.getBuiltinModule("fs").writeFileSync(${JSON.stringify(this.#markOf(trap))}, "");`;
      writeFileSync(join(this.folder, trap), `${tell}\nthrow new Error("${trap} was read");\n`);
    }
  }

  /** The traps that someone stepped into. */
  sprung(): string[] {
    return TRAPS.filter((trap) => existsSync(this.#markOf(trap)));
  }

  #markOf(trap: string): string {
    return join(this.folder, `${trap}.read`);
  }
}
