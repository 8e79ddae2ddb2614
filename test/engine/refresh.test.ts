/** db.json while the sandbox runs: current when nothing happens for a while, and nothing that was made in this run is folded. */
import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSandbox } from "../../emulator/sandbox.ts";
import { api, newUser, rich } from "../support/client.ts";
import { stateOf, welcome } from "../support/engine-actions.ts";
import { openWorld, type World } from "../support/engine-world.ts";
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
async function killAndRestart(): Promise<void> {
  await world.kill();
  world = await openWorld({ folder });
}
const db = (dir = folder) => JSON.parse(readFileSync(join(dir, "db.json"), "utf8"));
/** Depths of the positions from here to the root. */
function depth(): number {
  let count = 0;
  for (let at = world.state.head; at.parent; at = at.parent) count += 1;
  return count;
}

describe("a refresh", () => {
  it("writes the records as they are, and what follows is not lost by a kill", async () => {
    await welcome(world, "ada", 5n);
    await world.refresh();
    expect(db().records.users).toHaveLength(1);
    await welcome(world, "ben", 7n);
    await world.refresh();
    expect(db().records.users).toHaveLength(2);
    await welcome(world, "eve", 9n);
    const before = await stateOf(world);
    await killAndRestart();
    expect(await stateOf(world)).toEqual(before);
    expect(db().records.users).toHaveLength(2);
    await world.refresh();
    expect(db().records.users).toHaveLength(3);
  });

  it("folds no position of this run, and a clean stop does", async () => {
    for (const name of ["ada", "ben", "eve"]) await welcome(world, name, 5n);
    const [before, seqs] = [depth(), world.state.head.seq];
    await world.refresh();
    await killAndRestart();
    expect([depth(), world.state.head.seq]).toEqual([before, seqs]);
    // Each leads back to the one before it, as it did when it was made.
    let counted = 0;
    for (let at = world.state.head; at.parent; at = at.parent) counted += Number((at.undo ?? []).length > 0);
    expect(counted).toBeGreaterThanOrEqual(3);
    await world.refresh();
    await killAndRestart();
    const journal = readFileSync(world.file, "utf8");
    expect(journal.split("\n").filter((line) => line.includes('"undo":[{')).length).toBeLessThan(before);
  });

  it("keeps names, and what they lead to, on both sides of it", async () => {
    await welcome(world, "ada", 5n);
    await world.positions.snapshot("a");
    await welcome(world, "ben", 7n);
    await world.refresh();
    const later = await stateOf(world);
    await world.positions.snapshot("b");
    await world.positions.restore("a");
    await welcome(world, "eve", 9n);
    await world.refresh();
    await killAndRestart();
    await world.positions.restore("b");
    expect(await stateOf(world)).toEqual(later);
    await world.positions.restore("a");
    expect(world.store.count("users")).toBe(1);
  });

  it("does nothing when nothing happened", async () => {
    await welcome(world, "ada", 5n);
    await world.refresh();
    const { generation } = world.state.header;
    await world.refresh();
    expect([world.state.header.generation, db().generation]).toEqual([generation, generation]);
  });

  it("is killed between any two of its steps: the state is the same, and the next one succeeds", async () => {
    await welcome(world, "ada", 5n);
    await world.refresh();
    await world.positions.snapshot("a");
    await welcome(world, "ben", 7n);
    const before = await stateOf(world);
    const copies: string[] = [];
    const copy = () => cpSync(folder, copies[copies.push(newFolder()) - 1] as string, { recursive: true });
    const watched = async (work: () => Promise<unknown>) => {
      copy();
      const result = await work();
      copy();
      return result as never;
    };
    const { store, journal } = world;
    const [stage, publish, rewrite] = [store.stage.bind(store), store.publish.bind(store), journal.rewrite.bind(journal)];
    Object.assign(store, { stage: (stamp: never) => watched(() => stage(stamp)), publish: () => watched(publish) });
    journal.rewrite = (lines) => watched(() => rewrite(lines));
    await world.refresh();
    expect(copies).toHaveLength(6);
    for (const each of copies) {
      const again = await openWorld({ folder: each });
      expect(await stateOf(again)).toEqual(before);
      await welcome(again, "eve", 9n);
      await again.refresh();
      expect(db(each).records.users).toHaveLength(3);
      await again.positions.restore("a");
      expect(again.store.count("users")).toBe(1);
      await again.kill();
    }
  });

  it("that the disk refuses changes nothing, and writes go on", async () => {
    await welcome(world, "ada", 5n);
    await world.refresh();
    await welcome(world, "ben", 7n);
    const { store } = world;
    const stage = store.stage.bind(store);
    store.stage = () => Promise.reject(Object.assign(new Error("full"), { code: "ENOSPC" }));
    await expect(world.refresh()).rejects.toThrow("full");
    store.stage = stage;
    await welcome(world, "eve", 9n);
    const before = await stateOf(world);
    await killAndRestart();
    expect(await stateOf(world)).toEqual(before);
  });

  it("whose db.json could not be put in place is not written over: it is the only one with its records", async () => {
    await welcome(world, "ada", 5n);
    const { store } = world;
    const publish = store.publish.bind(store);
    store.publish = () => Promise.reject(new Error("no"));
    await expect(world.refresh()).rejects.toThrow("no");
    await welcome(world, "ben", 7n);
    await expect(world.refresh()).rejects.toThrow("no");
    const before = await stateOf(world);
    await killAndRestart();
    expect(await stateOf(world)).toEqual(before);
    store.publish = publish;
  });
});

describe("a sandbox", () => {
  it("has a db.json once nothing has happened for a while, after a fixture and after each pause", async () => {
    const dataDir = newFolder();
    const sandbox = await createSandbox({ dataDir }, { idleMs: 100 });
    const client = api(sandbox.app, sandbox.apiKey);
    await expect.poll(() => existsSync(join(dataDir, "db.json"))).toBe(true);
    const user = await rich(client, "5");
    await expect.poll(() => db(dataDir).records.users?.[0]?.id).toBe(user.id);
    await sandbox.reset();
    await expect.poll(() => db(dataDir).records.users ?? []).toEqual([]);
    await newUser(client);
    await sandbox.doctor();
    await sandbox.close();
    await using again = await createSandbox({ dataDir });
    expect((await api(again.app, again.apiKey).get("/users").expect(200)).body.data.items).toHaveLength(1);
  });
});
