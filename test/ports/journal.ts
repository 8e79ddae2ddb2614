import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Line } from "../../emulator/lines.ts";
import type { Journal } from "../../emulator/ports/journal.ts";

export interface JournalUnderTest {
  readonly open: () => Journal;
  readonly close: () => void;
  /** False for a journal that remembers nothing: what it was told is not there to be read. */
  readonly keeps: boolean;
}

/** What every adapter of the journal port does (emulator/ports/journal.ts). */
export function shouldBehaveLikeJournal(name: string, create: () => JournalUnderTest): void {
  describe(`${name}: a log of lines`, () => {
    let under: JournalUnderTest;
    let journal: Journal;
    const kept = (...lines: string[]) => (under.keeps ? lines : []);

    beforeEach(() => {
      under = create();
      journal = under.open();
    });
    afterEach(() => {
      journal.close();
      under.close();
    });
    function reopened(): Journal {
      journal.close();
      journal = under.open();
      return journal;
    }

    it("is empty at first", async () => {
      expect(await contentOf(journal)).toEqual([]);
    });

    it("gives back what was appended, in order, also when opened again", async () => {
      journal.append("one");
      journal.append('{"two":"zwölf ✓"}');
      expect(await contentOf(journal)).toEqual(kept("one", '{"two":"zwölf ✓"}'));
      expect(await contentOf(reopened())).toEqual(kept("one", '{"two":"zwölf ✓"}'));
    });

    it("goes on behind what is there", async () => {
      journal.append("one");
      reopened().append("two");
      expect(await contentOf(journal)).toEqual(kept("one", "two"));
    });

    it("rewrite replaces everything; appending goes on behind it", async () => {
      journal.append("one");
      await journal.rewrite(["new one", "new two"]);
      journal.append("three");
      expect(await contentOf(reopened())).toEqual(kept("new one", "new two", "three"));
    });

    it("rewrite with nothing empties the log", async () => {
      journal.append("one");
      await journal.rewrite([]);
      expect(await contentOf(reopened())).toEqual([]);
    });

    it("is durable at once when nobody asked for more", async () => {
      journal.append("one");
      await expect(journal.durable()).resolves.toBeUndefined();
    });
  });
}

export async function linesIn(journal: Journal): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const line of journal.read()) lines.push(line);
  return lines;
}

export async function contentOf(journal: Journal): Promise<string[]> {
  return (await linesIn(journal)).map(({ text }) => text);
}
