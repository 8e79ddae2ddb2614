import { hash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LowdbStore } from "../../emulator/adapters/lowdb/store.ts";
import { MemoryStore } from "../../emulator/adapters/memory/store.ts";
import { type KeptFold, StorageDamaged } from "../../emulator/ports/store.ts";
import { runs } from "../support/depth.ts";
import { newFolder } from "../support/folder.ts";
import { put, remove, user } from "../support/records.ts";
import { someChanges } from "../support/some-changes.ts";
import { viewOf } from "./store-undo.ts";

let folder: string;
let file: string;
let next: string;
const openStore = (piece?: number) => new LowdbStore(file, (folded, places) => new MemoryStore(folded, places), piece);

beforeEach(() => {
  folder = newFolder();
  file = join(folder, "db.json");
  next = `${file}.next`;
});
afterEach(() => rmSync(folder, { recursive: true }));

async function keep(generation: number, seq: number, ...ids: string[]): Promise<KeptFold> {
  const store = openStore();
  store.apply(ids.map((id) => put("users", user(id))));
  const fold = await staged(store, generation, seq);
  await store.publish();
  return fold;
}
async function staged(store: LowdbStore, generation: number, seq: number): Promise<KeptFold> {
  return { generation, seq, digest: await store.stage({ generation, seq }) };
}

describe("keeping the fold in db.json", () => {
  it("stage and publish, then load: the same records", async () => {
    const fold = await keep(2, 17, "usr_2", "usr_1");
    const store = openStore();
    await store.load(fold);
    expect(store.newest("users", { limit: 9 }).map(({ id }) => id)).toEqual(["usr_1", "usr_2"]);
  });

  it("nothing to load in an empty folder", async () => {
    await expect(openStore().load(null)).resolves.toBeUndefined();
  });

  it("is readable: format, stamp, and records by table, one a line; the digest is the file's", async () => {
    const { digest } = await keep(2, 17, "usr_1", "usr_2");
    const text = readFileSync(file, "utf8");
    const { format, generation, seq, records } = JSON.parse(text);
    expect({ format, generation, seq }).toEqual({ format: 2, generation: 2, seq: 17 });
    expect(records.users[0].email).toBe("usr_1@example.org");
    expect(text.split("\n").filter((line) => line.includes("@example.org"))).toHaveLength(2);
    expect(hash("sha256", text)).toBe(digest);
  });

  it("is for its owner's eyes", async () => {
    await keep(2, 17, "usr_1");
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it.each([1, 7, 100])("written and read %i bytes at a time: the same file, the same records", async (piece) => {
    const fold = await keep(2, 17, "usr_1", "usr_2");
    const whole = readFileSync(file);
    const store = openStore(piece);
    await store.load(fold);
    expect(await staged(store, 2, 17)).toEqual(fold);
    await store.publish();
    expect(readFileSync(file)).toEqual(whole);
  });

  it("a staged fold is not seen before it is published", async () => {
    const fold = await keep(2, 17, "usr_1");
    const store = openStore();
    await store.load(fold);
    store.apply([put("users", user("usr_2"))]);
    await store.stage({ generation: 3, seq: 20 });
    const other = openStore();
    await other.load(fold);
    expect(other.count("users")).toBe(1);
  });

  it("a place that a removed record had is not given to a new one", async () => {
    const store = openStore();
    store.apply([put("users", user("usr_1")), put("users", user("usr_2")), remove("users", "usr_2")]);
    const fold = await staged(store, 2, 1);
    await store.publish();
    const loaded = openStore();
    await loaded.load(fold);
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
        const fold = await staged(store, 2, 1);
        await store.publish();
        const loaded = openStore();
        await loaded.load(fold);
        expect(loaded.places()).toEqual(store.places());
        loaded.apply(undo);
        expect(viewOf(loaded)).toEqual(before);
      }),
      { numRuns: runs(60) },
    );
  });
});

