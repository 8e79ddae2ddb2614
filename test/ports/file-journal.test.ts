import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FileJournal } from "../../emulator/adapters/fs/journal.ts";
import { JournalBroken, JournalRefused } from "../../emulator/ports/journal.ts";
import { FaultyDisk } from "../support/faulty-disk.ts";
import { newFolder } from "../support/folder.ts";
import { contentOf } from "./journal.ts";

let folder: string;
let file: string;
let disk: FaultyDisk;
let journal: FileJournal;

beforeEach(() => {
  folder = newFolder();
  file = join(folder, "journal.ndjson");
  disk = new FaultyDisk();
  journal = new FileJournal(file, { fsync: false, fs: disk });
});
afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true });
});
const onDisk = () => readFileSync(file, "utf8");

describe("a journal file", () => {
  it("is for its owner's eyes", () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("holds a line as soon as append returns", () => {
    journal.append("one");
    expect(onDisk()).toBe("one\n");
  });

  it("torn tail: cut off and told, what is before it stays, the next line follows", () => {
    journal.append("one");
    appendFileSync(file, '{"half');
    const { lines, torn } = journal.read();
    expect([...lines]).toEqual(["one"]);
    expect(torn).toBe(true);
    journal.append("two");
    expect(onDisk()).toBe("one\ntwo\n");
    expect(journal.read().torn).toBe(false);
  });

  it("nothing but a torn tail is an empty log", () => {
    appendFileSync(file, "half");
    expect(contentOf(journal)).toEqual([]);
    expect(onDisk()).toBe("");
  });

  it("rewrite keeps the former log beside it when asked", () => {
    journal.append("one");
    journal.rewrite(["two"], "old");
    expect(onDisk()).toBe("two\n");
    expect(readFileSync(`${file}.old`, "utf8")).toBe("one\n");
  });

  it("rewrite of more than fits one write", () => {
    const lines = Array.from({ length: 30 }, (_, i) => `${i} ${"x".repeat(100_000)}`);
    journal.rewrite(lines);
    expect(contentOf(journal)).toEqual(lines);
  });
});

describe("a full disk", () => {
  it.each([
    ["full", 0],
    ["full after half a line", 3],
  ])("%s: JournalRefused, the file is as it was, and the next line is written once there is room", (_, room) => {
    journal.append("one");
    disk.room = room;
    expect(() => journal.append("too long to fit")).toThrow(JournalRefused);
    expect(onDisk()).toBe("one\n");
    disk.room = Number.POSITIVE_INFINITY;
    journal.append("two");
    expect(onDisk()).toBe("one\ntwo\n");
  });

  it("a file that cannot be cut back is JournalBroken", () => {
    journal.append("one");
    disk.room = 3;
    disk.refusesToCut = true;
    expect(() => journal.append("too long to fit")).toThrow(JournalBroken);
  });

  it("once broken, nothing is written behind the torn line", () => {
    disk.room = 3;
    disk.refusesToCut = true;
    expect(() => journal.append("torn")).toThrow(JournalBroken);
    disk.room = Number.POSITIVE_INFINITY;
    expect(() => journal.append("more")).toThrow(JournalBroken);
    expect(onDisk()).toBe("tor");
  });

  it("during a rewrite: the log is as it was, nothing is left beside it, appending goes on", () => {
    journal.append("one");
    disk.room = 5;
    expect(() => journal.rewrite(["a new log"])).toThrow(/ENOSPC/);
    disk.room = Number.POSITIVE_INFINITY;
    journal.append("two");
    expect(onDisk()).toBe("one\ntwo\n");
    expect(readdirSync(folder)).toEqual(["journal.ndjson"]);
  });

  it("a rewrite that writes piece by piece is whole", () => {
    const write = disk.writeSync;
    const piecemeal = Object.assign(new FaultyDisk(), {
      writeSync: (fd: number, bytes: Buffer, offset = 0) => write(fd, bytes.subarray(0, offset + 4), offset),
    }) as FaultyDisk;
    const other = new FileJournal(file, { fsync: false, fs: piecemeal });
    other.rewrite(["a line of some length", "and another"]);
    expect(contentOf(other)).toEqual(["a line of some length", "and another"]);
    other.close();
  });

  it("a rewrite that keeps the former log never leaves the folder without one", () => {
    journal.append("one");
    const names: boolean[] = [];
    const watching = Object.assign(new FaultyDisk(), {
      renameSync: (from: string, to: string) => {
        names.push(existsSync(file));
        disk.renameSync(from, to);
        names.push(existsSync(file));
      },
    }) as FaultyDisk;
    const other = new FileJournal(file, { fsync: false, fs: watching });
    other.rewrite(["two"], "old");
    other.close();
    expect(names).not.toContain(false);
    expect(names.length).toBeGreaterThan(0);
  });
});
