/** What the system refuses is one sentence with what to do, and nothing is left behind. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../../emulator/sandbox.ts";
import { api, newUser, refusal } from "../support/client.ts";
import { newFolder } from "../support/folder.ts";
import { NO_SMALL_DISK, remount, smallDisk } from "../support/small-disk.ts";

let open: Sandbox | null = null;
afterEach(async () => {
  await open?.close().catch(() => {});
  open = null;
});

/** The refusal of a start: one sentence. */
async function refused(dataDir: string): Promise<string> {
  const error = await createSandbox({ dataDir }).then(
    () => new Error("it started"),
    (thrown: Error) => thrown,
  );
  expect(error.name, error.message).toBe("StorageUnusable");
  expect(error.message).toMatch(
    /^The data folder .+ cannot be used: .+; (.+, or )?choose another --data-dir \(--ephemeral needs none\)\.$/,
  );
  expect(error.message).not.toContain("\n");
  return error.message;
}
/** The refusal of a stop. */
const refusedStop = (sandbox: Sandbox) =>
  sandbox.close().then(
    () => "it stopped",
    (error: Error) => `${error.name}: ${error.message}`,
  );
/** Takes all room but a few bytes of it. */
function fill(disk: string, name = "fill"): void {
  try {
    writeFileSync(join(disk, name), Buffer.alloc(1 << 20));
  } catch {}
}

describe("a start", () => {
  it.each([
    ["a file in its place", (home: string) => join(home, "file"), "EEXIST"],
    ["a file among its parents", (home: string) => join(home, "file/a/b"), "ENOTDIR"],
    ["a name that is too long", (home: string) => join(home, "a", "x".repeat(300)), "ENAMETOOLONG"],
    ["a journal that is a folder", (home: string) => join(home, "odd"), "EISDIR"],
  ])("with %s", async (_, dirIn, code) => {
    const home = newFolder();
    writeFileSync(join(home, "file"), "mine");
    mkdirSync(join(home, "odd/journal.ndjson"), { recursive: true });
    expect(await refused(dirIn(home))).toContain(`(${code})`);
    expect(readdirSync(home, { recursive: true }).toSorted()).toEqual(["file", "odd", "odd/journal.ndjson"]);
  });

  it("of a new folder makes the parents that are missing", async () => {
    const dataDir = join(newFolder(), "a/b/c");
    open = await createSandbox({ dataDir });
    expect(existsSync(join(dataDir, "journal.ndjson"))).toBe(true);
  });

  it("that fails for another reason leaves nothing of a new folder either", async () => {
    const home = newFolder();
    await expect(createSandbox({ dataDir: join(home, "a/b"), fixture: "nowhere" })).rejects.toMatchObject({ name: "UnknownFixture" });
    expect(readdirSync(home)).toEqual([]);
  });
});

if (NO_SMALL_DISK !== null) console.info(`test/engine/unusable-folder.test.ts: tests on a real small disk are skipped: ${NO_SMALL_DISK}`);
describe.skipIf(NO_SMALL_DISK !== null)(`on a real small disk${NO_SMALL_DISK === null ? "" : ` (skipped: ${NO_SMALL_DISK})`}`, () => {
  it.each([
    ["that is full", "size=64k", "ENOSPC", fill],
    ["without inodes", "nr_inodes=2", "ENOSPC", () => {}],
    ["that gets full while the first lines are written", "size=16k", "ENOSPC", () => {}],
    ["that is read-only", "ro", "EROFS", () => {}],
  ] as const)("a start on one %s leaves nothing", async (_, options, code, prepare) => {
    const disk = smallDisk(options);
    prepare(disk);
    const before = readdirSync(disk);
    expect(await refused(join(disk, "data"))).toContain(`(${code})`);
    expect(readdirSync(disk)).toEqual(before);
  });

  it("that gets full: writes are refused with what to do, reads go on, and a write works once there is room", async () => {
    const disk = smallDisk("size=256k");
    open = await createSandbox({ dataDir: join(disk, "data") });
    const client = api(open.app, open.apiKey);
    const ada = await newUser(client);
    fill(disk);
    const metadata = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`key${i}`, "x".repeat(400)]));
    const answer = await client
      .post("/users", { email: "ben@example.com", display_name: "Ben", metadata })
      .expect(refusal("STORAGE_UNAVAILABLE"));
    expect(answer.body.error.message).toMatch(/the disk is full.*free some space/);
    await client.get(`/users/${ada.id}`).expect(200);
    rmSync(join(disk, "fill"));
    await client.post("/users", { email: "ben@example.com", display_name: "Ben", metadata }).expect(201);
  });

  it("that is full at a stop: says that nothing is lost, leaves nothing, and the next start has everything", async () => {
    const disk = smallDisk("size=256k");
    const dataDir = join(disk, "data");
    const sandbox = await createSandbox({ dataDir });
    const ada = await newUser(api(sandbox.app, sandbox.apiKey));
    fill(disk);
    expect(await refusedStop(sandbox)).toMatch(/^StorageUnusable: .* could not be compacted: the disk is full.*Nothing is lost/);
    expect(readdirSync(dataDir)).toEqual(["journal.ndjson"]);
    rmSync(join(disk, "fill"));
    open = await createSandbox({ dataDir });
    await api(open.app, open.apiKey).get(`/users/${ada.id}`).expect(200);
  });

  it("that becomes read-only while it is stopped", async () => {
    const disk = smallDisk("size=1m");
    const dataDir = join(disk, "data");
    await (await createSandbox({ dataDir })).close();
    const before = readdirSync(dataDir);
    remount(disk, "ro");
    expect(await refused(dataDir)).toContain("(EROFS)");
    expect(readdirSync(dataDir)).toEqual(before);
  });
});

describe("a folder or journal that goes away while the sandbox runs", () => {
  it.each([
    ["the folder is removed", (dir: string) => rmSync(dir, { recursive: true })],
    ["the folder is moved", (dir: string) => renameSync(dir, `${dir}-moved`)],
    ["the journal is removed", (dir: string) => rmSync(join(dir, "journal.ndjson"))],
    ["the journal is replaced", (dir: string) => replaceJournal(dir)],
  ])("%s: no write is acknowledged, and the stop says why", async (_, change) => {
    const home = newFolder();
    const dataDir = join(home, "data");
    const sandbox = await createSandbox({ dataDir });
    const client = api(sandbox.app, sandbox.apiKey);
    const ada = await newUser(client);
    change(dataDir);
    const { body } = await client.post("/users", { email: "ben@example.com", display_name: "Ben" }).expect(refusal("STORAGE_UNAVAILABLE"));
    expect(body.error.message).toMatch(/was (removed|replaced) while the sandbox was running.*export FILE/);
    await client.get(`/users/${ada.id}`).expect(200);
    expect(await sandbox.export()).toContain(ada.id);
    expect(await refusedStop(sandbox)).toMatch(/^StorageUnusable: .*was (removed|replaced)/);
    expect(readdirSync(home, { recursive: true }).filter((name) => /next|tmp|lock\./.test(String(name)))).toEqual([]);
  });

  function replaceJournal(dir: string): void {
    const file = join(dir, "journal.ndjson");
    writeFileSync(`${file}.theirs`, readFileSync(file));
    renameSync(`${file}.theirs`, file);
  }
});
