import { readFileSync, rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Chronicle, Unit } from "../../emulator/ports/unit-of-work.ts";
import { calls, codeOf, register, stateOf, walletOf, welcome } from "../support/engine-actions.ts";
import { openWorld, type World } from "../support/engine-world.ts";
import { newFolder } from "../support/folder.ts";
import { user } from "../support/records.ts";

let folder: string;
let world: World;
beforeEach(async () => {
  folder = newFolder();
  world = await openWorld({ folder });
  await welcome(world, "ada", 5n);
});
afterEach(async () => {
  await world.kill();
  rmSync(folder, { recursive: true });
});
const journal = () => readFileSync(world.file, "utf8");

describe("a disk that refuses a unit's line", () => {
  it.each([
    ["a full disk", 0],
    ["a short write", 40],
  ])("%s: STORAGE_UNAVAILABLE; chain, records and identifiers are as before, and the next write works", async (_, room) => {
    const before = { state: await stateOf(world), journal: journal() };
    world.disk.room = room;
    expect(await codeOf(welcome(world, "ben"))).toBe("STORAGE_UNAVAILABLE");
    expect({ state: await stateOf(world), journal: journal() }).toEqual(before);
    expect(world.writer.broken).toBeNull();

    world.disk.room = Number.POSITIVE_INFINITY;
    await welcome(world, "ben");
    const after = await stateOf(world);
    await world.kill();
    world = await openWorld({ folder });
    expect(await stateOf(world)).toEqual(after);
  });

  it.each([
    ["snapshot", () => world.positions.snapshot("other")],
    ["restore", () => world.positions.restore("here")],
    ["drop", () => world.positions.drop("here")],
  ])("a %s whose marker cannot be written did not happen", async (_, deed) => {
    await world.positions.snapshot("here");
    await welcome(world, "ben");
    const before = { state: await stateOf(world), epoch: world.writer.epoch, names: world.positions.list() };
    world.disk.room = 10;
    expect(await codeOf(deed())).toBe("STORAGE_UNAVAILABLE");
    expect({ state: await stateOf(world), epoch: world.writer.epoch, names: world.positions.list() }).toEqual(before);
    world.disk.room = Number.POSITIVE_INFINITY;
    await welcome(world, "eve");
    await deed();
  });

  it("a clock change whose line cannot be written did not happen", async () => {
    const before = world.clock.state();
    world.disk.room = 0;
    const freezing = world.writer.runWithClock({}, () => {}, { mode: "frozen", at_ms: world.clock.now() });
    expect(await codeOf(freezing)).toBe("STORAGE_UNAVAILABLE");
    expect(world.clock.state()).toEqual(before);
  });
});

it("what is longer than a line can be: PAYLOAD_TOO_LARGE, nothing happened, and the next write works", async () => {
  const before = { state: await stateOf(world), journal: journal() };
  const endless = { toJSON: () => "x".repeat(2 ** 29) };
  const unit = world.writer.run({}, async (unit) => {
    await unit.transact([calls.mint(world, "ada", 1n)]);
    unit.put("users", { ...user("usr_1"), metadata: endless as never });
  });
  expect(await codeOf(unit)).toBe("PAYLOAD_TOO_LARGE");
  expect({ state: await stateOf(world), journal: journal() }).toEqual(before);
  await welcome(world, "ben");
});

describe("a unit that fails is undone to where the one before it left the chain", () => {
  const failed = (unit: Unit) =>
    unit
      .attempt(async () => {
        await unit.transact([calls.mint(world, "ben", 2n)]);
        throw new Error("not this");
      })
      .catch(() => {});

  it.each<[string, (unit: Unit) => Promise<unknown>]>([
    ["with a transaction", (unit) => unit.transact([calls.mint(world, "ada", 1n)])],
    ["with an attempt that failed", failed],
    ["with a transaction, then an attempt that failed", (unit) => unit.transact([calls.mint(world, "ada", 1n)]).then(() => failed(unit))],
    ["with an attempt that failed, then a transaction", (unit) => failed(unit).then(() => unit.transact([calls.mint(world, "ada", 1n)]))],
    ["with a transaction, then a block", (unit) => unit.transact([calls.mint(world, "ada", 1n)]).then(() => (unit as Chronicle).mine())],
  ])("%s", async (_, deed) => {
    await world.writer.run({}, async (unit) => {
      register(unit, "ben");
      await deed(unit);
    });
    const before = await stateOf(world);
    const failing = world.writer.run({}, async (unit) => {
      await unit.transact([calls.mint(world, "eve", 1n)]);
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect({ state: await stateOf(world), broken: world.writer.broken }).toEqual({ state: before, broken: null });
    await welcome(world, "eve");
    const after = await stateOf(world);
    await world.kill();
    world = await openWorld({ folder });
    expect([await stateOf(world), world.recovered?.hashDiffers]).toEqual([after, false]);
  });
});

describe("a failure that cannot be undone stops writes, loudly, while reads go on", () => {
  async function expectStopped(): Promise<void> {
    expect(world.writer.broken).toBeInstanceOf(Error);
    expect(await codeOf(welcome(world, "eve"))).toBe("STORAGE_UNAVAILABLE");
    expect(await codeOf(world.positions.snapshot("x"))).toBe("STORAGE_UNAVAILABLE");
    expect(await codeOf(world.positions.restore(".fixture"))).toBe("STORAGE_UNAVAILABLE");
    expect(world.store.get("users", "ada")).toBeDefined();
    expect(world.store.get("users", "eve")).toBeUndefined();
    expect(await world.writer.quiet(async () => world.store.count("users"))).toBe(1);
  }
  async function expectChainReads(): Promise<void> {
    const read = () => world.writer.atCommitted((block) => world.chain.balanceOf(walletOf(world, "ada"), block));
    expect(await read()).toBe(5n);
  }

  it("the chain does not go back", async () => {
    world.chain.override({ revert: () => Promise.reject(new Error("the chain is stuck")) });
    const failing = world.writer.run({}, async (unit) => {
      register(unit, "ben");
      await unit.transact([calls.mint(world, "ben", 1n)]);
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(world.writer.broken?.message).toBe("the chain is stuck");
    await expectStopped();
    await expectChainReads();
  });

  it("the journal cannot be cut back", async () => {
    world.disk.room = 20;
    world.disk.refusesToCut = true;
    expect(await codeOf(welcome(world, "ben"))).toBe("STORAGE_UNAVAILABLE");
    world.disk.room = Number.POSITIVE_INFINITY;
    await expectStopped();
    await expectChainReads();
  });

  it("the chain cannot follow a restore", async () => {
    await world.positions.snapshot("here");
    world.chain.override({ replay: () => Promise.reject(new Error("the chain is stuck")) });
    await expect(world.positions.restore(".fixture")).rejects.toThrow("the chain is stuck");
    await expectStopped();
  });

  it("everything that was answered is there after a restart", async () => {
    const before = await stateOf(world);
    world.disk.room = 20;
    world.disk.refusesToCut = true;
    await codeOf(welcome(world, "ben"));
    await world.kill();
    world = await openWorld({ folder });
    expect(world.recovered?.tail).toBe("torn");
    expect(await stateOf(world)).toEqual(before);
    await welcome(world, "ben");
  });
});
