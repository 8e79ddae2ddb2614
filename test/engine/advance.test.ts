import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ClockControl } from "../../emulator/control/clock.ts";
import { Scheduler } from "../../emulator/engine/scheduler.ts";
import { codeOf } from "../support/engine-actions.ts";
import { openWorld, START, type World } from "../support/engine-world.ts";
import { HandTimer } from "../support/hand-timer.ts";
import { submission } from "../support/records.ts";

const DAY = 86_400_000;

let world: World;
let timer: HandTimer;
let clock: ClockControl;
/** Instants of the blocks that due work mined, in seconds after the start. */
let mined: number[];

beforeEach(async () => {
  world = await openWorld({ seeded: true });
  timer = new HandTimer();
  mined = [];
  const scheduler = new Scheduler(
    world.writer,
    { store: world.store, clock: world.clock, timer },
    {
      submissions: async (unit, due) => {
        unit.remove("submissions", due.id);
        mined.push((await unit.mine()).timestamp - START / 1000);
      },
    },
    () => {},
  );
  await scheduler.start();
  clock = new ClockControl(
    { runUntil: (until) => scheduler.runUntil(until), runWithClock: (state, at) => world.writer.runWithClock({ at }, () => {}, state) },
    world.clock,
    () => world.time.wall(),
  );
});
afterEach(() => world.kill());

const work = (due: Record<string, number>) =>
  world.writer.run({}, (unit) => {
    for (const [id, at] of Object.entries(due)) unit.put("submissions", submission(id, START + at));
  });

describe("advancing the clock", () => {
  it("steps through due work in time order, each with a block of its own instant", async () => {
    await work({ c: 80 * DAY, a: 1 * DAY, b: 30 * DAY, later: 91 * DAY });
    await clock.advance(90 * DAY);
    expect(mined).toEqual([86_400, 30 * 86_400, 80 * 86_400]);
    expect(world.clock.now()).toBe(START + 90 * DAY);
    expect(world.store.count("submissions")).toBe(1);
  });

  it("leaves a frozen clock frozen and a running one running", async () => {
    await clock.advance(1000);
    world.time.pass(5000);
    expect(clock.show()).toEqual({ now: new Date(START + 1000).toISOString(), mode: "frozen" });
    await clock.run();
    await clock.advance(1000);
    world.time.pass(5000);
    expect(clock.show()).toEqual({ now: new Date(START + 7000).toISOString(), mode: "running" });
  });

  it("counts as time for quotas, whereas work waits while the clock stands", async () => {
    const before = world.clock.elapsed();
    await work({ a: 1000 });
    world.time.pass(2000);
    expect(timer.armed).toBeNull();
    await clock.advance(1000);
    expect(mined).toEqual([1]);
    expect(world.clock.elapsed() - before).toBe(3000);
  });

  it("skips just what was asked for, although time goes on between two looks at it", async () => {
    await clock.run();
    const wall = world.time.wall.bind(world.time);
    vi.spyOn(world.time, "wall").mockImplementation(() => {
      world.time.pass(1);
      return wall();
    });
    const monotonic = world.time.monotonic();
    const elapsed = world.clock.elapsed();
    await clock.advance(1);
    expect(world.clock.elapsed() - elapsed).toBe(world.time.monotonic() - monotonic + 1);
  });

  it("goes forward only", async () => {
    await clock.advance(1000);
    expect(await codeOf(clock.set(START))).toBe("CLOCK_OUT_OF_RANGE");
    expect(world.clock.now()).toBe(START + 1000);
  });

  it("work that fails on the way stops the clock where it was, with what came before done", async () => {
    await work({ a: 1000, b: 2000 });
    const { mine } = world.chain;
    world.chain.override({
      mine: (timestamp) => (timestamp > START / 1000 + 1 ? Promise.reject(new Error("the chain is down")) : mine(timestamp)),
    });
    await expect(clock.advance(5000)).rejects.toThrow("the chain is down");
    expect(mined).toEqual([1]);
    expect(world.store.get("submissions", "b")).toBeDefined();
    world.chain.override({});
    await clock.advance(5000);
    expect(mined).toEqual([1, 2]);
    expect(world.clock.now()).toBe(START + 5000);
  });
});
