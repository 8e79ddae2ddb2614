import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FileJournal } from "../../emulator/adapters/fs/journal.ts";
import { FaultyDisk } from "../support/faulty-disk.ts";
import { newFolder } from "../support/folder.ts";

let folder: string;
let disk: FaultyDisk;
let journal: FileJournal;
let answered: string[];

beforeEach(() => {
  folder = newFolder();
  disk = new FaultyDisk();
  journal = new FileJournal(join(folder, "journal.ndjson"), { fsync: true, fs: disk });
  answered = [];
});
afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true });
});

function write(line: string): Promise<void> {
  journal.append(line);
  return journal.durable().then(() => void answered.push(line));
}
/** Lets promises that can settle do so. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe("--fsync", () => {
  it("answers only when the disk says so", async () => {
    const one = write("one");
    await settle();
    expect(answered).toEqual([]);
    disk.flushed();
    await one;
    expect(answered).toEqual(["one"]);
  });

  it("lines appended before a flush begins share it", async () => {
    const all = Promise.all([write("one"), write("two"), write("three")]);
    await settle();
    expect(disk.flushes).toHaveLength(1);
    disk.flushed();
    await all;
    expect(answered).toEqual(["one", "two", "three"]);
  });

  it("a line appended during a flush waits for the next one", async () => {
    const one = write("one");
    await settle();
    const later = Promise.all([write("two"), write("three")]);
    await settle();
    expect(disk.flushes).toHaveLength(1);
    disk.flushed();
    await one;
    await settle();
    expect(answered).toEqual(["one"]);
    expect(disk.flushes).toHaveLength(1);
    disk.flushed();
    await later;
    expect(answered).toEqual(["one", "two", "three"]);
  });

  it("a flush that fails is an error for whoever waits for it", async () => {
    const one = write("one");
    await settle();
    disk.flushed(Object.assign(new Error("EIO"), { code: "EIO" }));
    await expect(one).rejects.toThrow("EIO");
    expect(answered).toEqual([]);
  });
});
