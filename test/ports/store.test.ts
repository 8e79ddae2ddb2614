import { rm } from "node:fs/promises";
import { join } from "node:path";
import { LowdbStore } from "../../emulator/adapters/lowdb/store.ts";
import { MemoryStore } from "../../emulator/adapters/memory/store.ts";
import type { Store } from "../../emulator/ports/store.ts";
import { newFolder } from "../support/folder.ts";
import { shouldBehaveLikeStore } from "./store.ts";
import { shouldUndoLikeStore } from "./store-undo.ts";

const adapters: Record<string, () => Promise<{ store: Store; close(): Promise<void> }>> = {
  async memory() {
    return { store: new MemoryStore(), close: async () => {} };
  },
  async lowdb() {
    const folder = newFolder();
    const store = new LowdbStore(join(folder, "db.json"), (folded, places) => new MemoryStore(folded, places));
    return { store, close: () => rm(folder, { recursive: true }) };
  },
};

for (const [name, open] of Object.entries(adapters)) {
  shouldBehaveLikeStore(name, open);
  shouldUndoLikeStore(name, open);
}
