import type { Line } from "../lines.ts";
import { StorageDamaged } from "../ports/store.ts";
import { COMPACTED, decodeLine, encodeLine, FORMAT, type HeaderLine } from "./journal-line.ts";
import { isEndOfCompaction } from "./read-journal.ts";

/**
 * The lines before line `damaged`, as the texts of a journal. What compaction wrote may end early where only branches are lost: then the
 * line that ends it is added. Throws StorageDamaged, with line `damaged`, where a part of it is needed whole.
 */
export async function* readableLines(lines: AsyncIterable<Line>, file: string, damaged: number): AsyncGenerator<string> {
  let header: HeaderLine | null = null;
  let isOpen = false;
  let hasBase = false;
  let number = 0;
  for await (const { text } of lines) {
    number += 1;
    if (number >= damaged) break;
    const line = decodeLine(text);
    if (line.kind === "header") {
      header = line;
      isOpen = line.n !== undefined;
      // What is lost was acknowledged: the identifiers of its events must not be given to others.
      yield encodeLine({ ...line, restores: (line.restores ?? 0) + 1 });
      continue;
    } else if (isOpen) {
      hasBase ||= line.kind === "unit" && line.seq === header?.base_seq;
      isOpen = !isEndOfCompaction(line);
    }
    yield text;
  }
  if (!isOpen || !header) return;
  if (!hasBase)
    throw new StorageDamaged(file, damaged, "the chain's history, which cannot be rebuilt from a part of it, breaks off here", {
      isRepairable: false,
    });
  const end = { v: FORMAT, kind: "restore", seq: header.last_seq, at: 0, name: COMPACTED, position: header.base_seq, n: damaged } as const;
  yield encodeLine(end);
}
