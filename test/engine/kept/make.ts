/**
 * Makes a data folder that is kept in the repository, and that every later release must open (test/engine/kept.test.ts):
 *
 *     node test/engine/kept/make.ts NAME
 *
 * One that is there is never made again: it stands for data that people have. A new one is added when the format, the rules of new chains
 * or the contracts change.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeKept } from "./story.ts";

const [name = ""] = process.argv.slice(2);
if (!/^[a-z0-9-]+$/.test(name)) throw new Error("name the folder: node test/engine/kept/make.ts NAME");
const into = fileURLToPath(new URL(`./folders/${name}/`, import.meta.url));
if (existsSync(into)) throw new Error(`${into} is kept; choose another name`);
const work = mkdtempSync(join(tmpdir(), "getsmart-kept-"));
try {
  mkdirSync(into, { recursive: true });
  await makeKept(work, into);
} catch (error) {
  rmSync(into, { recursive: true, force: true });
  throw error;
} finally {
  rmSync(work, { recursive: true, force: true });
}
