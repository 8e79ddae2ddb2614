import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DueHandler, Scheduler } from "../../emulator/engine/scheduler.ts";
import { register } from "../support/engine-actions.ts";
import { openWorld, START, type World } from "../support/engine-world.ts";
import { HandTimer } from "../support/hand-timer.ts";
import { answer, submission } from "../support/records.ts";

let world: World;
let timer: HandTimer;
let scheduler: Scheduler;
let done: { id: string; at: number }[];
let failures: string[];

beforeEach(async () => {
  world = await openWorld();
  done = [];
  schedule((unit, due) => {
    done.push({ id: due.id, at: unit.now - START });
    unit.remove(due.table, due.id);
  });
});
afterEach(async () => {
  scheduler.stop();
  await world.kill();
});

function schedule(handler: DueHandler): void {
  timer = new HandTimer();
  failures = [];
  const { store, clock } = world;
  scheduler = new Scheduler(world.writer, { store, clock, timer }, { submissions: handler, idempotency: handler }, (due, error) =>
    failures.push(`${due.id}: ${error.message}`),
  );
}
/** Puts work that is due so many ms after the start. */
const work = (due: Record<string, number>) =>
  world.writer.run({}, (unit) => {
    for (const [id, at] of Object.entries(due)) unit.put("submissions", submission(id, START + at));
  });
/** Real time passes, and the timer rings if its time has come. */
async function pass(ms: number): Promise<void> {
  world.time.pass(ms);
  if (timer.armed && timer.armed.delayMs <= ms) await ring();
}
async function ring(): Promise<void> {
  const ringing = timer.armed?.ring;
  timer.armed = null;
  ringing?.();
  // The timer is armed again, or due work is gone, when all units that the ring began are over.
  for (let i = 0; i < 20; i++) await world.writer.quiet(async () => {});
}

describe("due work", () => {
  it("is done in time order, each in a unit of its own at its own instant", async () => {
    await work({ c: 3000, a: 1000, b: 2000 });
    await world.writer.run({}, (unit) => unit.put("idempotency", answer("between", { expires_at: START + 1500 })));
    await scheduler.runUntil(START + 10_000);
    expect(done).toEqual([
      { id: "a", at: 1000 },
      { id: "between", at: 1500 },
      { id: "b", at: 2000 },
      { id: "c", at: 3000 },
    ]);
  });

  it("is not done before its time", async () => {
    await work({ a: 1000, b: 1001 });
    await scheduler.runUntil(START + 1000);
    expect(done.map(({ id }) => id)).toEqual(["a"]);
  });

  it("that a handler makes due in the meantime is done in its turn", async () => {
    schedule((unit, due) => {
      done.push({ id: due.id, at: unit.now - START });
      unit.remove("submissions", due.id);
      if (due.id === "a") unit.put("submissions", submission("child", START + 1500));
    });
    await work({ a: 1000, b: 2000 });
    await scheduler.runUntil(START + 5000);
    expect(done.map(({ id }) => id)).toEqual(["a", "child", "b"]);
  });

  it("that recurs is done at each of its instants", async () => {
    schedule((unit, due) => {
      done.push({ id: due.id, at: unit.now - START });
      unit.put("submissions", submission(due.id, due.at + 1000));
    });
    await work({ a: 1000 });
    await scheduler.runUntil(START + 3500);
    expect(done.map(({ at }) => at)).toEqual([1000, 2000, 3000]);
  });

  it("that its handler leaves due is an error, not an endless loop", async () => {
    schedule(() => {});
    await work({ a: 1000 });
    await expect(scheduler.runUntil(START + 1000)).rejects.toThrow(/still due/);
  });

  it("that a unit queued before has done is not done twice", async () => {
    await work({ a: 1000 });
    const other = world.writer.run({}, (unit) => unit.remove("submissions", "a"));
    const running = scheduler.runUntil(START + 1000);
    await Promise.all([other, running]);
    expect(done).toEqual([]);
  });

  it("asked for twice at once is done once", async () => {
    await work({ a: 1000, b: 2000 });
    await Promise.all([scheduler.runUntil(START + 5000), scheduler.runUntil(START + 5000)]);
    expect(done.map(({ id }) => id)).toEqual(["a", "b"]);
  });

  it("comes also when the computer's clock is behind what was journaled: the clock goes on from there", async () => {
    await scheduler.start();
    world.time.pass(5000);
    await work({ retry: 6000 });
    world.time.correct(-3_600_000);
    scheduler.rearm();
    await pass(1000);
    expect(done).toEqual([{ id: "retry", at: 6000 }]);
  });
});

