import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decodeLine, encodeLine, FORMAT, type UnitLine } from "../../emulator/engine/journal-line.ts";
import { calls, register, stateOf, welcome } from "../support/engine-actions.ts";
import { openWorld, START, type World } from "../support/engine-world.ts";
import { newFolder } from "../support/folder.ts";

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
async function reopen(how: "kill" | "close" = "kill"): Promise<void> {
  await world[how]();
  world = await openWorld({ folder, time: world.time });
}
/** Every block and transaction by its hash. */
async function hashesOf({ chain }: World): Promise<unknown[]> {
  const { number } = await chain.head();
  const blocks = Array.from({ length: number + 1 }, (_, i) => chain.request("eth_getBlockByNumber", [`0x${i.toString(16)}`, false]));
  return (await Promise.all(blocks)).map((block) => {
    const { hash, stateRoot, transactions } = block as { hash: string; stateRoot: string; transactions: string[] };
    return { hash, stateRoot, transactions };
  });
}
async function live(): Promise<void> {
  await welcome(world, "ada", 5n);
  world.time.pass(60_000);
  await world.writer.run({}, (unit) => unit.transact([calls.burn(world, "ada", 1n), calls.mint(world, "ben", 2n)]));
  await world.writer.run({}, (unit) => register(unit, "eve"));
}

describe.each(["kill", "close"] as const)("after a %s", (how) => {
  it("records, chain, clock and counters are as they were, with identical block and transaction hashes", async () => {
    await live();
    const before = { state: await stateOf(world), hashes: await hashesOf(world) };
    await reopen(how);
    expect({ state: await stateOf(world), hashes: await hashesOf(world) }).toEqual(before);
    expect(world.recovered).toMatchObject({ tail: "whole", hashDiffers: false, transactions: 7 });
  });

  it("life goes on as if nothing had been", async () => {
    await live();
    await reopen(how);
    await welcome(world, "ben");
    const failing = world.writer.run({}, (unit) => unit.transact([calls.burn(world, "eve", 1n)]));
    await expect(failing).rejects.toMatchObject({ error: "ERC20InsufficientBalance" });
    await world.positions.restore(".fixture");
    expect(world.store.count("users")).toBe(0);
    expect(await world.chain.totalSupply("latest")).toBe(0n);
  });

  it("what waits in the mempool still waits", async () => {
    await world.kill();
    rmSync(world.file);
    world = await openWorld({ folder, mining: "deferred" });
    await world.writer.run({}, (unit) => unit.transact([calls.mint(world, "ada", 5n)]));
    const before = await stateOf(world);
    await world[how]();
    world = await openWorld({ folder, mining: "deferred" });
    expect(await stateOf(world)).toEqual(before);
    await world.writer.run({}, (unit) => unit.mine());
    expect(await world.chain.totalSupply("latest")).toBe(5n);
  });

  it("names and abandoned branches are there", async () => {
    await world.positions.snapshot("a");
    await welcome(world, "ada", 5n);
    await world.positions.snapshot("b");
    const b = await stateOf(world);
    await world.positions.restore("a");
    await world.positions.drop("a");
    await welcome(world, "ben", 7n);
    await reopen(how);
    expect(world.positions.list().map(({ name }) => name)).toEqual(["b"]);
    await world.positions.restore("b");
    expect(await stateOf(world)).toEqual(b);
  });

  it("the clock: never before the last instant that was journaled, frozen where it was", async () => {
    await world.writer.run({ at: START + 90_000 }, (unit) => register(unit, "ada"));
    await reopen(how);
    expect(world.clock.now()).toBe(START + 90_000);
    await world.writer.runWithClock({}, () => {}, { mode: "frozen", at_ms: START + 95_000 });
    world.time.pass(1_000_000);
    await reopen(how);
    expect(world.clock.now()).toBe(START + 95_000);
  });
});

describe("a torn tail", () => {
  it("is an unfinished, unanswered unit: dropped, told, and the next write takes its place", async () => {
    await welcome(world, "ada");
    const before = await stateOf(world);
    await world.kill();
    appendFileSync(world.file, '{"v":2,"kind":"unit","seq":4,"at":17672');
    world = await openWorld({ folder });
    expect(world.recovered?.tail).toBe("torn");
    expect(await stateOf(world)).toEqual(before);
    await welcome(world, "ben");
    await reopen();
    expect(world.recovered?.tail).toBe("whole");
    expect(world.store.count("users")).toBe(2);
  });
});

describe("a long history", () => {
  it("is replayed in pieces, with progress to its end", async () => {
    await welcome(world, "ada");
    const lines = readFileSync(world.file, "utf8").trimEnd().split("\n");
    const last = decodeLine(lines.at(-1) as string) as UnitLine;
    await world.kill();
    const idle = Array.from({ length: 1200 }, (_, i) =>
      encodeLine({ v: FORMAT, kind: "unit", seq: last.seq + 1 + i, at: START, request_id: null }),
    );
    appendFileSync(world.file, `${idle.join("\n")}\n`);
    const progress: [number, number][] = [];
    world = await openWorld({ folder, progress: (done, total) => progress.push([done, total]) });
    expect(world.recovered?.units).toBe(1202);
    expect(progress.length).toBeGreaterThan(1);
    expect(progress.at(-1)).toEqual([5, 5]);
  });
});

describe("a journal of a release with other gas or fork rules", () => {
  it("opens; that its hashes differ is told", async () => {
    await welcome(world, "ada", 5n);
    await world.kill();
    const lines = readFileSync(world.file, "utf8").trimEnd().split("\n");
    const { crc: _, ...line } = JSON.parse(lines.at(-1) as string);
    line.chain.at(-1).mine.hash = `0x${"1".repeat(64)}`;
    writeFileSync(world.file, `${[...lines.slice(0, -1), encodeLine(line)].join("\n")}\n`);
    world = await openWorld({ folder });
    expect(world.recovered?.hashDiffers).toBe(true);
    expect(await world.chain.totalSupply("latest")).toBe(5n);
  });
});
