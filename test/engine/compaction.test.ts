import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Unit } from "../../emulator/ports/unit-of-work.ts";
import { calls, register, stateOf, welcome } from "../support/engine-actions.ts";
import { openWorld, type World } from "../support/engine-world.ts";
import { newFolder } from "../support/folder.ts";
import { event, user } from "../support/records.ts";

let folder: string;
let world: World;
beforeEach(async () => {
  folder = newFolder();
  world = await openWorld({ folder });
});
afterEach(async () => {
  await world.kill();
  rmSync(folder, { recursive: true });
});
async function restart(): Promise<void> {
  await world.close();
  world = await openWorld({ folder });
}
const onDisk = () => readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));
/** Leaves a tombstone without personal data and scrubs the events, as the API's deletion does. */
const forget = (who: string) =>
  world.writer.run({}, (unit) => {
    const tombstone = user(who, { email: null, display_name: null, status: "deleted" });
    for (const each of unit.by("events", "subject", who)) unit.put("events", event(each.id, tombstone));
    unit.put("users", tombstone);
  });
const enrol = (who: string, email: string) =>
  world.writer.run({}, (unit) => {
    const person = user(who, { email, display_name: "Secret Name" });
    unit.put("users", person);
    unit.emit("user.created", person);
  });

describe("a clean stop", () => {
  it("leaves the records in db.json and the chain log in the journal, and nothing else", async () => {
    await welcome(world, "ada", 5n);
    await restart();
    expect(readdirSync(folder).toSorted()).toEqual(["db.json", "journal.ndjson"]);
    expect(JSON.parse(readFileSync(join(folder, "db.json"), "utf8")).records.users).toHaveLength(1);
    expect(readFileSync(world.file, "utf8")).not.toContain("ada@example.org");
    expect(world.header).toMatchObject({ generation: 2, base_seq: 3 });
  });

  it("again and again changes nothing, neither in the state nor in size", async () => {
    await welcome(world, "ada", 5n);
    await world.positions.snapshot("a");
    await welcome(world, "ben", 7n);
    const before = await stateOf(world);
    await restart();
    const lines = readFileSync(world.file, "utf8").split("\n").length;
    for (let i = 0; i < 3; i++) {
      await restart();
      expect(await stateOf(world)).toEqual(before);
    }
    expect(readFileSync(world.file, "utf8").split("\n")).toHaveLength(lines);
    expect(world.header.generation).toBe(5);
  });

  it("a deleted user's data is nowhere on disk", async () => {
    await enrol("usr_1", "ada@secret.example");
    await forget("usr_1");
    await restart();
    for (const { name, text } of onDisk()) expect(text, name).not.toMatch(/Secret Name|secret\.example/);
  });

  it("nor when the user had lived through earlier stops and restores", async () => {
    await enrol("usr_1", "ada@secret.example");
    await restart();
    await world.positions.snapshot("later dropped");
    await welcome(world, "ben");
    await forget("usr_1");
    await world.positions.restore("later dropped");
    await forget("usr_1");
    await world.positions.drop("later dropped");
    await restart();
    for (const { name, text } of onDisk()) expect(text, name).not.toMatch(/Secret Name|secret\.example/);
  });

  it("a snapshot keeps its copy until it is dropped", async () => {
    await enrol("usr_1", "ada@secret.example");
    await world.positions.snapshot("with ada");
    await forget("usr_1");
    await restart();
    await world.positions.restore("with ada");
    expect(world.store.get("users", "usr_1")?.email).toBe("ada@secret.example");
    await forget("usr_1");
    await world.positions.drop("with ada");
    await restart();
    for (const { name, text } of onDisk()) expect(text, name).not.toMatch(/Secret Name|secret\.example/);
  });
});

describe("what is too long for one line", () => {
  it("goes on in further lines: history, what undoes and what does again", async () => {
    await world.kill();
    world = await openWorld({ folder, pieces: 1000 });
    const put = (...versions: string[]) =>
      world.writer.run({}, (unit) => {
        for (let i = 0; i < 20; i++) unit.put("users", user(`usr_${i}`, { display_name: versions[i % versions.length] ?? null }));
      });
    await put("first");
    await world.positions.snapshot("first");
    await put("second", "other");
    await world.writer.run({}, async (unit) => {
      for (let i = 0; i < 20; i++) await unit.transact([calls.mint(world, "ada", 1n)]);
    });
    await world.positions.snapshot("second");
    const second = await stateOf(world);
    await world.positions.restore("first");
    const first = await stateOf(world);
    await world.close();
    world = await openWorld({ folder, pieces: 1000 });
    expect(await stateOf(world)).toEqual(first);
    await world.positions.restore("second");
    expect(await stateOf(world)).toEqual(second);
    await world.close();
    const lines = readFileSync(world.file, "utf8").trimEnd().split("\n");
    // The deployment's four transactions are long by themselves.
    expect(lines.filter((line) => line.length > 2000).length).toBeLessThanOrEqual(4);
    expect(lines.filter((line) => line.includes('"kind":"part"')).length).toBeGreaterThanOrEqual(20);
    world = await openWorld({ folder });
    expect(await stateOf(world)).toEqual(second);
    await world.positions.restore("first");
    expect(await stateOf(world)).toEqual(first);
  });
});

