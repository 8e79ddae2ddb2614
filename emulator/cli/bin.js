#!/usr/bin/env node
// Plain JavaScript that every Node can read: an old one gets a sentence, not a stack trace.
import { chmodSync, existsSync, lstatSync, mkdirSync } from "node:fs";
import module from "node:module";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(`getsmart-sandbox needs Node 22.18 or newer; this is ${process.version}. Try: npx -y -p node@24 -c "npm ci && npm start"`);
  process.exit(1);
}
keepCompiledCode();
// Whoever imports node:http is given all that can be listed of it, and three of its names make Node load a client that nobody here uses.
const http = process.getBuiltinModule("node:http");
for (const name of ["WebSocket", "CloseEvent", "MessageEvent"]) {
  const property = Object.getOwnPropertyDescriptor(http, name);
  if (property?.get && property.configurable) Object.defineProperty(http, name, { ...property, enumerable: false });
}
const source = new URL("./main.ts", import.meta.url);
await import((await runsSources()) ? source.href : "../../dist/emulator/cli/main.js");

/** In a checkout what was built from the sources takes half as long to start, and runs unless a source has changed since. */
async function runsSources() {
  if (!existsSync(source)) return false;
  return !(await import("../../spec/built.js")).isBuilt();
}

/**
 * What is compiled, and what is stripped of types, is kept for the next start: in a folder that only this user can write to, since Node
 * runs what it finds there. Its default is one in the shared folder for temporary files, under a name that others can take first.
 */
function keepCompiledCode() {
  const { env, platform } = process;
  // Node has turned it on by itself, or was told not to.
  if (env.NODE_COMPILE_CACHE || env.NODE_DISABLE_COMPILE_CACHE) return;
  try {
    const caches = platform === "win32" ? env.LOCALAPPDATA : env.XDG_CACHE_HOME || join(homedir(), ".cache");
    if (!caches || !isAbsolute(caches)) return;
    const folder = join(caches, "getsmart-sandbox", "compiled");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (platform !== "win32") {
      for (const path of [join(caches, "getsmart-sandbox"), folder]) {
        const { mode, uid } = lstatSync(path);
        if (uid !== process.getuid?.()) return;
        if ((mode & 0o077) !== 0) chmodSync(path, 0o700);
      }
    }
    module.enableCompileCache?.(folder);
  } catch {
    // Without a place to keep it the start takes longer, no more.
  }
}
