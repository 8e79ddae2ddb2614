/** The data folder holds secrets of webhooks and the issuer's key: it is its owner's alone, whoever made it and when. */
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openCertificates } from "../../emulator/adapters/crypto/certificates.ts";
import { makePrivate } from "../../emulator/private-path.ts";
import { createSandbox } from "../../emulator/sandbox.ts";
import { newFolder } from "../support/folder.ts";

const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8);
const modesIn = (folder: string) => Object.fromEntries(readdirSync(folder).map((name) => [name, modeOf(join(folder, name))]));

describe.skipIf(process.platform === "win32")("permissions", () => {
  it("of a data folder are the owner's, also while it runs", async () => {
    const dataDir = join(newFolder(), "a/b");
    const sandbox = await createSandbox({ dataDir });
    expect([modeOf(join(dataDir, "..")), modeOf(dataDir), modesIn(dataDir)]).toEqual([
      "700",
      "700",
      { "journal.ndjson": "600", lock: "600" },
    ]);
    await sandbox.close();
    expect(modesIn(dataDir)).toEqual({ "db.json": "600", "journal.ndjson": "600" });
  });

  it("of a folder and files that were there before become so", async () => {
    const dataDir = newFolder();
    await (await createSandbox({ dataDir })).close();
    writeFileSync(join(dataDir, "db.json.old"), "{}");
    for (const name of readdirSync(dataDir)) chmodSync(join(dataDir, name), 0o644);
    chmodSync(dataDir, 0o755);
    writeFileSync(join(dataDir, "notes.txt"), "mine", { mode: 0o644 });
    const sandbox = await createSandbox({ dataDir });
    const ours = { "db.json": "600", "db.json.old": "600", "journal.ndjson": "600" };
    expect([modeOf(dataDir), modesIn(dataDir)]).toEqual(["700", { ...ours, lock: "600", "notes.txt": "644" }]);
    await sandbox.close();
    expect(modesIn(dataDir)).toEqual({ ...ours, "notes.txt": "644" });
  });

  it("of the authority's key and folder become so too", async () => {
    const caDir = join(newFolder(), "ca");
    const certificates = openCertificates(caDir);
    await certificates.issue(["localhost"]);
    chmodSync(caDir, 0o755);
    chmodSync(join(caDir, "ca-key.pem"), 0o644);
    await certificates.issue(["localhost"]);
    expect([modeOf(caDir), modeOf(join(caDir, "ca-key.pem"))]).toEqual(["700", "600"]);
  });

  it("of a folder that others use are left alone", () => {
    const shared = join(newFolder(), "shared");
    mkdirSync(shared);
    chmodSync(shared, 0o1777);
    expect([makePrivate(shared), modeOf(shared)]).toEqual([false, "1777"]);
    const before = modeOf(process.cwd());
    makePrivate(process.cwd());
    makePrivate("/");
    expect(modeOf(process.cwd())).toBe(before);
  });
});
