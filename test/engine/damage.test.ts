import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FileJournal } from "../../emulator/adapters/fs/journal.ts";
import { encodeLine, FORMAT } from "../../emulator/engine/journal-line.ts";
import { readJournal } from "../../emulator/engine/read-journal.ts";
import { StorageDamaged } from "../../emulator/ports/store.ts";
import { runs } from "../support/depth.ts";
import { welcome } from "../support/engine-actions.ts";
import { openWorld } from "../support/engine-world.ts";
import { newFolder } from "../support/folder.ts";

const folder = newFolder();
const file = join(folder, "journal.ndjson");
const written = { plain: [] as string[], compacted: [] as string[], "compacted and gone on": [] as string[] };
const linesOnDisk = () => readFileSync(file, "utf8").trimEnd().split("\n");

beforeAll(async () => {
  let world = await openWorld({ folder });
  await welcome(world, "ada");
  await world.positions.snapshot("a");
  await welcome(world, "ben");
  await world.positions.snapshot("b");
  await world.positions.restore("a");
  await welcome(world, "eve");
  written.plain = linesOnDisk();
  await world.close();
  written.compacted = linesOnDisk();
  world = await openWorld({ folder });
  await welcome(world, "ben");
  await world.positions.snapshot("c");
  written["compacted and gone on"] = linesOnDisk();
  await world.kill();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What reading a file with these bytes says. */
async function reading(content: string | Buffer): Promise<{ lines: number } | { line: number | null }> {
  writeFileSync(file, content);
  const journal = new FileJournal(file, { fsync: false });
  try {
    return { lines: (await readJournal(journal.read(), file))?.lines ?? 0 };
  } catch (error) {
    expect(error).toBeInstanceOf(StorageDamaged);
    expect((error as StorageDamaged).file).toBe(file);
    return { line: (error as StorageDamaged).line };
  } finally {
    journal.close();
  }
}
const joined = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join("");

describe.each(["plain", "compacted", "compacted and gone on"] as const)("a %s journal", (kind) => {
  it("reads whole", async () => {
    expect(await reading(joined(written[kind]))).toEqual({ lines: written[kind].length });
  });

  it("one flipped byte: refused with the number of its line", async () => {
    const whole = Buffer.from(joined(written[kind]));
    await fc.assert(
      // The very last newline apart: the line before it is known to be whole.
      fc.asyncProperty(fc.nat(whole.length - 2), fc.integer({ min: 1, max: 255 }), async (place, flip) => {
        const bytes = Buffer.from(whole);
        bytes[place] = (bytes[place] as number) ^ flip;
        const number = whole.subarray(0, place).toString("latin1").split("\n").length;
        expect(await reading(bytes)).toEqual({ line: number });
      }),
      { numRuns: runs(400) },
    );
  });

  it("one missing line: refused at the line that stands in its place", async () => {
    const lines = written[kind];
    for (let i = 0; i < lines.length - 1; i++)
      expect(await reading(joined(lines.toSpliced(i, 1))), `without line ${i + 1}`).toEqual({ line: i + 1 });
  });

  it("one line twice: refused at the second", async () => {
    const lines = written[kind];
    for (let i = 0; i < lines.length; i++) {
      const twice = lines.toSpliced(i, 0, lines[i] as string);
      expect(await reading(joined(twice)), `line ${i + 1} twice`).toEqual({ line: i + 2 });
    }
  });

  it("two lines in each other's place: refused at the first", async () => {
    const lines = written[kind];
    for (let i = 1; i < lines.length - 1; i++) {
      const swapped = lines.toSpliced(i, 2, lines[i + 1] as string, lines[i] as string);
      expect(await reading(joined(swapped)), `lines ${i + 1} and ${i + 2}`).toEqual({ line: i + 1 });
    }
  });

  it("an empty line, or one that is none: refused", async () => {
    expect(await reading(joined(written[kind].toSpliced(1, 0, "")))).toEqual({ line: 2 });
    expect(await reading(joined([...written[kind], "hello"]))).toEqual({ line: written[kind].length + 1 });
  });

  it("a line of another format: refused", async () => {
    const { crc: _, ...last } = JSON.parse(written[kind].at(-1) as string);
    expect(await reading(joined([...written[kind].slice(0, -1), encodeLine({ ...last, v: FORMAT + 1 })]))).toEqual({
      line: written[kind].length,
    });
  });
});

describe("a journal whose end is missing", () => {
  it("within the compacted part: refused, for that was written as a whole", async () => {
    const lines = written.compacted;
    for (let i = 1; i < lines.length; i++) expect(await reading(joined(lines.slice(0, i)))).toEqual({ line: i + 1 });
  });

  it("an empty file is an empty journal", async () => {
    expect(await reading("")).toEqual({ lines: 0 });
  });
});

describe("damage that shows only when the lines are put together", () => {
  const unit = { v: FORMAT, kind: "unit", seq: 3, at: 0, request_id: null } as const;
  it.each([
    ["a record of an unknown table", { ...unit, records: { planets: [{ id: "x" }] } }],
    ["a removal from an unknown table", { ...unit, removed: { planets: ["x"] } }],
    ["an undo of an unknown table", { ...unit, undo: [{ table: "planets", id: "x", record: null }] }],
    ["a restore of a name that was never taken", { v: FORMAT, kind: "restore", seq: 3, at: 0, name: "nowhere" }],
    ["a restore of a line that is not there", { v: FORMAT, kind: "restore", seq: 3, at: 0, name: "a", position: 99 }],
  ])("%s: refused with its line number", async (_, line) => {
    // Header, deployment, .fixture.
    writeFileSync(file, joined([...written.plain.slice(0, 3), encodeLine(line as never)]));
    rmSync(join(folder, "db.json"), { force: true });
    await expect(openWorld({ folder })).rejects.toMatchObject({ name: "StorageDamaged", file, line: 4 });
  });

  it("a db.json that is gone: refused, for the journal begins where it ended", async () => {
    writeFileSync(file, joined(written.compacted));
    rmSync(join(folder, "db.json"), { force: true });
    await expect(openWorld({ folder })).rejects.toMatchObject({ name: "StorageDamaged", file: join(folder, "db.json") });
  });
});
