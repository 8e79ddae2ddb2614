import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { FIXTURE } from "../../../emulator/engine/positions.ts";
import type { User } from "../../../emulator/model/user.ts";
import { type Figure, median } from "../figure.ts";
import { openWorld, timed } from "../world.ts";

const SIZES = [100, 10_000];
const TIMES = 20;
const FEW = 6;
const MANY = 1_000;
const AIMS = { snapshot_ms: 5, restore_few_ms: 20 };

export const snapshot: Figure = {
  title: "snapshot, restore and reset beside so many users; half of the changes are users, half are mints",
  rounds: 5,
  variants: SIZES.map((users) => `${users} users`),
  async measure(variant, scratch) {
    const world = await openWorld(mkdtempSync(join(scratch, "snapshot-")));
    const users = await world.populate(Number.parseInt(variant, 10));
    const change = async (count: number) => {
      for (let i = 0; i < count; i++) await (i % 2 === 0 ? world.createUser() : world.mint(users[i % users.length] as User));
    };
    const snapshot_ms: number[] = [];
    const restoreAfter = async (changes: number) => {
      const name = `after ${changes}, ${snapshot_ms.length}`;
      snapshot_ms.push(...(await timed(1, () => world.positions.snapshot(name))));
      await change(changes);
      return (await timed(1, () => world.positions.restore(name)))[0] as number;
    };
    const few: number[] = [];
    for (let i = 0; i < TIMES; i++) few.push(await restoreAfter(FEW));
    const many: number[] = [];
    for (let i = 0; i < TIMES / 4; i++) many.push(await restoreAfter(MANY));

    // Across: from one branch to its sibling, whose transactions are sent again.
    await world.positions.snapshot("fork");
    await change(FEW);
    await world.positions.snapshot("left");
    await world.positions.restore("fork");
    await change(FEW);
    await world.positions.snapshot("right");
    const across = await timed(TIMES, (index) => world.positions.restore(index % 2 === 0 ? "left" : "right"));
    // What `reset` does to the state: back to where the fixture ended, here an empty one. Done last, it takes away all the users.
    const [reset_ms = Number.NaN] = await timed(1, () => world.positions.restore(FIXTURE));
    return {
      snapshot_ms: median(snapshot_ms),
      restore_few_ms: median(few),
      restore_many_ms: median(many),
      restore_sibling_ms: median(across),
      reset_ms,
    };
  },
  judge: (medians) =>
    Object.entries(medians).flatMap(([variant, values]) =>
      Object.entries(AIMS).map(([name, aim]) => {
        const value = values[name] ?? Number.NaN;
        return `${name} at ${variant}: ${value.toFixed(1)} (aim: at most ${aim})${value <= aim ? "" : "  MISSED"}`;
      }),
    ),
};
