import { rmSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { ClockState } from "../../emulator/ports/clock.ts";
import { runs } from "../support/depth.ts";
import { calls, PEOPLE, type Person, walletOf } from "../support/engine-actions.ts";
import { openWorld, START, type World } from "../support/engine-world.ts";
import { newFolder } from "../support/folder.ts";
import { user } from "../support/records.ts";
import { ModelWorld } from "./model-world.ts";

type Stop = { readonly stop: "close" | "kill" };
type Step =
  | { readonly do: "register" | "remove"; readonly who: Person; readonly version: number }
  | { readonly do: "mint"; readonly who: Person; readonly amount: bigint }
  | { readonly do: "move"; readonly who: Person; readonly to: Person; readonly amount: bigint }
  | { readonly do: "advance"; readonly days: number }
  | { readonly do: "snapshot" | "restore" | "drop"; readonly name: string };

const who = fc.constantFrom(...PEOPLE);
const amount = fc.bigInt({ min: 1n, max: 9n });
const name = fc.constantFrom("a", "b", "c");
const step: fc.Arbitrary<Step | Stop> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("register" as const), who, version: fc.nat(9) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("remove" as const), who, version: fc.constant(0) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("mint" as const), who, amount }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("move" as const), who, to: who, amount }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("advance" as const), days: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("snapshot" as const), name }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("restore" as const), name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("drop" as const), name }) },
  { weight: 1, arbitrary: fc.record({ stop: fc.constantFrom("close" as const, "kill" as const) }) },
);

/** So small that every file is read and written in many pieces, and compaction splits its lines. */
const pieces = fc.constantFrom(undefined, 64);

it("any program of writes, snapshots, restores, drops, clean stops and kills does what whole copies would", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), pieces, async (program, size) => {
      const folder = newFolder();
      const files = { folder, ...(size ? { pieces: size } : {}) };
      let world = await openWorld({ ...files, seeded: true });
      const model = new ModelWorld(world.clock.state(), world.ids.counter());
      try {
        for (const each of program) {
          if ("stop" in each) {
            await world[each.stop]();
            world = await openWorld(files);
            expect(world.recovered?.hashDiffers).toBe(false);
          } else await take(world, model, each);
          expect(await viewOf(world)).toEqual(model.view());
        }
      } finally {
        await world.kill();
        rmSync(folder, { recursive: true });
      }
    }),
    { numRuns: runs(150) },
  );
}, 60_000);

async function take(world: World, model: ModelWorld, step: Step): Promise<void> {
  const { writer, positions } = world;
  switch (step.do) {
    case "register":
      model.register(step.who, step.version);
      return await writer.run({}, (unit) => {
        unit.newId("usr");
        unit.put("users", user(step.who, { metadata: { version: String(step.version) } }));
      });
    case "remove":
      model.remove(step.who);
      return await writer.run({}, (unit) => unit.remove("users", step.who));
    case "mint":
      model.mint(step.who, step.amount);
      return void (await writer.run({}, (unit) => unit.transact([calls.mint(world, step.who, step.amount)])));
    case "move": {
      const moving = writer.run({}, (unit) => unit.transact([calls.transfer(world, step.who, step.to, step.amount)]));
      if (model.move(step.who, step.to, step.amount)) return void (await moving);
      return await expect(moving).rejects.toMatchObject({ error: "ERC20InsufficientBalance" });
    }
    case "advance": {
      const at = Math.max(world.clock.now(), START) + step.days * 86_400_000;
      const clock: ClockState = { mode: "frozen", at_ms: at };
      model.clock(clock);
      return await writer.runWithClock({ at }, () => {}, clock);
    }
    default:
      // The model knows whether it can be done; names in use, and unknown ones, have tests of their own.
      if (model.has(step.name) === (step.do === "snapshot")) return;
      model[step.do](step.name);
      await positions[step.do](step.name);
  }
}

async function viewOf(world: World): Promise<unknown> {
  const { chain, store, ids, clock, positions } = world;
  return {
    users: store.fold().users,
    balances: await Promise.all(PEOPLE.map((each) => chain.balanceOf(walletOf(world, each), "latest"))),
    supply: await chain.totalSupply("latest"),
    blocks: world.writer.committedBlock,
    drawn: ids.counter(),
    clock: clock.state(),
    names: positions
      .list()
      .map(({ name }) => name)
      .toSorted(),
  };
}
