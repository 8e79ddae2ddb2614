import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FIXTURE } from "../../emulator/engine/positions.ts";
import type { Folded } from "../../emulator/ports/store.ts";
import { calls, codeOf, register, stateOf, welcome } from "../support/engine-actions.ts";
import { openWorld, START, type World } from "../support/engine-world.ts";

let world: World;
beforeEach(async () => {
  world = await openWorld({ seeded: true });
});
afterEach(() => world.kill());

describe("snapshots", () => {
  it("restore everything, any number of times", async () => {
    await welcome(world, "ada", 5n);
    await world.positions.snapshot("a");
    const a = await stateOf(world);
    for (let round = 0; round < 3; round++) {
      await welcome(world, "ben", 7n);
      await world.positions.restore("a");
      expect(await stateOf(world)).toEqual(a);
    }
  });

  it("the same work after a restore gives the same identifiers and hashes, but for its events", async () => {
    const withoutEventIds = (state: unknown) => {
      const { records, ...rest } = state as { records: Folded };
      return { ...rest, records: { ...records, events: records.events?.map(({ id: _, ...event }) => event) } };
    };
    await world.positions.snapshot("a");
    await welcome(world, "ada", 5n);
    const first = await stateOf(world);
    await world.positions.restore("a");
    await welcome(world, "ada", 5n);
    const again = await stateOf(world);
    expect(withoutEventIds(again)).toEqual(withoutEventIds(first));
    expect(again).not.toEqual(first);
  });

  it("restore in any order: back, forward, and across to a sibling", async () => {
    const seen = new Map<string, unknown>();
    const snapshot = async (name: string) => {
      await world.positions.snapshot(name);
      seen.set(name, await stateOf(world));
    };
    await snapshot("root");
    await welcome(world, "ada", 5n);
    await snapshot("left");
    await welcome(world, "ben", 7n);
    await snapshot("left-left");
    await world.positions.restore("root");
    await welcome(world, "eve", 11n);
    await snapshot("right");
    await world.positions.restore("left");
    await world.writer.run({}, (unit) => unit.transact([calls.burn(world, "ada", 2n)]));
    await snapshot("left-right");

    const order = ["left-left", "right", "root", "left-right", "left", "left-left", "left-right", "right", "left", "root"];
    for (const name of order) {
      await world.positions.restore(name);
      expect(await stateOf(world), name).toEqual(seen.get(name));
    }
  });

  it("bring back what was waiting in the mempool", async () => {
    await world.kill();
    world = await openWorld({ mining: "deferred" });
    await world.writer.run({}, (unit) => unit.transact([calls.mint(world, "ada", 5n)]));
    await world.positions.snapshot("waiting");
    const waiting = await stateOf(world);
    await world.writer.run({}, (unit) => unit.mine());
    await world.positions.restore("waiting");
    expect(await stateOf(world)).toEqual(waiting);
    await world.writer.run({}, (unit) => unit.mine());
    expect(await world.chain.totalSupply("latest")).toBe(5n);
  });

  it("bring back the clock, also to before an advance", async () => {
    await world.positions.snapshot("a");
    const later = START + 90 * 86_400_000;
    await world.writer.runWithClock({ at: later }, () => {}, { mode: "frozen", at_ms: later });
    await welcome(world, "ada");
    await world.positions.restore("a");
    expect(world.clock.now()).toBe(START);
    await welcome(world, "ada");
    expect((await world.chain.head()).timestamp).toBe(START / 1000);
  });

  it("a unit after a restore that changed records alone still finds its chain", async () => {
    await world.positions.snapshot("a");
    await world.writer.run({}, (unit) => register(unit, "ada"));
    await world.positions.restore("a");
    await welcome(world, "ben", 5n);
    const failing = world.writer.run({}, (unit) => unit.transact([calls.burn(world, "ben", 6n)]));
    await expect(failing).rejects.toMatchObject({ error: "ERC20InsufficientBalance" });
    await world.positions.restore("a");
    expect(await world.chain.totalSupply("latest")).toBe(0n);
    expect(world.writer.broken).toBeNull();
  });

  it("carry memory-only state, which is undefined for a snapshot that was not taken in this life", async () => {
    let quota = 1;
    world.positions.join({
      capture: () => quota,
      restore: (captured) => {
        quota = (captured as number | undefined) ?? 0;
      },
    });
    await world.positions.snapshot("a");
    quota = 2;
    await world.positions.restore("a");
    expect(quota).toBe(1);
    await world.positions.restore(FIXTURE);
    expect(quota).toBe(0);
  });
});

describe("names", () => {
  it("are listed in the order in which they were taken, the hidden one not", async () => {
    await world.positions.snapshot("b");
    await welcome(world, "ada");
    await world.positions.snapshot("a");
    expect(world.positions.list().map(({ name }) => name)).toEqual(["b", "a"]);
    expect(world.positions.list()[0]?.at).toBe(new Date(START).toISOString());
  });

  it("in use are refused, free again once dropped", async () => {
    await world.positions.snapshot("a");
    expect(await codeOf(world.positions.snapshot("a"))).toBe("SNAPSHOT_EXISTS");
    await welcome(world, "ada");
    await world.positions.drop("a");
    await world.positions.snapshot("a");
    await welcome(world, "ben");
    await world.positions.restore("a");
    expect(world.store.count("users")).toBe(1);
  });

  it("unknown ones are SNAPSHOT_NOT_FOUND, and nothing happens", async () => {
    const { epoch } = world.writer;
    expect(await codeOf(world.positions.restore("nowhere"))).toBe("SNAPSHOT_NOT_FOUND");
    expect(await codeOf(world.positions.drop("nowhere"))).toBe("SNAPSHOT_NOT_FOUND");
    expect(world.writer.epoch).toBe(epoch);
  });

  it("the hidden one cannot be dropped: reset needs it, and so does a restart", async () => {
    expect(await codeOf(world.positions.drop(FIXTURE))).toBe("SNAPSHOT_NOT_FOUND");
    await world.positions.restore(FIXTURE);
  });
});
