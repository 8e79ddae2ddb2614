#!/usr/bin/env node
// Plain JavaScript that every Node can read: an old one gets a sentence, not a stack trace.
import { existsSync } from "node:fs";
import module from "node:module";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(`getsmart-sandbox needs Node 22.18 or newer; this is ${process.version}. Try: npx -y -p node@24 -c "npm ci && npm start"`);
  process.exit(1);
}
// What is compiled, and what is stripped of types, is kept for the next start (in the folder for temporary files).
module.enableCompileCache();
// Whoever imports node:http is given all that can be listed of it, and three of its names make Node load a client that nobody here uses.
const http = process.getBuiltinModule("node:http");
for (const name of ["WebSocket", "CloseEvent", "MessageEvent"]) {
  const property = Object.getOwnPropertyDescriptor(http, name);
  if (property?.get && property.configurable) Object.defineProperty(http, name, { ...property, enumerable: false });
}
// In a checkout the sources run as they are; the package ships what was built from them.
const source = new URL("./main.ts", import.meta.url);
const main = existsSync(source) ? source : new URL("../../dist/emulator/cli/main.js", import.meta.url);
await import(main.href);