describe("a crash between the journal's rename and publish", () => {
  it("load publishes the staged fold that the journal names", async () => {
    await keep(2, 17, "usr_1");
    const store = openStore();
    store.apply([put("users", user("usr_9"))]);
    const fold = await staged(store, 3, 20);
    const restarted = openStore();
    await restarted.load(fold);
    expect(restarted.get("users", "usr_9")).toBeDefined();
    expect(existsSync(next)).toBe(false);
    await openStore().load(fold);
  });

  it("a crash before the journal's rename leaves the former one in force, and what was staged goes", async () => {
    const fold = await keep(2, 17, "usr_1");
    const store = openStore();
    await store.load(fold);
    store.apply([remove("users", "usr_1")]);
    await store.stage({ generation: 3, seq: 20 });
    const restarted = openStore();
    await restarted.load(fold);
    expect(restarted.get("users", "usr_1")).toBeDefined();
    expect(existsSync(next)).toBe(false);
  });

  it("a first fold that was never published is not loaded for the journal without one", async () => {
    await openStore().stage({ generation: 2, seq: 5 });
    const restarted = openStore();
    await restarted.load(null);
    expect(restarted.count("users")).toBe(0);
    expect(existsSync(next)).toBe(false);
  });
});

describe("a db.json that must not be loaded", () => {
  const refusal = async (fold: KeptFold | null) => {
    const failure = await openStore()
      .load(fold)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StorageDamaged);
    expect(failure).toMatchObject({ file, line: null, isRepairable: false });
    return (failure as Error).message;
  };

  it.each([
    ["cut off", '{"format":2,"generation":2,"seq":1,"rec', /cannot be read/],
    ["empty", "", /cannot be read/],
    ["no database", "[]", /generation undefined/],
    ["a number", "7", /generation undefined/],
    ["nothing", "null", /generation undefined/],
    ["without records", '{"format":2,"generation":2,"seq":1}', /was changed/],
    ["with records that are null", '{"format":2,"generation":2,"seq":1,"records":null}', /was changed/],
  ])("%s: StorageDamaged naming the file, and the file stays", async (_, content, reason) => {
    const fold = await keep(2, 1, "usr_1");
    writeFileSync(file, content);
    expect(await refusal(fold)).toMatch(reason);
    expect(readFileSync(file, "utf8")).toBe(content);
  });

  it.each([
    ["of a newer format", '{"format":3,"generation":2,"seq":1,"records":{}}', /format 3/],
    ["with a table that this release does not know", '{"format":2,"generation":2,"seq":1,"records":{"planets":[]}}', /planets/],
  ])("%s", async (_, content, reason) => {
    writeFileSync(file, content);
    expect(await refusal({ generation: 2, seq: 1, digest: hash("sha256", content) })).toMatch(reason);
  });

  it("with one byte that is another one: refused", async () => {
    const fold = await keep(2, 17, "usr_1", "usr_2");
    const whole = readFileSync(file);
    for (let at = 0; at < whole.length; at += 7) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] as number) ^ 1;
      writeFileSync(file, bytes);
      await refusal(fold);
    }
  });

  it.each([1, 3])("of generation 2 for a journal of generation %i", async (generation) => {
    const { seq, digest } = await keep(2, 17, "usr_1");
    expect(await refusal({ generation, seq, digest })).toMatch(/digest|generation 2/);
  });

  it("that is missing, and one where the journal has none", async () => {
    const fold = await keep(2, 17, "usr_1");
    expect(await refusal(null)).toMatch(/another journal/);
    rmSync(file);
    expect(await refusal(fold)).toMatch(/is missing/);
  });
});

it("a db.json that cannot be written is not left behind", async () => {
  const store = openStore();
  store.apply([put("users", { ...user("usr_1"), metadata: { huge: 1n } } as never)]);
  await expect(store.stage({ generation: 2, seq: 1 })).rejects.toThrow(/BigInt/);
  expect(readdirSync(folder)).toEqual([]);
});
