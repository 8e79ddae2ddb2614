/** After an install: makes what a checkout serves and exports (dist/), unless that is fresh. Types are left to `npm run build`. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { isBuilt } from "./built.js";

if (!isBuilt()) execFileSync(process.execPath, [fileURLToPath(new URL("build.ts", import.meta.url))], { stdio: "inherit" });
