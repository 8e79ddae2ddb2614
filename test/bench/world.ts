import { HardhatChain } from "../../emulator/adapters/hardhat/chain.ts";
import { newRules } from "../../emulator/adapters/hardhat/rules.ts";
import { LowdbStore } from "../../emulator/adapters/lowdb/store.ts";
import { SeededIds } from "../../emulator/adapters/memory/ids.ts";
import { MemoryStore } from "../../emulator/adapters/memory/store.ts";
import { SandboxClock } from "../../emulator/adapters/time/clock.ts";
import { openDataFolder } from "../../emulator/data-folder.ts";
import { openEngine } from "../../emulator/engine/engine.ts";
import { FORMAT, type HeaderLine } from "../../emulator/engine/journal-line.ts";
import { FIXTURE } from "../../emulator/engine/positions.ts";
import type { User } from "../../emulator/model/user.ts";
import { PACKAGE_ROOT } from "../../emulator/package-root.ts";
import { Mining } from "../../emulator/services/mining.ts";
import { Tokens } from "../../emulator/services/tokens.ts";
import { Users } from "../../emulator/services/users.ts";

const HEADER: HeaderLine = {
  v: FORMAT,
  kind: "header",
  generation: 1,
  base_seq: 0,
  last_seq: 0,
  db_digest: null,
  chain_id: 31337,
  rules: newRules(),
  seed: "bench",
  seeded: false,
  start: "2026-01-01T00:00:00.000Z",
  fixture: "empty",
  made_by: "bench",
};

/** The engine on a data folder, put together as emulator/sandbox.ts does, without HTTP, quotas and scheduler. */
export async function openWorld(dir: string) {
  const folder = await openDataFolder({ dir, fresh: false, repair: false, fsync: false });
  const chain = await HardhatChain.create({
    chainId: HEADER.chain_id,
    genesis: new Date(HEADER.start),
    rules: HEADER.rules,
    root: PACKAGE_ROOT,
  });
  const store = new LowdbStore(folder.dbFile, (...kept) => new MemoryStore(...kept));
  const ports = { store, chain, journal: folder.journal, clock: new SandboxClock(), ids: new SeededIds("bench", false) };
  const began = performance.now();
  const engine = await openEngine(ports, HEADER, folder.kept, folder.journalFile, { mining: "auto", settle: async () => {} });
  const openedMs = performance.now() - began;
  const { writer, positions } = engine;
  if (!engine.recovered) await positions.snapshot(FIXTURE);
  const users = new Users(chain);
  const tokens = new Tokens(chain, new Mining({ kind: "auto" }));
  let made = 0;

  const userNow = (unit: Parameters<Users["create"]>[0]) => {
    made += 1;
    return users.create(unit, { email: `user${made}@example.com`, display_name: `User ${made}`, external_id: `user-${made}` });
  };
  return {
    chain,
    journal: folder.journal,
    store,
    writer,
    positions,
    recovered: engine.recovered,
    openedMs,
    createUser: () => writer.run({}, userNow),
    patch: ({ id }: User, display_name: string) => writer.run({}, (unit) => users.update(unit, id, { display_name })),
    mint: ({ id }: User) => writer.run({}, (unit) => tokens.mint(unit, { user_id: id, amount: "1.5" })),
    /** Many users, a hundred in each unit. */
    async populate(count: number): Promise<User[]> {
      const all: User[] = [];
      while (all.length < count) {
        const some = Math.min(100, count - all.length);
        all.push(...(await writer.run({}, (unit) => Array.from({ length: some }, () => userNow(unit)))));
      }
      return all;
    },
  };
}

export type World = Awaited<ReturnType<typeof openWorld>>;

/** Milliseconds of each of `times` runs, one after the other. */
export async function timed(times: number, run: (index: number) => Promise<unknown>): Promise<number[]> {
  const durations: number[] = [];
  for (let index = 0; index < times; index++) {
    const began = performance.now();
    await run(index);
    durations.push(performance.now() - began);
  }
  return durations;
}
