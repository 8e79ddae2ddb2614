import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FileJournal } from "../../emulator/adapters/fs/journal.ts";
import type { Line } from "../../emulator/lines.ts";
import { JournalBroken, JournalRefused } from "../../emulator/ports/journal.ts";
import { FaultyDisk } from "../support/faulty-disk.ts";
import { newFolder } from "../support/folder.ts";
import { contentOf, linesIn } from "./journal.ts";

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
  it("is made with its first line, for its owner's eyes", () => {
    expect(existsSync(file)).toBe(false);
    journal.append("one");
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("holds a line as soon as append returns", () => {
    journal.append("one");
    expect(onDisk()).toBe("one\n");
  });

  it("reading changes nothing, and gives what stands behind the last newline as not ended", async () => {
    journal.append("one");
    appendFileSync(file, '{"half');
    expect(await linesIn(journal)).toEqual([
      { text: "one", at: 0, ended: true },
      { text: '{"half', at: 4, ended: false },
    ]);
    expect(onDisk()).toBe('one\n{"half');
  });

  it.each([
    ["dropped", "torn", null, "one\n"],
    ["kept whole", "two", "two", "one\ntwo\n"],
    ["kept without the bytes behind it", "two*", "two", "one\ntwo\n"],
  ])("a tail is %s; the next line follows", async (_, tail, kept, expected) => {
    journal.append("one");
    appendFileSync(file, tail);
    const lines = await linesIn(journal);
    journal.mend(lines.at(-1) as Line, kept);
    expect(onDisk()).toBe(expected);
    journal.append("three");
    expect(onDisk()).toBe(`${expected}three\n`);
  });

  it.each([1, 2, 3, 7, 1 << 20])("read %i bytes at a time: the same lines", async (piece) => {
    const lines = ["one", "", "zwölf ✓ 🎓", "x".repeat(50), "\u2028"];
    const other = new FileJournal(file, { fsync: false, piece });
    for (const line of lines) other.append(line);
    expect(await contentOf(other)).toEqual(lines);
    await other.rewrite(lines.toReversed());
    expect(await contentOf(other)).toEqual(lines.toReversed());
    other.close();
  });

  it("rewrite of more than fits one write", async () => {
    const lines = Array.from({ length: 30 }, (_, i) => `${i} ${"x".repeat(100_000)}`);
    await journal.rewrite(lines);
    expect(await contentOf(journal)).toEqual(lines);
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

  it("during a rewrite: the log is as it was, nothing is left beside it, appending goes on", async () => {
    journal.append("one");
    disk.room = 5;
    await expect(journal.rewrite(["a new log"])).rejects.toThrow(/ENOSPC/);
    disk.room = Number.POSITIVE_INFINITY;
    journal.append("two");
    expect(onDisk()).toBe("one\ntwo\n");
    expect(readdirSync(folder)).toEqual(["journal.ndjson"]);
  });

  it("a rewrite that writes piece by piece is whole", async () => {
    const write = disk.writeSync;
    const piecemeal = Object.assign(new FaultyDisk(), {
      writeSync: (fd: number, bytes: Buffer, offset = 0) => write(fd, bytes.subarray(0, offset + 4), offset),
    }) as FaultyDisk;
    const other = new FileJournal(file, { fsync: false, fs: piecemeal });
    await other.rewrite(["a line of some length", "and another"]);
    expect(await contentOf(other)).toEqual(["a line of some length", "and another"]);
    other.close();
  });

  it("a rewrite never leaves the folder without one", async () => {
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
    await other.rewrite(["two"]);
    other.close();
    expect(names).not.toContain(false);
    expect(names.length).toBeGreaterThan(0);
  });
});

describe("a log that another process changed while it was in use", () => {
  it.each([
    ["removed", () => rmSync(file), /was removed/],
    ["removed with its folder", () => rmSync(folder, { recursive: true }), /was removed/],
    ["replaced by a copy of itself", () => replaceByCopy(), /was replaced/],
    ["grown by a line", () => appendFileSync(file, "theirs\n"), /was written to/],
    ["cut", () => truncateSync(file, 2), /was written to/],
  ])("%s: JournalBroken says so and what to do, and nothing is written", async (_, change, said) => {
    journal.append("one");
    change();
    const left = existsSync(file) ? onDisk() : null;
    expect(() => journal.append("two")).toThrow(JournalBroken);
    expect(() => journal.append("two")).toThrow(said);
    expect(() => journal.append("two")).toThrow(/export/);
    await expect(journal.rewrite(["new"])).rejects.toThrow(JournalBroken);
    expect(existsSync(file) ? onDisk() : null).toBe(left);
    expect(existsSync(`${file}.next`)).toBe(false);
    mkdirSync(folder, { recursive: true });
  });

  it("is not replaced by a rewrite that had begun before", async () => {
    journal.append("one");
    async function* lines() {
      yield "new";
      appendFileSync(file, "theirs\n");
    }
    await expect(journal.rewrite(lines())).rejects.toThrow(JournalBroken);
    expect(onDisk()).toBe("one\ntheirs\n");
    expect(readdirSync(folder)).toEqual(["journal.ndjson"]);
  });

  it("its own rewrites and cuts are no change", async () => {
    journal.append("one");
    disk.room = 3;
    expect(() => journal.append("too long to fit")).toThrow(JournalRefused);
    disk.room = Number.POSITIVE_INFINITY;
    await journal.rewrite(["two"]);
    journal.append("three");
    await journal.rewrite(["four"]);
    journal.append("five");
    expect(onDisk()).toBe("four\nfive\n");
  });

  function replaceByCopy(): void {
    copyFileSync(file, `${file}.copy`);
    renameSync(`${file}.copy`, file);
  }
});
