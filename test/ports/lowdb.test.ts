import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LowdbStore } from "../../emulator/adapters/lowdb/store.ts";
import { MemoryStore } from "../../emulator/adapters/memory/store.ts";
import { StorageDamaged } from "../../emulator/ports/store.ts";
import { runs } from "../support/depth.ts";
import { newFolder } from "../support/folder.ts";
import { put, remove, user } from "../support/records.ts";
import { someChanges } from "../support/some-changes.ts";
import { viewOf } from "./store-undo.ts";

let folder: string;
let file: string;
const openStore = () => new LowdbStore(file, (folded, places) => new MemoryStore(folded, places));

beforeEach(() => {
  folder = newFolder();
  file = join(folder, "db.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

async function keep(generation: number, seq: number, ...ids: string[]): Promise<void> {
  const store = openStore();
  store.apply(ids.map((id) => put("users", user(id))));
  await store.stage({ generation, seq });
  await store.publish();
}

describe("keeping the fold in db.json", () => {
  it("stage and publish, then load: the same records and the same stamp", async () => {
    await keep(2, 17, "usr_2", "usr_1");
    const store = openStore();
    expect(await store.load(2)).toEqual({ generation: 2, seq: 17 });
    expect(store.newest("users", { limit: 9 }).map(({ id }) => id)).toEqual(["usr_1", "usr_2"]);
  });

  it("nothing to load in an empty folder", async () => {
    expect(await openStore().load(1)).toBeNull();
  });

  it("is readable: format, stamp, and records by table", async () => {
    await keep(2, 17, "usr_1");
    const { format, generation, seq, records } = JSON.parse(readFileSync(file, "utf8"));
    expect({ format, generation, seq }).toEqual({ format: 2, generation: 2, seq: 17 });
    expect(records.users[0].email).toBe("usr_1@example.org");
  });

  it("a staged fold is not seen before it is published", async () => {
    await keep(2, 17, "usr_1");
    const store = openStore();
    await store.load(2);
    store.apply([put("users", user("usr_2"))]);
    await store.stage({ generation: 3, seq: 20 });
    const other = openStore();
    await other.load(2);
    expect(other.count("users")).toBe(1);
  });

  it("a place that a removed record had is not given to a new one", async () => {
    const store = openStore();
    store.apply([put("users", user("usr_1")), put("users", user("usr_2")), remove("users", "usr_2")]);
    await store.stage({ generation: 2, seq: 1 });
    await store.publish();
    const loaded = openStore();
    await loaded.load(2);
    for (const each of [store, loaded]) each.apply([put("users", user("usr_3"))]);
    expect(loaded.places()).toEqual(store.places());
  });

  it("records that are undone after a load come back where they stood", async () => {
    await fc.assert(
      fc.asyncProperty(someChanges, someChanges, async (first, second) => {
        const store = openStore();
        store.apply(first);
        const before = viewOf(store);
        const undo = store.apply(second);
        await store.stage({ generation: 2, seq: 1 });
        await store.publish();
        const loaded = openStore();
        await loaded.load(2);
        expect(loaded.places()).toEqual(store.places());
        loaded.apply(undo);
        expect(viewOf(loaded)).toEqual(before);
      }),
      { numRuns: runs(60) },
    );
  });
});

describe("a crash between the journal's rename and publish", () => {
  it("load publishes the staged fold of the journal's generation", async () => {
    await keep(2, 17, "usr_1");
    const store = openStore();
    store.apply([put("users", user("usr_9"))]);
    await store.stage({ generation: 3, seq: 20 });
    const restarted = openStore();
    expect(await restarted.load(3)).toEqual({ generation: 3, seq: 20 });
    expect(restarted.get("users", "usr_9")).toBeDefined();
    expect(existsSync(`${file}.next`)).toBe(false);
    expect((await openStore().load(3))?.seq).toBe(20);
  });

  it("a crash before the journal's rename leaves the former generation in force", async () => {
    await keep(2, 17, "usr_1");
    const store = openStore();
    await store.load(2);
    store.apply([remove("users", "usr_1")]);
    await store.stage({ generation: 3, seq: 20 });
    const restarted = openStore();
    expect(await restarted.load(2)).toEqual({ generation: 2, seq: 17 });
    expect(restarted.get("users", "usr_1")).toBeDefined();
  });

  it("a first fold that was never published is not loaded for the journal without one", async () => {
    await openStore().stage({ generation: 2, seq: 5 });
    expect(await openStore().load(1)).toBeNull();
  });
});

describe("a db.json that must not be loaded", () => {
  it.each([
    ["cut off", '{"format":2,"generation":2,"seq":1,"rec'],
    ["empty", ""],
    ["no database", "[]"],
    ["a number", "7"],
    ["without records", '{"format":2,"generation":2,"seq":1}'],
    ["with records that are null", '{"format":2,"generation":2,"seq":1,"records":null}'],
    ["of another format", '{"format":3,"generation":2,"seq":1,"records":{}}'],
    ["with a table that this release does not know", '{"format":2,"generation":2,"seq":1,"records":{"planets":[]}}'],
  ])("%s: StorageDamaged naming the file, and the file stays", async (_, content) => {
    writeFileSync(file, content);
    const failure = await openStore()
      .load(2)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StorageDamaged);
    expect(failure).toMatchObject({ file, line: null });
    expect(readFileSync(file, "utf8")).toBe(content);
  });

  it.each([1, 3])("of generation 2 for a journal of generation %i", async (generation) => {
    await keep(2, 17, "usr_1");
    await expect(openStore().load(generation)).rejects.toThrow(StorageDamaged);
  });
});
