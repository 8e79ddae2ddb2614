import { SeededIds } from "./adapters/memory/ids.ts";
import { MemoryJournal } from "./adapters/memory/journal.ts";
import { MemoryStore } from "./adapters/memory/store.ts";
import { SandboxClock, SYSTEM_TIME } from "./adapters/time/clock.ts";
import { examine } from "./control/doctor/examine.ts";
import type { NewWorld } from "./control/fixtures/transfer.ts";
import { type Engine, openEngine } from "./engine/engine.ts";
import type { HeaderLine } from "./engine/journal-line.ts";
import { FIXTURE } from "./engine/positions.ts";
import type { Chain, ChainRules } from "./ports/chain.ts";

interface Running<C extends Chain> {
  /** A new chain as a header says. */
  readonly chainOf: (header: HeaderLine) => Promise<C>;
  readonly newRules: () => ChainRules;
  readonly header: HeaderLine;
  readonly engine: Engine;
  /** The chain that everybody uses. */
  readonly served: { chain: C };
}

/** Begins a world in memory beside the running one, for an import: by the rules of the folder, with a chain of its own. */
export function worldsBeside<C extends Chain>({ chainOf, newRules, header, engine, served }: Running<C>) {
  return async function begin(start: number, count: number): Promise<NewWorld> {
    // Its contracts are deployed now, whichever the chain that it replaces has.
    const rules = { ...header.rules, contracts: newRules().contracts };
    const begun = { ...header, rules, start: new Date(start).toISOString() };
    const chain = await chainOf(begun);
    const made = { store: new MemoryStore(), chain, journal: new MemoryJournal(), clock: new SandboxClock(SYSTEM_TIME) };
    const ids = new SeededIds(header.seed, header.seeded);
    ids.set(count);
    const other = await openEngine({ ...made, ids }, begun, null, "import", { mining: "auto", settle: async () => {} });
    const takeChain = () => {
      const before = served.chain;
      served.chain = chain;
      return () => void (served.chain = before);
    };
    return {
      world: other.writer,
      async problems() {
        const findings = await examine({ world: other.writer, ...made, lines: () => made.journal.read() });
        return findings.flatMap(({ problems }) => problems);
      },
      async replace() {
        await other.positions.snapshot(FIXTURE);
        const before = served.chain;
        await engine.adopt({ store: made.store, state: other.state, takeChain });
        await before.close();
      },
      discard: () => chain.close(),
    };
  };
}
