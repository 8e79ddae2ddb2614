import { rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { codeOf, register, welcome } from "../support/engine-actions.ts";
import { openWorld, type World } from "../support/engine-world.ts";
import { newFolder } from "../support/folder.ts";

let folder: string;
let world: World;

beforeEach(async () => {
  folder = newFolder();
  const opening = openWorld({ folder, fsync: false });
  await (await opening).kill();
  world = await openWorld({ folder, fsync: true });
});
afterEach(async () => {
  await world.kill();
  rmSync(folder, { recursive: true });
});

/** Lets everything happen that does not wait for the disk. */
async function settle(): Promise<void> {
  await world.writer.quiet(async () => {});
  await new Promise((resolve) => setImmediate(resolve));
}

describe("--fsync: an answer waits until the disk has it", () => {
  it.each([
    ["a unit", () => welcome(world, "ada")],
    ["a change of the clock", () => world.writer.runWithClock({}, () => {}, { mode: "frozen", at_ms: world.clock.now() })],
    ["a snapshot", () => world.positions.snapshot("here")],
    ["a restore", () => world.positions.restore(".fixture")],
  ])("%s", async (_, deed) => {
    let answered = false;
    const done = deed().then(() => {
      answered = true;
    });
    await settle();
    expect(answered).toBe(false);
    expect(world.disk.flushes).toHaveLength(1);
    world.disk.flushed();
    await done;
  });

  it("units that queue up share a flush", async () => {
    const all = Promise.all(["ada", "ben", "eve"].map((who) => world.writer.run({}, (unit) => register(unit, who))));
    await settle();
    expect(world.disk.flushes).toHaveLength(1);
    world.disk.flushed();
    await settle();
    // The last ones may have come after the flush began: one more serves them all.
    expect(world.disk.flushes.length).toBeLessThanOrEqual(1);
    world.disk.flushed();
    await all;
    expect(world.store.count("users")).toBe(3);
  });

  it("a flush that fails: STORAGE_UNAVAILABLE, and no further write, for nobody knows what the disk holds", async () => {
    const unit = codeOf(welcome(world, "ada"));
    await settle();
    world.disk.flushed(Object.assign(new Error("EIO: i/o error, fdatasync"), { code: "EIO" }));
    expect(await unit).toBe("STORAGE_UNAVAILABLE");
    expect(world.writer.broken).toBeInstanceOf(Error);
    expect(await codeOf(welcome(world, "ben"))).toBe("STORAGE_UNAVAILABLE");
  });

  it("compaction waits for the flush under way, which is of the file that it replaces", async () => {
    const underWay: number[] = [];
    const { stage } = world.store;
    world.store.stage = (stamp) => {
      underWay.push(world.disk.flushes.length);
      return stage.call(world.store, stamp);
    };
    const unit = welcome(world, "ada");
    await settle();
    const compacting = world.compact();
    await new Promise((resolve) => setImmediate(resolve));
    world.disk.flushAll();
    await Promise.all([unit, compacting]);
    expect(underWay).toEqual([0]);
  });
});
