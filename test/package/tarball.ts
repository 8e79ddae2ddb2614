import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { servedScript } from "../../spec/reference/script.ts";
import { attempt } from "./command.ts";
import { CHECKOUT, filesOf, listFiles, type PackedFile } from "./pack.ts";

/** A program of test/tools, which `npm run test:all` has installed. */
const tool = (name: string) => join(CHECKOUT, "test/tools/node_modules/.bin", name);

/** Rooms that the public types do not reach. */
const UNTYPED = /^emulator\/(adapters|cli|http|rpc)\//;

/** What `package.json` exports and runs; the rest of the code is in chunks, named after their content. */
const ENTRIES = ["emulator/sandbox", "emulator/vitest", "emulator/cli/main", "test/conformance/kit/index"];
const CHUNK = /^dist\/chunks\/[\w-]+-[A-Z0-9]{8}\.js$/;

/** What runs, what types need, what people read; no more. Chunks are left out. */
function expected(): string[] {
  const rooms = ["emulator", "test/conformance/kit", "test/conformance/requirements"];
  const built = [...rooms.flatMap((room) => listFiles(join(CHECKOUT, room)).map((path) => `${room}/${path}`)), "spec/types.ts"].filter(
    (path) => path.endsWith(".ts"),
  );
  return [
    ...["LICENSE", "README.md", "CHANGELOG.md", "package.json", "emulator/cli/bin.js"],
    ...["spec/openapi.yaml", "spec/control.yaml", "dist/spec/openapi.json", "dist/spec/control.json"],
    ...["contracts/compiled/GetsToken.json", "contracts/compiled/GetSmartBadge.json", "dist/docs/scalar.js", "dist/docs/NOTICE"],
    "dist/emulator/control/fixtures/parse-worker.js",
    "dist/emulator/control/fixtures/yaml-worker.js",
    "dist/config.schema.json",
    ...["GetSmartBadge.d.ts", "GetSmartBadge.json", "GetsToken.d.ts", "GetsToken.json", "index.d.ts", "index.js"].map(
      (file) => `dist/abi/${file}`,
    ),
    ...listFiles(join(CHECKOUT, "fixtures")).map((path) => `fixtures/${path}`),
    ...listFiles(join(CHECKOUT, "fixtures")).flatMap((path) =>
      path.endsWith(".yaml") ? [`dist/fixtures/${path.replace(/yaml$/, "json")}`] : [],
    ),
    ...ENTRIES.map((entry) => `dist/${entry}.js`),
    ...built.filter((path) => !UNTYPED.test(path)).map((path) => `dist/${path.replace(/\.ts$/, ".d.ts")}`),
  ].sort();
}

/** Whether an unpacked tarball is what we mean to publish. */
export function describeTarball(packed: () => { readonly tarball: string; readonly folder: string }): void {
  describe("the tarball", () => {
    let files: readonly PackedFile[];
    beforeAll(async () => {
      files = await filesOf(packed().tarball, packed().folder);
    });

    it("holds what is needed and nothing else", () => {
      const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(2)} MB`;
      const unpacked = files.reduce((sum, { bytes }) => sum + bytes, 0);
      console.log(`package: ${megabytes(readFileSync(packed().tarball).length)}, unpacked ${megabytes(unpacked)}, ${files.length} files`);
      expect(files.map(({ path }) => path).filter((path) => !CHUNK.test(path))).toEqual(expected());
    });

    it("has an executable launcher", () => {
      const launcher = files.find(({ path }) => path === "emulator/cli/bin.js");
      expect(launcher?.isExecutable).toBe(true);
      expect(launcher?.text).toMatch(/^#!\/usr\/bin\/env node\n/);
    });

    it("carries the reference page's script as Scalar's package has it (npm run reference)", () => {
      const original = readFileSync(join(CHECKOUT, "test/tools/node_modules/@scalar/api-reference/dist/browser/standalone.js"), "utf8");
      const carried = files.find(({ path }) => path === "dist/docs/scalar.js")?.text;
      expect(carried === servedScript(original)).toBe(true);
    });

    it("refers to no source map", () => {
      expect(files.filter(({ text }) => text.includes("\n//# sourceMappingURL=")).map(({ path }) => path)).toEqual([]);
    });

    it("imports only what it depends on", () => {
      const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(CHECKOUT, "package.json"), "utf8"));
      const ours = files.filter(({ path }) => /^dist\/(chunks|emulator|spec|test)\/.*\.(js|d\.ts)$/.test(path));
      const imported = ours.flatMap(({ text }) => [...text.matchAll(/(?:\bfrom |^import |\bimport\()"((?:@[^/"]+\/)?[^./"][^/"]*)/gm)]);
      const packages = new Set(imported.map(([, name]) => name as string).filter((name) => !name.startsWith("node:")));
      expect(packages.size).toBeGreaterThan(5);
      expect([...packages].filter((name) => !(name in { ...dependencies, ...peerDependencies }))).toEqual([]);
    });

    it("passes publint", async () => {
      const { ended, stdout, stderr } = await attempt([tool("publint"), packed().tarball, "--strict"], packed().folder);
      expect(ended, stdout + stderr).toBe(0);
    });

    it("passes attw: types resolve wherever ECMAScript modules can be imported", async () => {
      const { ended, stdout, stderr } = await attempt(
        [tool("attw"), "--profile", "esm-only", "--no-color", packed().tarball],
        packed().folder,
      );
      expect(ended, stdout + stderr).toBe(0);
    });
  });
}