describe("named snapshots survive", () => {
  it("on the live line, on branches, and on branches of branches", async () => {
    const seen = new Map<string, unknown>();
    const snapshot = async (name: string) => {
      await world.positions.snapshot(name);
      seen.set(name, await stateOf(world));
    };
    await welcome(world, "ada", 5n);
    await snapshot("trunk");
    await welcome(world, "ben", 7n);
    await world.writer.run({}, (unit) => register(unit, "eve"));
    await snapshot("branch");
    await world.writer.run({}, (unit) => unit.transact([calls.transfer(world, "ben", "eve", 3n)]));
    await snapshot("twig");
    await world.positions.restore("branch");
    await world.writer.run({}, (unit) => unit.remove("users", "ada"));
    await snapshot("other twig");
    await world.positions.restore("trunk");
    await welcome(world, "eve", 11n);
    await snapshot("head");

    for (const order of [[...seen.keys()], [...seen.keys()].toReversed()]) {
      await restart();
      for (const name of order) {
        await world.positions.restore(name);
        expect(await stateOf(world), name).toEqual(seen.get(name));
      }
    }
  });

  it("with the order of records that went and came again", async () => {
    const put = (...who: string[]) => world.writer.run({}, (unit) => who.forEach((each) => void unit.put("users", user(each))));
    const order = () => world.store.newest("users", { limit: 9 }).map(({ id }) => id);
    await put("ada", "ben");
    await world.positions.snapshot("before");
    await world.writer.run({}, (unit) => unit.remove("users", "ada"));
    await put("ada");
    await world.positions.snapshot("after");
    for (const [name, expected] of [
      ["before", ["ben", "ada"]],
      ["after", ["ada", "ben"]],
      ["before", ["ben", "ada"]],
    ] as const) {
      await restart();
      await world.positions.restore(name);
      expect(order(), name).toEqual(expected);
    }
  });
});

describe("records that went before a clean stop", () => {
  it("come back where they stood, also when they had changed first", async () => {
    const unit = (work: (unit: Unit) => void) => world.writer.run({}, work);
    await unit((each) => ["ada", "ben", "eve"].forEach((who) => void each.put("users", user(who))));
    await world.positions.snapshot("all");
    await unit((each) => each.put("users", user("ada", { locale: "de" })));
    await unit((each) => each.remove("users", "ben"));
    await unit((each) => each.remove("users", "ada"));
    await restart();
    await world.positions.restore("all");
    expect(world.store.fold().users).toEqual(["ada", "ben", "eve"].map((who) => user(who)));
  });
});

describe("a crash in the middle of a clean stop", () => {
  /** Copies the folder as it is when compaction reaches a point, then lets it go on. */
  async function folderAt(point: "journal" | "publish"): Promise<string> {
    const copy = newFolder();
    const keep = () => {
      mkdirSync(copy, { recursive: true });
      for (const name of readdirSync(folder)) copyFileSync(join(folder, name), join(copy, name));
    };
    const { rewrite } = world.journal;
    const { publish } = world.store;
    if (point === "journal") {
      world.journal.rewrite = (lines) => {
        keep();
        return rewrite.call(world.journal, lines);
      };
    } else {
      world.store.publish = () => {
        keep();
        return publish.call(world.store);
      };
    }
    await world.compact();
    return copy;
  }

  it.each([
    ["before the journal's rename: the former generation", "journal", 2],
    ["between the two renames: the new one", "publish", 3],
  ] as const)("%s is whole", async (_, point, generation) => {
    await welcome(world, "ada", 5n);
    await restart();
    await welcome(world, "ben", 7n);
    const before = await stateOf(world);
    const copy = await folderAt(point);
    const restarted = await openWorld({ folder: copy });
    expect(restarted.header.generation).toBe(generation);
    expect(await stateOf(restarted)).toEqual(before);
    await restarted.close();
    expect(readdirSync(copy).toSorted()).toEqual(["db.json", "journal.ndjson"]);
    rmSync(copy, { recursive: true });
  });

  it("a full disk leaves the former generation, ready for another start", async () => {
    await welcome(world, "ada", 5n);
    const before = await stateOf(world);
    world.disk.room = 100;
    await expect(world.compact()).rejects.toThrow(/ENOSPC/);
    await world.kill();
    world = await openWorld({ folder });
    expect(await stateOf(world)).toEqual(before);
    expect(world.header.generation).toBe(1);
    await restart();
    expect(await stateOf(world)).toEqual(before);
  });
});
