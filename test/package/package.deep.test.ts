import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe } from "vitest";
import { newFolder } from "../support/folder.ts";
import { describeCommandLine } from "./command-line.ts";
import { describeExamples } from "./examples.ts";
import { describeLibrary } from "./library.ts";
import { pack } from "./pack.ts";
import { describeRunners } from "./runners.ts";
import { describeTarball } from "./tarball.ts";

/** What `npm publish` would send, unpacked, run, imported and compiled against, all outside of the checkout. */
describe("the package", () => {
  const folder = newFolder();
  let tarball: string;
  beforeAll(async () => {
    tarball = await pack(folder);
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true }), 300_000);

  describeTarball(() => ({ tarball, folder }));
  describeCommandLine(() => ({ tarball, folder }));
  describeLibrary(() => ({ tarball, folder }));
  describeExamples(() => ({ tarball, folder }));
  describeRunners(() => ({ tarball, folder }));
});
