import fc from "fast-check";
import { decodeTime } from "ulid";
import { describe, expect, it } from "vitest";
import type { Ids } from "../../emulator/ports/ids.ts";

const AT = Date.parse("2026-03-01T12:00:00Z");
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** What every adapter of the ids port does (emulator/ports/ids.ts). `seeded`: given by `--seed`. */
export function shouldBehaveLikeIds(name: string, create: (seed: string, seeded: boolean) => Ids): void {
  const many = (ids: Ids, count: number) => Array.from({ length: count }, () => ids.next("usr", AT));

  describe(`${name}: identifiers`, () => {
    it("are a prefix and a ULID of the instant", () => {
      const id = create("seed", false).next("usr", AT);
      expect(id).toMatch(/^usr_[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
      expect(decodeTime(id.slice(4))).toBe(AT);
    });

    it("are unique and sort in creation order at one instant", () => {
      const ids = many(create("seed", false), 5000);
      expect(new Set(ids).size).toBe(5000);
      expect(ids.toSorted()).toEqual(ids);
    });

    it("sort in creation order also far into a sandbox's life", () => {
      const ids = create("seed", false);
      for (const count of [31, 32 ** 2 - 1, 32 ** 3 - 1, 32 ** 4 - 1, 32 ** 5 - 1]) {
        ids.set(count);
        const [a, b] = many(ids, 2) as [string, string];
        expect(a < b).toBe(true);
      }
    });

    it("later instants sort later, whatever the counter", () => {
      const ids = create("seed", false);
      ids.set(1_000_000);
      const early = ids.next("usr", AT);
      ids.set(0);
      expect(early < ids.next("usr", AT + 1)).toBe(true);
    });

    it("equal seeds give equal sequences, other seeds other ones", () => {
      expect(many(create("a", true), 20)).toEqual(many(create("a", true), 20));
      expect(many(create("a", true), 1)).not.toEqual(many(create("b", true), 1));
    });

    it("of another branch differ at the same place, sort as the others do, and move the counter by as much", () => {
      const drawn = [0, 1, 2].map((branch) => {
        const ids = create("seed", true);
        ids.set(7);
        return { id: ids.nextOf(branch, "evt", AT), counter: ids.counter(), next: ids.next("usr", AT) };
      });
      expect(new Set(drawn.map(({ id }) => id)).size).toBe(3);
      expect(new Set(drawn.map(({ counter, next }) => `${counter} ${next}`)).size).toBe(1);
      for (const { id } of drawn) {
        expect(id).toMatch(/^evt_[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
        expect(id.slice(0, 20)).toBe(drawn[0]?.id.slice(0, 20));
      }
    });

    it("of branch 0 are those of `next`; equal branches give equal sequences", () => {
      const drawn = (branch: number) => create("seed", false).nextOf(branch, "evt", AT);
      expect(drawn(0)).toBe(create("seed", false).next("evt", AT));
      expect(drawn(3)).toBe(drawn(3));
    });

    it("a restart at the counter goes on with the sequence instead of repeating it", () => {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 }), (before, after) => {
          const whole = create("seed", true);
          const sequence = [...many(whole, before), whole.secret(DIGITS, 30), ...many(whole, after)];
          const first = create("seed", true);
          many(first, before);
          const second = create("seed", true);
          second.set(first.counter());
          expect([second.secret(DIGITS, 30), ...many(second, after)]).toEqual(sequence.slice(before));
        }),
      );
    });
  });

  describe(`${name}: after a name`, () => {
    const some = (ids: Pick<Ids, "next" | "secret">) => [ids.next("usr", AT), ids.next("usr", AT), ids.secret(DIGITS, 7)];

    it("are ULIDs that follow from the name alone: seed, counter and instant are no matter", () => {
      const first = some(create("a", true).named("academy/ada"));
      expect(first[0]).toMatch(/^usr_[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
      const ids = create("b", false);
      ids.set(17);
      expect(some(ids.named("academy/ada"))).toEqual(first);
      expect(ids.named("academy/ada").next("usr", AT + 1)).toBe(first[0]);
      expect(ids.counter()).toBe(17);
    });

    it("of another branch differ, whatever the name", () => {
      const drawn = (branch: number) => create("a", true).named("academy/ada").nextOf(branch, "evt", AT);
      expect(new Set([0, 1, 2].map(drawn)).size).toBe(3);
      expect(drawn(0)).toBe(create("b", false).named("academy/ada").next("evt", AT));
    });

    it("differ by name, and under one name", () => {
      const ids = create("a", true);
      const all = [...some(ids.named("academy/ada")), ...some(ids.named("academy/ben"))];
      expect(new Set(all).size).toBe(all.length);
    });

    it("a further prefix moves no other", () => {
      const named = create("a", true).named("academy/ada");
      named.next("evt", AT);
      expect(named.next("usr", AT)).toBe(create("a", true).named("academy/ada").next("usr", AT));
    });
  });

  describe(`${name}: secrets`, () => {
    it("have the length and the alphabet asked for", () => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 100 }), fc.constantFrom("01", "abc", DIGITS), fc.boolean(), (length, alphabet, seeded) => {
          const secret = create("seed", seeded).secret(alphabet, length);
          expect(secret).toHaveLength(length);
          expect([...secret].every((char) => alphabet.includes(char))).toBe(true);
        }),
      );
    });

    it.each([
      ["from the seed", true],
      ["not from the seed", false],
    ])("are uniform over the alphabet (%s)", (_, seeded) => {
      const length = 62_000;
      const counts = new Map<string, number>();
      for (const char of create("fixed", seeded).secret(DIGITS, length)) counts.set(char, (counts.get(char) ?? 0) + 1);
      const expected = length / DIGITS.length;
      const chiSquare = [...DIGITS].reduce((sum, char) => sum + ((counts.get(char) ?? 0) - expected) ** 2 / expected, 0);
      // 61 degrees of freedom: above 140 once in ten million times; a plain `% 62` of a byte gives about 700.
      expect(chiSquare).toBeLessThan(140);
    });

    it("with --seed are reproducible, and move the counter that is journaled", () => {
      const ids = create("seed", true);
      const first = ids.secret(DIGITS, 30);
      expect(create("seed", true).secret(DIGITS, 30)).toBe(first);
      expect(ids.counter()).toBeGreaterThan(0);
      expect(ids.secret(DIGITS, 30)).not.toBe(first);
    });

    it("without --seed cannot be derived from what is on disk", () => {
      expect(create("seed", false).secret(DIGITS, 30)).not.toBe(create("seed", false).secret(DIGITS, 30));
    });
  });
}
