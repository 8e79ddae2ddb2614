import { join } from "node:path";
import { FileJournal } from "../../emulator/adapters/fs/journal.ts";
import { HardhatChain } from "../../emulator/adapters/hardhat/chain.ts";
import { newRules } from "../../emulator/adapters/hardhat/rules.ts";
import { LowdbStore } from "../../emulator/adapters/lowdb/store.ts";
import { SeededIds } from "../../emulator/adapters/memory/ids.ts";
import { MemoryJournal } from "../../emulator/adapters/memory/journal.ts";
import { MemoryStore } from "../../emulator/adapters/memory/store.ts";
import { SandboxClock } from "../../emulator/adapters/time/clock.ts";
import { type Engine, openEngine } from "../../emulator/engine/engine.ts";
import { FORMAT, type HeaderLine } from "../../emulator/engine/journal-line.ts";
import { FIXTURE } from "../../emulator/engine/positions.ts";
import { mendTail, readJournal } from "../../emulator/engine/read-journal.ts";
import type { Progress } from "../../emulator/engine/recovery.ts";
import type { Settle } from "../../emulator/engine/unit.ts";
import { PACKAGE_ROOT } from "../../emulator/package-root.ts";
import type { Chain, ChainRules } from "../../emulator/ports/chain.ts";
import type { Journal } from "../../emulator/ports/journal.ts";
import type { Store } from "../../emulator/ports/store.ts";
import { FaultyDisk } from "./faulty-disk.ts";
import { HandTime } from "./hand-time.ts";

export const START = Date.parse("2026-01-01T00:00:00Z");

export interface WorldOptions {
  /** Data folder; without one all is in memory. */
  readonly folder?: string;
  readonly mining?: "auto" | "deferred";
  readonly seeded?: boolean;
  readonly fsync?: boolean;
  readonly time?: HandTime;
  readonly settle?: Settle;
  readonly progress?: Progress;
  /** Bytes that are read and written at once, and length of a compacted line; as in production by default. */
  readonly pieces?: number;
  /** Of a new chain. */
  readonly rules?: ChainRules;
}

/** An engine on real adapters: a Hardhat chain, and files when there is a folder. Real time stands still but by hand. */
export interface World extends Engine {
  readonly store: Store;
  /** What the engine drives: a test overrides single methods of it. */
  readonly chain: Chain & { override(methods: Partial<Chain>): void };
  readonly journal: Journal;
  readonly clock: SandboxClock;
  readonly ids: SeededIds;
  readonly time: HandTime;
  readonly disk: FaultyDisk;
  readonly file: string;
  /** Leaves without a word, as a killed process does. */
  kill(): Promise<void>;
  /** A clean stop. */
  close(): Promise<void>;
}

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const { folder, fsync = false, pieces } = options;
  const time = options.time ?? new HandTime(START);
  const clock = new SandboxClock(time);
  const disk = new FaultyDisk();
  const file = folder ? join(folder, "journal.ndjson") : "journal";
  const journal = folder ? new FileJournal(file, { fsync, fs: disk, ...(pieces ? { piece: pieces } : {}) }) : new MemoryJournal();
  const kept = await readJournal(journal.read(), file);
  if (kept) mendTail(journal, kept);
  const header = kept?.header ?? newHeader(options.seeded ?? false, options.rules);
  const store = folder
    ? new LowdbStore(join(folder, "db.json"), (folded, places) => new MemoryStore(folded, places), pieces)
    : new MemoryStore();
  const hardhat = await HardhatChain.create({
    chainId: header.chain_id,
    genesis: new Date(header.start),
    rules: header.rules,
    root: PACKAGE_ROOT,
  });
  const chain = overridable(hardhat);
  const ids = new SeededIds(header.seed, header.seeded);
  const ports = { store, chain, journal, clock, ids };
  const kill = async () => {
    journal.close();
    await hardhat.close();
  };
  try {
    const { mining = "auto", settle = async () => {}, progress = () => {} } = options;
    const engine = await openEngine(ports, header, kept, file, { mining, settle, progress, ...(pieces ? { lineLength: pieces } : {}) });
    if (!engine.recovered) await engine.positions.snapshot(FIXTURE);
    const close = async () => {
      await engine.compact();
      await kill();
    };
    return { ...engine, ...ports, time, disk, file, kill, close };
  } catch (error) {
    await kill();
    throw error;
  }
}

function newHeader(seeded: boolean, rules = newRules()): HeaderLine {
  return {
    v: FORMAT,
    kind: "header",
    generation: 1,
    base_seq: 0,
    last_seq: 0,
    db_digest: null,
    chain_id: 31337,
    rules,
    seed: "test",
    seeded,
    start: new Date(START).toISOString(),
    fixture: "empty",
    made_by: "0.0.0-test",
  };
}

function overridable(chain: Chain): World["chain"] {
  let overrides: Partial<Chain> = {};
  return new Proxy(chain, {
    get(target, name) {
      if (name === "override") {
        return (methods: Partial<Chain>) => {
          overrides = methods;
        };
      }
      const member = Reflect.get(target, name);
      return Reflect.get(overrides, name) ?? (typeof member === "function" ? member.bind(target) : member);
    },
  }) as World["chain"];
}
