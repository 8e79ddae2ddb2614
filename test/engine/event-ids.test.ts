/** An event's identifier is also `webhook-id`, by which receivers drop what they know: a restore must not give it to another event. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { register, welcome } from "../support/engine-actions.ts";
import { openWorld, type World, type WorldOptions } from "../support/engine-world.ts";
import { newFolder } from "../support/folder.ts";

let folder: string;
let world: World;
beforeEach(async () => {
  folder = newFolder();
  world = await openWorld({ folder, seeded: true });
});
afterEach(() => world.kill());

const eventOf = (where: World, who: string) => where.store.fold().events?.find(({ data }) => (data as { id: string }).id === who)?.id;
const tokenOf = (where: World, who: string) => where.store.get("users", who)?.metadata.token;
/** Registers someone; the identifiers of the event and of what else was made. */
async function meet(who: string, where = world) {
  await where.writer.run({}, (unit) => register(unit, who));
  return { event: eventOf(where, who), other: tokenOf(where, who) };
}
async function reopen(end: "kill" | "close", options: WorldOptions = { folder, seeded: true }): Promise<void> {
  await world[end]();
  world = await openWorld(options);
}

describe("after a restore", () => {
  it("an event has an identifier of its own, and everything else the one that it had", async () => {
    const met = [await meet("ada")];
    for (const name of [".fixture", ".fixture"]) {
      await world.positions.restore(name);
      met.push(await meet("ada"));
    }
    expect(new Set(met.map(({ event }) => event)).size).toBe(3);
    expect(new Set(met.map(({ other }) => other)).size).toBe(1);
  });

  it("events that follow from names have one too", async () => {
    const seed = () =>
      world.writer.chronicle({ from: world.clock.now(), clock: null }, async (unit) => {
        unit.nameAfter("course/ada");
        register(unit, "ada");
      });
    await seed();
    const before = [eventOf(world, "ada"), tokenOf(world, "ada")];
    await world.positions.restore(".fixture");
    await seed();
    expect(eventOf(world, "ada")).not.toBe(before[0]);
    expect(tokenOf(world, "ada")).toBe(before[1]);
  });

  it.each(["kill", "close"] as const)("also when the process ended in between (%s), as often as it happens", async (end) => {
    const met = [await meet("ada")];
    for (let round = 0; round < 3; round++) {
      await world.positions.restore(".fixture");
      await reopen(end);
      met.push(await meet("ada"));
    }
    expect(new Set(met.map(({ event }) => event)).size).toBe(4);
    expect(new Set(met.map(({ other }) => other)).size).toBe(1);
  });

  it("what compaction writes of branches counts for nothing: a killed sandbox and a stopped one give the same", async () => {
    const events = await Promise.all(
      (["kill", "close"] as const).map(async (end) => {
        const options = { folder: newFolder(), seeded: true };
        let here = await openWorld(options);
        await welcome(here, "ben");
        await here.positions.snapshot("branch");
        await here.positions.restore(".fixture");
        await welcome(here, "eve");
        for (let round = 0; round < 2; round++) {
          await here[end]();
          here = await openWorld(options);
        }
        await here.positions.restore("branch");
        const { event } = await meet("ada", here);
        await here.kill();
        return event;
      }),
    );
    expect(events[0]).toBe(events[1]);
  });
});

it("a restart restores nothing: the sequence goes on as without it", async () => {
  await reopen("close");
  await meet("ada");
  await reopen("kill");
  const { event } = await meet("ben");
  const other = await openWorld({ seeded: true });
  await meet("ada", other);
  expect((await meet("ben", other)).event).toBe(event);
  await other.kill();
});
