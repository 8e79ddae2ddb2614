import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MemoryStore } from "../../emulator/adapters/memory/store.ts";
import type { Store } from "../../emulator/ports/store.ts";
import { answer, put, remove, submission, user } from "../support/records.ts";

/** Opens an empty store; `close` removes what it left. */
export type OpenStore = () => Promise<{ store: Store; close(): Promise<void> }>;

/** What every adapter of the store port does (emulator/ports/store.ts). */
export function shouldBehaveLikeStore(name: string, open: OpenStore): void {
  describe(`${name}: reading`, () => {
    let store: Store;
    let close: () => Promise<void>;

    beforeEach(async () => {
      ({ store, close } = await open());
    });
    afterEach(() => close());

    it("finds nothing where nothing is, and does not throw", () => {
      expect(store.get("users", "usr_1")).toBeUndefined();
      expect(store.by("users", "email", "ada@example.org")).toEqual([]);
      expect(store.newest("users", { limit: 5 })).toEqual([]);
      expect(store.newest("users", { limit: 5, before: "usr_1" })).toEqual([]);
      expect(store.count("users")).toBe(0);
      expect(store.nextDue(Number.POSITIVE_INFINITY)).toBeNull();
    });

    it("gets a record by id, as it was put", () => {
      const ada = user("usr_1");
      store.apply([put("users", ada)]);
      expect(store.get("users", "usr_1")).toEqual(ada);
      expect(store.get("events", "usr_1")).toBeUndefined();
    });

    it("a change is a new record with the same id", () => {
      store.apply([put("users", user("usr_1")), put("users", user("usr_1", { locale: "de" }))]);
      expect(store.count("users")).toBe(1);
      expect(store.get("users", "usr_1")?.locale).toBe("de");
    });

    it("removes, also what is not there", () => {
      store.apply([put("users", user("usr_1")), remove("users", "usr_1"), remove("users", "usr_2")]);
      expect(store.count("users")).toBe(0);
      expect(store.by("users", "email", "usr_1@example.org")).toEqual([]);
    });

    it("index: a record under each of its keys, oldest first", () => {
      store.apply([
        put("idempotency", answer("a", { subjects: ["usr_1", "usr_2"] })),
        put("idempotency", answer("b", { subjects: ["usr_2"] })),
      ]);
      expect(ids(store.by("idempotency", "subject", "usr_1"))).toEqual(["a"]);
      expect(ids(store.by("idempotency", "subject", "usr_2"))).toEqual(["a", "b"]);
    });

    it("index: a key named twice finds the record once", () => {
      store.apply([put("idempotency", answer("a", { subjects: ["usr_1", "usr_1"] }))]);
      expect(ids(store.by("idempotency", "subject", "usr_1"))).toEqual(["a"]);
    });

    it("index: an update moves the record from the old key to the new one", () => {
      store.apply([put("users", user("usr_1", { email: "old@example.org" }))]);
      store.apply([put("users", user("usr_1", { email: "new@example.org" }))]);
      expect(store.by("users", "email", "old@example.org")).toEqual([]);
      expect(ids(store.by("users", "email", "new@example.org"))).toEqual(["usr_1"]);
    });

    it("index: null is no key", () => {
      store.apply([put("users", user("usr_1", { email: null }))]);
      expect(store.by("users", "email", "null")).toEqual([]);
    });

    it("index order is insertion order, whichever way a record came under its key", () => {
      const under = (id: string, external_id: string) => put("users", user(id, { external_id }));
      store.apply([under("usr_1", "x"), under("usr_2", "x"), under("usr_3", "x")]);
      store.apply([under("usr_1", "elsewhere")]);
      store.apply([under("usr_1", "x")]);
      expect(ids(store.by("users", "external_id", "x"))).toEqual(["usr_1", "usr_2", "usr_3"]);
    });

    it("newest first by insertion, never by id", () => {
      store.apply([put("users", user("usr_9")), put("users", user("usr_1")), put("users", user("usr_5"))]);
      store.apply([put("users", user("usr_9", { locale: "de" }))]);
      expect(ids(store.newest("users", { limit: 10 }))).toEqual(["usr_5", "usr_1", "usr_9"]);
    });

    it("newest: limit, before, where and index together", () => {
      const odd = ["usr_1", "usr_3", "usr_5", "usr_7"];
      for (let i = 1; i <= 8; i++) store.apply([put("users", user(`usr_${i}`, { external_id: i % 2 ? "odd" : "even" }))]);
      const index = { name: "external_id", key: "odd" };
      expect(ids(store.newest("users", { limit: 2 }))).toEqual(["usr_8", "usr_7"]);
      expect(ids(store.newest("users", { limit: 2, before: "usr_7" }))).toEqual(["usr_6", "usr_5"]);
      expect(ids(store.newest("users", { limit: 9, index }))).toEqual(odd.toReversed());
      expect(ids(store.newest("users", { limit: 2, index, before: "usr_6" }))).toEqual(["usr_5", "usr_3"]);
      expect(ids(store.newest("users", { limit: 2, where: ({ id }) => id < "usr_4" }))).toEqual(["usr_3", "usr_2"]);
      expect(ids(store.newest("users", { limit: 1, index, where: ({ id }) => id < "usr_5" }))).toEqual(["usr_3"]);
    });

    it("pages partition the set while records are inserted", () => {
      for (let i = 1; i <= 5; i++) store.apply([put("users", user(`usr_${i}`))]);
      const first = ids(store.newest("users", { limit: 2 }));
      store.apply([put("users", user("usr_6"))]);
      const rest = ids(store.newest("users", { limit: 9, before: first.at(-1) as string }));
      expect([...first, ...rest]).toEqual(["usr_5", "usr_4", "usr_3", "usr_2", "usr_1"]);
    });

    it("next due: the earliest at or before an instant; what changed or went is not due any more", () => {
      store.apply([put("submissions", submission("late", 300)), put("submissions", submission("early", 100))]);
      store.apply([put("idempotency", answer("middle", { expires_at: 200 })), put("submissions", submission("never", null))]);
      expect(store.nextDue(99)).toBeNull();
      expect(store.nextDue(100)).toEqual({ table: "submissions", id: "early", at: 100 });
      store.apply([put("submissions", submission("early", 250))]);
      expect(store.nextDue(1000)).toEqual({ table: "idempotency", id: "middle", at: 200 });
      store.apply([remove("idempotency", "middle")]);
      expect(store.nextDue(1000)).toEqual({ table: "submissions", id: "early", at: 250 });
    });

    it("next due: passes over what is excepted, and finds it again without", () => {
      for (const [id, at] of [
        ["a", 100],
        ["b", 200],
        ["c", 300],
      ] as const)
        store.apply([put("submissions", submission(id, at))]);
      expect(store.nextDue(1000, ({ id }) => id !== "c")?.id).toBe("c");
      expect(store.nextDue(250, ({ id }) => id !== "c")).toBeNull();
      expect(drain(store)).toEqual(["a", "b", "c"]);
    });

    it("next due: equal instants in the same order whichever was put first", async () => {
      const changes = ["a", "b", "c", "d", "e"].map((id) => put("submissions", submission(id, 100)));
      const other = await open();
      store.apply(changes);
      other.store.apply(changes.toReversed());
      expect(drain(store)).toEqual(drain(other.store));
      await other.close();
    });

    it("replace: the records and due work of another store, at once; what it returns takes them back", () => {
      store.apply([put("users", user("usr_1")), put("submissions", submission("old", 100))]);
      const other = new MemoryStore();
      other.apply([put("users", user("usr_2")), put("submissions", submission("new", 50))]);
      const former = store.replace(other);
      expect(ids(store.fold().users ?? [])).toEqual(["usr_2"]);
      expect(store.by("users", "email", "usr_1@example.org")).toEqual([]);
      expect(store.nextDue(1000)).toEqual({ table: "submissions", id: "new", at: 50 });
      store.apply([put("users", user("usr_3"))]);
      store.replace(former);
      expect(ids(store.fold().users ?? [])).toEqual(["usr_1"]);
      expect(store.nextDue(1000)).toEqual({ table: "submissions", id: "old", at: 100 });
    });

    it("fold: every record in insertion order, untouched by later changes", () => {
      store.apply([put("users", user("usr_2")), put("users", user("usr_1"))]);
      const fold = store.fold();
      store.apply([put("users", user("usr_3")), remove("users", "usr_2")]);
      expect(ids(fold.users ?? [])).toEqual(["usr_2", "usr_1"]);
    });
  });
}

function drain(store: Store): string[] {
  const order: string[] = [];
  for (let due = store.nextDue(1000); due; due = store.nextDue(1000)) {
    order.push(due.id);
    store.apply([remove(due.table, due.id)]);
  }
  return order;
}

function ids(records: readonly { id: string }[]): string[] {
  return records.map(({ id }) => id);
}