describe("the timer", () => {
  it("is armed for the earliest work, after every commit anew", async () => {
    await scheduler.start();
    expect(timer.armed).toBeNull();
    await work({ late: 5000 });
    expect(timer.armed?.delayMs).toBe(5000);
    await work({ early: 1000 });
    expect(timer.armed?.delayMs).toBe(1000);
    await world.writer.run({}, (unit) => unit.remove("submissions", "early"));
    expect(timer.armed?.delayMs).toBe(5000);
  });

  it("rings: what is due is done, the next is waited for", async () => {
    await scheduler.start();
    await work({ a: 1000, b: 4000 });
    await pass(1000);
    expect(done).toEqual([{ id: "a", at: 1000 }]);
    expect(timer.armed?.delayMs).toBe(3000);
  });

  it("that rings a little early finds nothing and waits for the rest", async () => {
    await scheduler.start();
    await work({ a: 1000 });
    world.time.pass(999);
    await ring();
    expect(done).toEqual([]);
    expect(timer.armed?.delayMs).toBe(1);
  });

  it("is not armed on a frozen clock: the work waits until the clock runs", async () => {
    const now = world.clock.now();
    await world.writer.runWithClock({}, () => {}, { mode: "frozen", at_ms: now });
    await scheduler.start();
    await work({ a: 1000 });
    expect(timer.armed).toBeNull();
    await world.writer.runWithClock({}, () => {}, { mode: "running", offset_ms: now - world.time.wall() });
    expect(timer.armed?.delayMs).toBe(1000);
  });

  it("stopped it stays disarmed", async () => {
    await scheduler.start();
    await work({ a: 1000 });
    scheduler.stop();
    await work({ b: 500 });
    expect(timer.armed).toBeNull();
    await scheduler.runUntil(START + 5000);
    expect(done).toEqual([]);
  });
});

describe("trouble", () => {
  it("a handler that fails leaves nothing, is told, and is tried again", async () => {
    let attempts = 0;
    schedule((unit, due) => {
      attempts += 1;
      unit.remove("submissions", due.id);
      register(unit, "ada");
      if (attempts < 3) throw new Error(`attempt ${attempts}`);
    });
    await scheduler.start();
    await work({ a: 1000 });
    await pass(1000);
    expect(world.store.count("users")).toBe(0);
    expect(timer.armed?.delayMs).toBe(1000);
    await pass(1000);
    await pass(1000);
    expect(failures).toEqual(["a: attempt 1", "a: attempt 2"]);
    expect(world.store.count("users")).toBe(1);
    expect(timer.armed).toBeNull();
  });

  it("a chain that is down: the work is done when it is back", async () => {
    world.chain.override({ mine: () => Promise.reject(new Error("the chain is down")) });
    schedule(async (unit, due) => {
      await unit.mine();
      unit.remove("submissions", due.id);
    });
    await scheduler.start();
    await work({ a: 1000 });
    await pass(1000);
    expect(failures).toEqual(["a: the chain is down"]);
    world.chain.override({});
    await pass(1000);
    expect(world.store.count("submissions")).toBe(0);
    expect(world.writer.committedBlock).toBe(2);
  });

  it("what is overdue at a start is done before the start is over, in time order", async () => {
    await work({ b: 2000, a: 1000, later: 9000 });
    world.time.pass(5000);
    await scheduler.start();
    expect(done.map(({ id }) => id)).toEqual(["a", "b"]);
    expect(timer.armed?.delayMs).toBe(4000);
  });

  it("after a restore the work of that state is due again", async () => {
    await work({ a: 1000 });
    await world.positions.snapshot("here");
    await scheduler.start();
    await pass(1000);
    expect(done).toHaveLength(1);
    await world.positions.restore("here");
    scheduler.rearm();
    expect(timer.armed?.delayMs).toBeLessThanOrEqual(0);
    await ring();
    expect(done).toHaveLength(2);
  });
});
