import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { createSandbox, type Sandbox } from "../../../emulator/sandbox.ts";
import { newFolder } from "../../support/folder.ts";
import { command, type Outcome } from "../../support/processes.ts";
import { type Front, openFront } from "../mutants/front.ts";

/** What the tests of the commands stand on: an emulator, a front before it that may answer in another way, and a folder. */
export interface Ground {
  readonly sandbox: Sandbox;
  readonly front: Front;
  /** Of the front, ending in /v1. */
  readonly baseUrl: string;
  readonly folder: string;
  /** Writes a file; its path. */
  file(name: string, text: string): string;
  /** `getsmart-sandbox conformance …` against the front; the key is in KEY. */
  conformance(...args: readonly string[]): Promise<Outcome>;
}

/** Filled in before the tests of a file, closed after them. */
export function ground(): Ground {
  const folder = newFolder();
  const opened = {} as { sandbox: Sandbox; front: Front; baseUrl: string };
  beforeAll(async () => {
    opened.sandbox = await createSandbox();
    opened.front = await openFront(await opened.sandbox.listen(), null);
    opened.baseUrl = `${opened.front.origin}/v1`;
  });
  afterAll(async () => {
    await opened.front.close();
    await opened.sandbox.close();
  });
  return Object.assign(opened, {
    folder,
    file(name: string, text: string) {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    },
    conformance(...args: readonly string[]) {
      const env = { KEY: opened.sandbox.apiKey, GETSMART_API_KEY: opened.sandbox.apiKey, GETSMART_BASE_URL: opened.baseUrl };
      return command(["conformance", ...args], { cwd: folder, env });
    },
  });
}
