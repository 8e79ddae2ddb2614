import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DataFolderInUse } from "../../emulator/adapters/fs/lock.ts";
import { DataFolderMismatch, openDataFolder, refuseMismatch } from "../../emulator/data-folder.ts";
import type { HeaderLine } from "../../emulator/engine/journal-line.ts";
import { decodeLine } from "../../emulator/engine/journal-line.ts";
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
  (await open()).close();
  world = await openWorld({ folder: dir });
  await welcome(world, who, 5n);
  await world.kill();
}
function open({ fresh = false, repair = false } = {}) {
  return openDataFolder({ dir, fresh, repair, fsync: false });
}
/** A start and a stop without a change. */
async function reopened() {
  const folder = await open();
  folder.close();
  return folder;
}
const linesOnDisk = () => readFileSync(journal, "utf8").trimEnd().split("\n");
const writeLines = (lines: readonly string[]) => writeFileSync(journal, lines.map((line) => `${line}\n`).join(""));
/** Turns one byte of a line. */
const damaged = (line: string) => line.replace('"v":2', '"v":0');

describe("opening a data folder", () => {
  it("makes it for its owner's eyes, and holds its lock until it is closed", async () => {
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    const folder = await open();
    await expect(open()).rejects.toThrow(DataFolderInUse);
    folder.close();
    (await open()).close();
  });

  it("gives what is kept; nothing in a new one", async () => {
    const folder = await open();
    expect(folder.kept?.lines).toBe(linesOnDisk().length);
    folder.close();
    const other = await openDataFolder({ dir: join(dir, "new"), fresh: false, repair: false, fsync: false });
    expect(other.kept).toBeNull();
    other.close();
  });

  it("a new one is left without a file until something is written: an empty journal is damage", async () => {
    const other = await openDataFolder({ dir: join(dir, "new"), fresh: false, repair: false, fsync: false });
    other.close();
    expect(readdirSync(join(dir, "new"))).toEqual([]);
  });

  it.each([
    ["empty", () => ""],
    ["the half of its header", (lines) => lines[0]?.slice(0, 40) ?? ""],
    ["its header", (lines) => `${lines[0]}\n`],
    ["its header and half of the next line", (lines) => `${lines[0]}\n${lines[1]?.slice(0, 900)}`],
    ["what it was just before it was ready", (lines) => `${lines[0]}\n${lines[1]}\n`],
    [
      "half of what it was when it was young",
      (lines) =>
        lines
          .map((line) => `${line}\n`)
          .join("")
          .slice(0, lines.join("\n").length / 2),
    ],
  ] satisfies [string, (lines: readonly string[]) => string][])(
    "a journal that is %s is set aside, said, and never overwritten",
    async (_, cut) => {
      const text = cut(linesOnDisk());
      writeFileSync(journal, text);
      const folder = await open();
      folder.close();
      expect(folder.kept).toBeNull();
      expect(folder.notices).toEqual([expect.stringMatching(/before its sandbox was ready.*kept as journal\.ndjson\.old/)]);
      expect(readFileSync(`${journal}.old`, "utf8")).toBe(text);
      expect(existsSync(journal)).toBe(false);
      expect((await reopened()).notices).toEqual([]);
    },
  );

  it("a journal that lost its header lets the db.json next to it be kept too", async () => {
    world = await openWorld({ folder: dir });
    await world.close();
    writeFileSync(journal, "");
    const { notices } = await reopened();
    expect(notices).toEqual([expect.stringContaining("kept as journal.ndjson.old and db.json.old")]);
    expect(readdirSync(dir).toSorted()).toEqual(["db.json.old", "journal.ndjson.old"]);
  });

  it.each([
    ["its newline", (text: string) => text.slice(0, -1)],
    ["its newline to another byte", (text: string) => `${text.slice(0, -1)}*`],
  ])("a last line that lost %s is kept, for its checksum fits, and said", async (_, spoil) => {
    const whole = readFileSync(journal, "utf8");
    writeFileSync(journal, spoil(whole));
    world = await openWorld({ folder: dir });
    expect(world.recovered?.tail).toBe("mended");
    expect(world.store.count("users")).toBe(1);
    await world.kill();
    expect(readFileSync(journal, "utf8")).toBe(whole);
  });

  it("--fresh begins a new one and keeps the old beside it, as often as asked", async () => {
    const before = readFileSync(journal, "utf8");
    for (const suffix of ["old", "old-2"]) {
      if (suffix === "old-2") await live("ben");
      const folder = await open({ fresh: true });
      expect(folder.kept).toBeNull();
      folder.close();
      expect(existsSync(`${journal}.${suffix}`)).toBe(true);
    }
    expect(readFileSync(`${journal}.old`, "utf8")).toBe(before);
  });

  it("frees the lock when it cannot be opened", async () => {
    writeLines(linesOnDisk().map(damaged));
    for (let i = 0; i < 2; i++) await expect(open()).rejects.toThrow(StorageDamaged);
    expect(readdirSync(dir)).not.toContain("lock");
  });

  it("a db.json whose journal was emptied is kept beside the new one, with the journal, and said", async () => {
    world = await openWorld({ folder: dir });
    await world.close();
    writeFileSync(journal, "");
    const folder = await open();
    folder.close();
    expect(folder.notices).toEqual([
      "journal.ndjson has lost what db.json goes with; kept as journal.ndjson.old and db.json.old. This sandbox is new.",
    ]);
  });

  it("a db.json whose journal is gone is kept beside the new one, not overwritten at the next stop", async () => {
    world = await openWorld({ folder: dir });
    await world.close();
    const db = readFileSync(join(dir, "db.json"), "utf8");
    rmSync(journal);
    const folder = await open();
    folder.close();
    expect(folder.kept).toBeNull();
    expect(folder.notices).toEqual(["There was a db.json without its journal; kept as db.json.old. This sandbox is new."]);
    expect(existsSync(join(dir, "db.json"))).toBe(false);
    expect(readFileSync(join(dir, "db.json.old"), "utf8")).toBe(db);
  });
});

