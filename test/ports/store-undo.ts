import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TABLES, type TableName } from "../../emulator/model/tables.ts";
import type { Store } from "../../emulator/ports/store.ts";
import { runs } from "../support/depth.ts";
import { put, remove, user } from "../support/records.ts";
import { someChanges } from "../support/some-changes.ts";
import type { OpenStore } from "./store.ts";

/** All that can be read of a store: rows, every index key, due work. */
export function viewOf(store: Store): unknown {
  const by = (table: TableName, keys: readonly string[]) =>
    Object.keys(TABLES[table].indexes ?? {}).map((index) => keys.map((key) => store.by(table, index, key).map(({ id }) => id)));
  return {
    fold: store.fold(),
    newest: store.newest("users", { limit: 99 }).map(({ id }) => id),
    users: by("users", ["a", "b", "x", "y", "wallet of u1", "wallet of u2"]),
    idempotency: by("idempotency", ["u1", "u2"]),
    counts: [store.count("users"), store.count("idempotency"), store.count("submissions")],
    due: [1, 2, 3, 4].map((until) => store.nextDue(until)),
  };
}

/** The inverse that `apply` returns takes everything back, rows, order and indexes alike. */
export function shouldUndoLikeStore(name: string, open: OpenStore): void {
  describe(`${name}: undoing`, () => {
    it("the inverse of any changes restores the view, and the inverse of that does them again", async () => {
      await fc.assert(
        fc.asyncProperty(someChanges, fc.array(someChanges, { maxLength: 4 }), async (first, steps) => {
          const { store, close } = await open();
          store.apply(first);
          const before = viewOf(store);
          const undos = steps.map((changes) => store.apply(changes));
          const after = viewOf(store);
          const redos = undos.toReversed().map((undo) => store.apply(undo));
          expect(viewOf(store)).toEqual(before);
          for (const redo of redos.toReversed()) store.apply(redo);
          expect(viewOf(store)).toEqual(after);
          await close();
        }),
        { numRuns: runs(200) },
      );
    });

    it("a record that was removed comes back where it stood", async () => {
      const { store, close } = await open();
      store.apply(["u1", "u2", "u3"].map((id) => put("users", user(id))));
      const undo = store.apply([remove("users", "u2")]);
      store.apply(undo);
      expect(store.newest("users", { limit: 9 }).map(({ id }) => id)).toEqual(["u3", "u2", "u1"]);
      await close();
    });
  });
}
