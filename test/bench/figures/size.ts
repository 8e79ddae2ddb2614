import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { Low } from "lowdb";
import { JSONFile } from "lowdb/node";
import type { User } from "../../../emulator/model/user.ts";
import { type Figure, median, quantile, type Values } from "../figure.ts";
import { openWorld, timed } from "../world.ts";

const SIZES = [1_000, 10_000, 100_000];
const WARM_UP = 300;
const WRITES = 1_000;
/** A stock write takes a quarter of a second at the largest size. */
const STOCK_WRITES = 20;
const AIM = 1.2;

export const size: Figure = {
  title: "one write beside so many users: the engine, and lowdb as it comes",
  rounds: 3,
  variants: SIZES.flatMap((users) => [`engine ${users}`, `lowdb ${users}`]),
  measure(variant, scratch) {
    const [what, users] = variant.split(" ");
    const dir = mkdtempSync(join(scratch, "size-"));
    return what === "engine" ? engine(dir, Number(users)) : stock(dir, Number(users));
  },
  judge(medians) {
    const [small, large] = [medians[`engine ${SIZES[0]}`] ?? {}, medians[`engine ${SIZES.at(-1)}`] ?? {}];
    return ["create_us", "patch_us", "mint_us"].map((name) => {
      const ratio = (large[name] ?? Number.NaN) / (small[name] ?? Number.NaN);
      return `${name} at ${SIZES.at(-1)} users: ${ratio.toFixed(2)} × at ${SIZES[0]} (aim: at most ${AIM})${ratio <= AIM ? "" : "  MISSED"}`;
    });
  },
};

async function engine(dir: string, count: number): Promise<Values> {
  const world = await openWorld(dir);
  const users = await world.populate(count);
  const some = (index: number) => users[(index * 7919) % users.length] as User;
  const writes = {
    create: () => world.createUser(),
    patch: (index: number) => world.patch(some(index), `Patched ${index} ${performance.now()}`),
    mint: (index: number) => world.mint(some(index)),
  };
  const values: Record<string, number> = {};
  for (const [name, write] of Object.entries(writes)) {
    await timed(WARM_UP, write);
    const took = await timed(WRITES, write);
    values[`${name}_us`] = 1000 * median(took);
    values[`${name}_p95_us`] = 1000 * quantile(took, 0.95);
  }
  return values;
}

/** `db.data.users.push(user); await db.write()`, as the manual of lowdb says. */
async function stock(dir: string, count: number): Promise<Values> {
  const users = await (await openWorld(join(dir, "source"))).populate(100);
  const db = new Low<{ users: User[] }>(new JSONFile(join(dir, "db.json")), { users: [] });
  const another = () => ({ ...(users[db.data.users.length % users.length] as User), id: `usr_${db.data.users.length}` });
  while (db.data.users.length < count) db.data.users.push(another());
  const write = async () => {
    db.data.users.push(another());
    await db.write();
  };
  await timed(3, write);
  return { create_us: 1000 * median(await timed(STOCK_WRITES, write)) };
}
