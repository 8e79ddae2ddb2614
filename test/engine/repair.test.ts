/** `--repair` on journals of every age, each line damaged in turn: the readable part is kept, or nothing is changed. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { openDataFolder } from "../../emulator/data-folder.ts";
import { COMPACTED, decodeLine, type JournalLine } from "../../emulator/engine/journal-line.ts";
import { FIXTURE } from "../../emulator/engine/positions.ts";
import { stateOf, welcome } from "../support/engine-actions.ts";
import { openWorld, type World } from "../support/engine-world.ts";
import { newFolder } from "../support/folder.ts";

type Files = Readonly<Record<string, Buffer>>;
type Age = "young" | "stopped once" | "stopped and used" | "stopped twice, with branches and used";

const ages = new Map<Age, Files>();
/** Where each line of the log led to, by its seq, as it was seen then. */
const seen = new Map<number, unknown>();

beforeAll(async () => {
  const dir = newFolder();
  let world = await openWorld({ folder: dir });
  const note = async () => void seen.set(world.state.seq, await stateOf(world));
  const live = async (who: string) => {
    await welcome(world, who, 5n);
    await note();
  };
  const snapshot = async (name: string) => {
    await world.positions.snapshot(name);
    await note();
  };
  const restore = async (name: string) => {
    await world.positions.restore(name);
    await note();
  };
  const keep = (age: Age) => ages.set(age, filesOf(dir));
  await note();
  await live("ada");
  await live("ben");
  keep("young");
  await world.close();
  keep("stopped once");
  world = await openWorld({ folder: dir });
  await live("eve");
  await snapshot("a");
  await live("kim");
  keep("stopped and used");
  await snapshot("b");
  await restore("a");
  await live("lea");
  await snapshot("c");
  await restore("b");
  await live("max");
  await world.close();
  world = await openWorld({ folder: dir });
  await live("pia");
  await restore("c");
  await live("tom");
  keep("stopped twice, with branches and used");
  await world.kill();
});

function filesOf(dir: string): Files {
  return Object.fromEntries(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name))]));
}

const textOf = (files: Files) => (files["journal.ndjson"] as Buffer).toString();

/** What a line must lead to: the state after it, or null where nothing can be kept. */
function expectedAfter(lines: readonly JournalLine[]): unknown {
  const header = lines[0];
  const rest = lines.filter((line) => line.kind !== "header");
  if (header?.kind !== "header" || !rest.some((line) => line.kind === "snapshot" && line.name === FIXTURE)) return null;
  return seen.get(Math.max(header.last_seq, rest.at(-1)?.seq ?? 0));
}

describe.each(["young", "stopped once", "stopped and used", "stopped twice, with branches and used"] as const)("%s", (age) => {
  it("each line in turn", { timeout: 120_000 }, async () => {
    const files = ages.get(age) as Files;
    const texts = textOf(files).trimEnd().split("\n");
    const lines = texts.map(decodeLine);
    const end = lines.findIndex((line) => line.kind === "restore" && line.name === COMPACTED);
    const outcomes = { kept: 0, refused: 0 };
    for (const [index, text] of texts.entries()) {
      const dir = newFolder();
      mkdirSync(dir, { recursive: true });
      for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content);
      const spoiled = texts
        .with(index, text.replace(/"at":|"v":/, '"xx":'))
        .map((line) => `${line}\n`)
        .join("");
      writeFileSync(join(dir, "journal.ndjson"), spoiled);
      const expected = expectedAfter(lines.slice(0, index));
      const options = { dir, fresh: false, fsync: false };

      // What it says is what a repair then does.
      await expect(openDataFolder({ ...options, repair: false }), `line ${index + 1}`).rejects.toMatchObject({
        ...{ name: "StorageDamaged", line: index + 1, isRepairable: expected !== null },
      });
      const opening = openDataFolder({ ...options, repair: true });
      if (expected === null) {
        await expect(opening, `line ${index + 1}`).rejects.toMatchObject({ line: index + 1, isRepairable: false });
        expect(readFileSync(join(dir, "journal.ndjson"), "utf8")).toBe(spoiled);
        outcomes.refused += 1;
      } else {
        const folder = await opening;
        folder.close();
        expect(folder.notices).toEqual([expect.stringContaining(`Line ${index + 1} of journal.ndjson was damaged`)]);
        expect(readFileSync(join(dir, "journal.ndjson.damaged"), "utf8")).toBe(spoiled);
        const world = await openWorld({ folder: dir });
        expect(await stateOf(world), `line ${index + 1}`).toEqual(expected);
        await goOn(world);
        outcomes.kept += 1;
      }
      rmSync(dir, { recursive: true });
    }
    // Header, history and the first name are needed; branches, the end of compaction and what came later are not.
    expect(outcomes).toEqual({ kept: texts.length - outcomes.refused, refused: lines.findIndex((line) => "name" in line) + 1 });
    if (age === "stopped twice, with branches and used") expect(outcomes.kept).toBeGreaterThan(texts.length - end);
  });
});

/** Repaired is as good as new: it can be written to, stopped, and started again. */
async function goOn(world: World): Promise<void> {
  await welcome(world, "new", 1n);
  const state = await stateOf(world);
  await world.close();
  const again = await openWorld({ folder: join(world.file, "..") });
  expect(await stateOf(again)).toEqual(state);
  await again.kill();
}

it("a db.json that is damaged cannot be repaired: refused, with --repair too, and left as it is", async () => {
  const dir = newFolder();
  for (const [name, content] of Object.entries(ages.get("stopped once") as Files)) writeFileSync(join(dir, name), content);
  const db = join(dir, "db.json");
  copyFileSync(db, `${db}.good`);
  const spoiled = readFileSync(db, "utf8").replace("ada@", "adb@");
  writeFileSync(db, spoiled);
  (await openDataFolder({ dir, fresh: false, repair: true, fsync: false })).close();
  await expect(openWorld({ folder: dir })).rejects.toMatchObject({ name: "StorageDamaged", file: db, isRepairable: false });
  expect(readFileSync(db, "utf8")).toBe(spoiled);
  copyFileSync(`${db}.good`, db);
  await (await openWorld({ folder: dir })).kill();
});