describe("--repair", () => {
  it("without damage changes nothing", async () => {
    const before = readFileSync(journal, "utf8");
    (await open({ repair: true })).close();
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

    const failure = await open().catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: "StorageDamaged", line: lines.length });
    expect(linesOnDisk()).toEqual(broken);

    const folder = await open({ repair: true });
    folder.close();
    expect(folder.notices).toEqual([
      expect.stringMatching(/^Line \d+ of journal\.ndjson was damaged \(checksum.*journal\.ndjson\.damaged/),
    ]);
    const [header, ...rest] = linesOnDisk();
    expect(rest).toEqual(lines.slice(1, -1));
    // What was lost may have sent events: theirs are not given again.
    expect(decodeLine(header as string)).toMatchObject({ restores: 1 });
    expect(readFileSync(`${journal}.damaged`, "utf8").trimEnd().split("\n")).toEqual(broken);
    world = await openWorld({ folder: dir });
    expect(await stateOf(world)).toEqual(state);
    await world.kill();
  });
});

describe("another --fixture, --seed, --chain-id or --base-fee than the folder's", () => {
  const unseeded = { fixture: undefined, seed: undefined, chainId: undefined };
  let header: HeaderLine;
  beforeEach(async () => {
    const folder = await open();
    folder.close();
    ({ header } = folder.kept as NonNullable<typeof folder.kept>);
  });

  it("what was not asked for, or is the same, is no mismatch", async () => {
    expect(() => refuseMismatch(header, unseeded)).not.toThrow();
    expect(() => refuseMismatch(header, { ...unseeded, fixture: "empty", chainId: 31337, baseFee: 7 })).not.toThrow();
    expect(() => refuseMismatch({ ...header, seeded: true, seed: "7" }, { ...unseeded, seed: "7" })).not.toThrow();
  });

  it.each([
    ["fixture", { fixture: "course" }, "--fixture empty"],
    ["chain id", { chainId: 8453 }, "--chain-id 31337"],
    ["base fee", { baseFee: 0 }, "--base-fee 7"],
    ["seed for a folder without one", { seed: "7" }, "no --seed"],
    ["seed that is the folder's secret one", { seed: "test" }, "no --seed"],
  ])("another %s is refused, naming what the folder has, --data-dir and --fresh", (_, asked, named) => {
    const refusing = () => refuseMismatch(header, { ...unseeded, ...asked });
    expect(refusing).toThrow(DataFolderMismatch);
    for (const text of [named, "--data-dir", "--fresh"]) expect(refusing).toThrow(text);
  });

  it("another seed than the folder's is refused with its name", async () => {
    expect(() => refuseMismatch({ ...header, seeded: true, seed: "7" }, { ...unseeded, seed: "8" })).toThrow("--seed 7");
  });
});
