/** After an install: makes what a checkout serves and exports (dist/), unless that is fresh. Types are left to `npm run build`. */
import { execFileSync } from "node:child_process";
import { isBuilt } from "./built.js";

if (!isBuilt()) execFileSync("npm run --silent build:start", { cwd: new URL("../", import.meta.url), stdio: "inherit", shell: true });
