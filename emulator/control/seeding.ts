import { instantText } from "../model/instant.ts";
import { TABLE_NAMES } from "../model/tables.ts";
import type { Clock, ClockState } from "../ports/clock.ts";
import type { Reader } from "../ports/store.ts";
import type { Chronicle, UnitOfWork } from "../ports/unit-of-work.ts";
import { type Applying, applyFixture, type StepProgress } from "./fixtures/apply.ts";
import { type Fixture, historyOf, relativeHistoryOf, type StepBook } from "./fixtures/fixture.ts";
import { type Amounts, generate } from "./fixtures/generate.ts";
import type { FixtureLibrary, FixtureSource } from "./fixtures/library.ts";
import type { FixtureParser } from "./fixtures/parse-aside.ts";
import { FixtureError } from "./fixtures/problems.ts";
import { readFixture, refuseWrongMembers } from "./fixtures/read.ts";

/** What to bring in: a fixture by name or path, one as text, or generated data. */
export type SeedInput = string | { readonly yaml: string; readonly file?: string } | { readonly generate: Amounts };

/** What seeding made: how many records, by table. */
export interface Seeded {
  readonly made: Readonly<Record<string, number>>;
  /** How far the clock went on, since the fixture has a history (ms). */
  readonly clock_advanced_ms: number;
}

interface SeedingParts {
  readonly world: UnitOfWork;
  readonly clock: Clock;
  readonly library: FixtureLibrary;
  readonly book: StepBook;
  readonly parser: FixtureParser;
  readonly doDue: Applying["doDue"];
  /** What generated data follows from. */
  readonly seed: string;
}

/** The fixture of a new sandbox, whose history leads up to `end`; the chain begins at `from`. */
export interface FirstFixture {
  /** What the sandbox remembers it as. */
  readonly id: string;
  readonly fixture: Fixture;
  readonly from: number;
  readonly end: number;
}

/** Throws FixtureError. */
export async function firstFixture(source: FixtureSource, book: StepBook, end: number, parser: FixtureParser): Promise<FirstFixture> {
  const fixture = await readFixture(source, book.operations, parser);
  await refuseWrongMembers(fixture, book);
  const from = end - historyOf(fixture, end);
  if (from < 0) {
    const place = fixture.steps[0]?.placeOf([]) ?? { line: 1, column: 1 };
    const message = "its history begins before 1970, and no block can; choose later times.";
    throw new FixtureError(fixture.file, [{ ...place, rule: "WRONG_TIME", message }]);
  }
  return { id: source.id, fixture, from, end };
}

/** Brings fixtures and generated data into the sandbox. */
export class Seeding {
  readonly #parts: SeedingParts;

  constructor(parts: SeedingParts) {
    this.#parts = parts;
  }

  /** The state of a new sandbox. Throws FixtureError. */
  async begin({ fixture, from, end }: FirstFixture, progress?: StepProgress): Promise<void> {
    if (fixture.steps.length === 0) return;
    const { clock } = this.#parts;
    await this.#chronicle(fixture, from, end, clock.state().mode === "frozen" ? { mode: "frozen", at_ms: end } : null, progress);
  }

  /** The names of the fixtures that are shipped. */
  names(): string[] {
    return this.#parts.library.names();
  }

  /** Throws UnknownFixture, FixtureError; INVALID_REQUEST for generated data that cannot be. */
  async seed(input: SeedInput, progress?: StepProgress): Promise<Seeded> {
    if (typeof input !== "string" && "generate" in input) return await this.#generate(input.generate, progress);
    const source =
      typeof input === "string"
        ? this.#parts.library.open(input)
        : { file: input.file ?? "fixture.yaml", text: input.yaml, shipped: false };
    return await this.#apply(source, progress);
  }

  /**
   * Applies a fixture to the sandbox as it is, whole or not at all. Time only goes forward: a fixture with a history begins now, and
   * the clock goes on by as much as that takes.
   */
  async #apply(source: Omit<FixtureSource, "id">, progress?: StepProgress): Promise<Seeded> {
    const { book, clock, parser } = this.#parts;
    const fixture = await readFixture(source, book.operations, parser);
    await refuseWrongMembers(fixture, book);
    const skipped = relativeHistoryOf(fixture);
    const now = clock.now();
    instantText(now + skipped);
    const seeded = await this.#chronicle(fixture, now, now + skipped, skipped === 0 ? null : advanced(clock.state(), skipped), progress);
    clock.skip(skipped);
    return { ...seeded, clock_advanced_ms: skipped };
  }

  /** More of the same each time. */
  async #generate(amounts: Amounts, progress?: StepProgress): Promise<Seeded> {
    const { world, clock, book, seed } = this.#parts;
    const before = counts(world.records);
    await generate(amounts, {
      book,
      seed,
      records: world.records,
      progress,
      run: (work) => world.chronicle({ from: clock.now(), clock: null }, work),
    });
    return { made: difference(before, counts(world.records)), clock_advanced_ms: 0 };
  }

  async #chronicle(fixture: Fixture, from: number, end: number, clock: ClockState | null, progress?: StepProgress) {
    const { world, book, doDue } = this.#parts;
    return await world.chronicle({ from, clock }, async (unit: Chronicle) => {
      const before = counts(unit);
      await applyFixture(unit, fixture, { book, doDue, end, progress });
      return { made: difference(before, counts(unit)) };
    });
  }
}

function advanced(state: ClockState, by: number): ClockState {
  return state.mode === "frozen" ? { mode: "frozen", at_ms: state.at_ms + by } : { mode: "running", offset_ms: state.offset_ms + by };
}

type Counts = Readonly<Record<string, number>>;

function counts(records: Reader): Counts {
  return Object.fromEntries(TABLE_NAMES.map((table) => [table, records.count(table)]));
}

function difference(before: Counts, after: Counts): Counts {
  const grown = Object.entries(after).map(([table, count]) => [table, count - (before[table] ?? 0)] as const);
  return Object.fromEntries(grown.filter(([table, count]) => count > 0 && !HIDDEN.has(table)));
}

/** What nobody asks for by itself. */
const HIDDEN = new Set(["idempotency", "submissions", "issuer_keys"]);

/** `8 users, 5 badges and 14 awards` */
export function sayMade({ made }: Seeded): string {
  const shown = Object.entries(made).filter(([table]) => table !== "events" && table !== "progress");
  const parts = shown.map(([table, count]) => `${count} ${count === 1 ? table.slice(0, -1) : table}`);
  return parts.length < 2 ? (parts[0] ?? "nothing") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}
