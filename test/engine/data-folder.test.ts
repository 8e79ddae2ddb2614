import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DataFolderInUse } from "../../emulator/adapters/fs/lock.ts";
import { DataFolderMismatch, openDataFolder, refuseMismatch } from "../../emulator/data-folder.ts";
import { StorageDamaged } from "../../emulator/ports/store.ts";
import { stateOf, welcome } from "../support/engine-actions.ts";
import { openWorld, type World } from "../support/engine-world.ts";
import { newFolder } from "../support/folder.ts";

let dir: string;
let journal: string;
let world: World;
beforeEach(async () => {
  dir = join(newFolder(), "data");
  journal = join(dir, "journal.ndjson");
  await live("ada");
});
afterEach(() => rmSync(join(dir, ".."), { recursive: true }));

/** A sandbox lives in the folder for a while and is killed. */
async function live(who: string): Promise<void> {
  open().close();
  world = await openWorld({ folder: dir });
  await welcome(world, who, 5n);
  await world.kill();
}
function open({ fresh = false, repair = false } = {}) {
  return openDataFolder({ dir, fresh, repair, fsync: false });
}
const linesOnDisk = () => readFileSync(journal, "utf8").trimEnd().split("\n");
const writeLines = (lines: readonly string[]) => writeFileSync(journal, lines.map((line) => `${line}\n`).join(""));
/** Turns one byte of a line. */
const damaged = (line: string) => line.replace('"v":2', '"v":0');

describe("opening a data folder", () => {
  it("makes it for its owner's eyes, and holds its lock until it is closed", () => {
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    const folder = open();
    expect(() => open()).toThrow(DataFolderInUse);
    folder.close();
    open().close();
  });

  it("gives what is kept; nothing in a new one", () => {
    const folder = open();
    expect(folder.kept?.lines).toHaveLength(linesOnDisk().length - 1);
    folder.close();
    const other = openDataFolder({ dir: join(dir, "new"), fresh: false, repair: false, fsync: false });
    expect(other.kept).toBeNull();
    other.close();
  });

  it("killed before it was ever ready: begins again, for nobody was answered", () => {
    const lines = linesOnDisk();
    for (const length of [1, 2]) {
      writeLines(lines.slice(0, length));
      const folder = open();
      expect(folder.kept).toBeNull();
      expect(readFileSync(journal, "utf8")).toBe("");
      folder.close();
    }
  });

  it("--fresh begins a new one and keeps the old beside it, as often as asked", async () => {
    const before = readFileSync(journal, "utf8");
    for (const suffix of ["old", "old-2"]) {
      const folder = open({ fresh: true });
      expect(folder.kept).toBeNull();
      folder.close();
      expect(existsSync(`${journal}.${suffix}`)).toBe(true);
    }
    expect(readFileSync(`${journal}.old`, "utf8")).toBe(before);
  });

  it("frees the lock when it cannot be opened", () => {
    writeLines(linesOnDisk().map(damaged));
    for (let i = 0; i < 2; i++) expect(() => open()).toThrow(StorageDamaged);
    expect(readdirSync(dir)).not.toContain("lock");
  });

  it("a db.json whose journal is gone is kept beside the new one, not overwritten at the next stop", async () => {
    world = await openWorld({ folder: dir });
    await world.close();
    const db = readFileSync(join(dir, "db.json"), "utf8");
    rmSync(journal);
    const folder = open();
    folder.close();
    expect(folder.kept).toBeNull();
    expect(existsSync(join(dir, "db.json"))).toBe(false);
    expect(readFileSync(join(dir, "db.json.old"), "utf8")).toBe(db);
  });
});

describe("--repair", () => {
  it("without damage changes nothing", () => {
    const before = readFileSync(journal, "utf8");
    open({ repair: true }).close();
    expect(readFileSync(journal, "utf8")).toBe(before);
    expect(readdirSync(dir)).toEqual(["journal.ndjson"]);
  });

  it("keeps what is readable before the damage, and the damaged file beside it", async () => {
    const before = await openWorld({ folder: dir });
    const state = await stateOf(before);
    await welcome(before, "ben", 7n);
    await before.kill();
    const lines = linesOnDisk();
    const broken = [...lines.slice(0, -1), damaged(lines.at(-1) as string)];
    writeLines(broken);

    const failure = (() => {
      try {
        return open();
      } catch (error) {
        return error;
      }
    })();
    expect(failure).toMatchObject({ name: "StorageDamaged", line: lines.length });
    expect(linesOnDisk()).toEqual(broken);

    const folder = open({ repair: true });
    folder.close();
    expect(linesOnDisk()).toEqual(lines.slice(0, -1));
    expect(readFileSync(`${journal}.damaged`, "utf8").trimEnd().split("\n")).toEqual(broken);
    world = await openWorld({ folder: dir });
    expect(await stateOf(world)).toEqual(state);
    await world.kill();
  });

  it("of a journal damaged in its compacted part stops too, and leaves the file as it is", async () => {
    world = await openWorld({ folder: dir });
    await world.close();
    writeLines(linesOnDisk().map((line, i) => (i === 2 ? damaged(line) : line)));
    const before = readFileSync(journal, "utf8");
    expect(() => open({ repair: true })).toThrow(StorageDamaged);
    expect(readFileSync(journal, "utf8")).toBe(before);
  });

  it("that leaves nothing to go on with sets the old db.json aside, which would not fit the new journal", async () => {
    world = await openWorld({ folder: dir });
    await world.close();
    writeLines(linesOnDisk().map((line, i) => (i === 0 ? damaged(line) : line)));
    open({ repair: true }).close();
    expect(existsSync(join(dir, "db.json"))).toBe(false);
  });
});

describe("another --fixture, --seed, --chain-id or --base-fee than the folder's", () => {
  const unseeded = { fixture: undefined, seed: undefined, chainId: undefined };
  const header = () => {
    const folder = open();
    folder.close();
    return (folder.kept as NonNullable<typeof folder.kept>).header;
  };

  it("what was not asked for, or is the same, is no mismatch", () => {
    expect(() => refuseMismatch(header(), unseeded)).not.toThrow();
    expect(() => refuseMismatch(header(), { ...unseeded, fixture: "empty", chainId: 31337, baseFee: 7 })).not.toThrow();
    expect(() => refuseMismatch({ ...header(), seeded: true, seed: "7" }, { ...unseeded, seed: "7" })).not.toThrow();
  });

  it.each([
    ["fixture", { fixture: "course" }, "--fixture empty"],
    ["chain id", { chainId: 8453 }, "--chain-id 31337"],
    ["base fee", { baseFee: 0 }, "--base-fee 7"],
    ["seed for a folder without one", { seed: "7" }, "no --seed"],
    ["seed that is the folder's secret one", { seed: "test" }, "no --seed"],
  ])("another %s is refused, naming what the folder has, --data-dir and --fresh", (_, asked, named) => {
    const refusing = () => refuseMismatch(header(), { ...unseeded, ...asked });
    expect(refusing).toThrow(DataFolderMismatch);
    for (const text of [named, "--data-dir", "--fresh"]) expect(refusing).toThrow(text);
  });

  it("another seed than the folder's is refused with its name", () => {
    expect(() => refuseMismatch({ ...header(), seeded: true, seed: "7" }, { ...unseeded, seed: "8" })).toThrow("--seed 7");
  });
});
