import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { encodeLine, type UnitLine } from "../../../emulator/engine/journal-line.ts";
import type { Figure, Values } from "../figure.ts";
import { openWorld, timed, type World } from "../world.ts";

const WARM_UP = 500;
const COUNT = 3000;

/** What the engine asks of the chain while it mints, and how the table calls it. */
const ASKED = { sendAndMine: "send_and_mine_us", mark: "mark_us" } as const;

export const unit: Figure = {
  title: "where the time of one mint goes, in microseconds a unit",
  rounds: 5,
  variants: ["mint"],
  async measure(_variant, scratch) {
    const world = await openWorld(mkdtempSync(join(scratch, "unit-")));
    const users = await world.populate(100);
    const mint = (index: number) => world.mint(users[index % users.length] as (typeof users)[number]);
    await timed(WARM_UP, mint);
    const { spent, lines } = watch(world);
    const total = (await timed(COUNT, mint)).reduce((sum, ms) => sum + ms, 0);
    const began = performance.now();
    for (const line of lines) encodeLine(line);
    spent.set("encode_us", performance.now() - began);
    const rest = total - [...spent.values()].reduce((sum, ms) => sum + ms, 0);
    return { total_us: perUnit(total), ...eachPerUnit(spent), rest_us: perUnit(rest) };
  },
};

/** Adds up the time spent in chain, journal and store. `encode` is timed afterwards, on the lines that were committed. */
function watch({ chain, journal, store, writer }: World): { spent: Map<string, number>; lines: UnitLine[] } {
  const spent = new Map<string, number>();
  const lines: UnitLine[] = [];
  const add = (name: string, began: number) => spent.set(name, (spent.get(name) ?? 0) + performance.now() - began);
  const [append, apply] = [journal.append.bind(journal), store.apply.bind(store)];
  for (const [method, name] of Object.entries(ASKED) as [keyof typeof ASKED, string][]) {
    const ask = chain[method].bind(chain) as (...args: unknown[]) => Promise<never>;
    chain[method] = async (...args: unknown[]) => {
      const began = performance.now();
      const answer = await ask(...args);
      add(name, began);
      return answer;
    };
  }
  journal.append = (line: string) => {
    const began = performance.now();
    append(line);
    add("append_us", began);
  };
  store.apply = (changes) => {
    const began = performance.now();
    const undo = apply(changes);
    add("apply_us", began);
    return undo;
  };
  writer.onCommit(({ line }) => lines.push(line));
  return { spent, lines };
}

function perUnit(ms: number): number {
  return (1000 * ms) / COUNT;
}

function eachPerUnit(spent: ReadonlyMap<string, number>): Values {
  return Object.fromEntries([...spent].map(([name, ms]) => [name, perUnit(ms)]));
}
