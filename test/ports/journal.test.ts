import { rmSync } from "node:fs";
import { join } from "node:path";
import { FileJournal } from "../../emulator/adapters/fs/journal.ts";
import { MemoryJournal } from "../../emulator/adapters/memory/journal.ts";
import { newFolder } from "../support/folder.ts";
import { shouldBehaveLikeJournal } from "./journal.ts";

shouldBehaveLikeJournal("memory", () => ({ open: () => new MemoryJournal(), close() {}, keeps: false }));

shouldBehaveLikeJournal("file", () => {
  const folder = newFolder();
  return {
    open: () => new FileJournal(join(folder, "journal.ndjson"), { fsync: false }),
    close: () => rmSync(folder, { recursive: true }),
    keeps: true,
  };
});
