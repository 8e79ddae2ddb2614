/**
 * A sandbox in a process of its own that dies right after it has written the journal line of an idempotent write, and before
 * it answers. `node dying.ts FOLDER`: prints its origin, then waits for that request.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { createSandbox } from "../../emulator/sandbox.ts";

const sandbox = await createSandbox({ dataDir: process.argv[2] as string });
const origin = await sandbox.listen();

const { writeSync } = fs;
fs.writeSync = ((...call: Parameters<typeof writeSync>) => {
  const written = writeSync(...call);
  if (String(call[1]).includes('"idempotency":[')) process.kill(process.pid, "SIGKILL");
  return written;
}) as typeof writeSync;
syncBuiltinESMExports();

process.stdout.write(`${origin}\n`);
