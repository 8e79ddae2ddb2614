import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { ChainCall } from "../../../emulator/ports/chain.ts";
import { newTransaction, partyOf } from "../../../emulator/services/transactions.ts";
import { type Figure, memory } from "../figure.ts";
import { openWorld, type World } from "../world.ts";

/** Transactions, and how many of them each block holds. */
const HISTORIES: Readonly<Record<string, { count: number; perBlock: number }>> = {
  "no history": { count: 0, perBlock: 1 },
  "10 000, one in a block": { count: 10_000, perBlock: 1 },
  "10 000, 100 in a block": { count: 10_000, perBlock: 100 },
  "100 000, one in a block": { count: 100_000, perBlock: 1 },
  "100 000, 100 in a block": { count: 100_000, perBlock: 100 },
};

export const replay: Figure = {
  title: "replay of mints at a start: rate, and memory afterwards",
  rounds: 3,
  variants: Object.keys(HISTORIES),

  async prepare(variant, scratch) {
    const world = await openWorld(folderOf(variant, scratch));
    const { count, perBlock } = historyOf(variant);
    const began = performance.now();
    await (perBlock === 1 ? mintOneByOne(world, count) : mintInBlocks(world, count, perBlock));
    const seconds = (performance.now() - began) / 1000;
    return { made_s: seconds, made_tx_per_s: count / seconds, ...memory() };
  },

  async measure(variant, scratch) {
    const { count } = historyOf(variant);
    const began = performance.now();
    const world = await openWorld(folderOf(variant, scratch));
    const start_s = (performance.now() - began) / 1000;
    if (world.recovered?.hashDiffers) throw new Error("the replayed chain has other hashes");
    return { start_s, replay_tx_per_s: (1000 * count) / world.openedMs, ...memory() };
  },
};

async function mintOneByOne(world: World, count: number): Promise<void> {
  const users = await world.populate(100);
  for (let i = 0; i < count; i++) await world.mint(users[i % users.length] as (typeof users)[number]);
}

async function mintInBlocks({ chain, populate, writer }: World, count: number, perBlock: number): Promise<void> {
  const users = await populate(perBlock);
  const calls = users.map(({ wallet }): ChainCall => ({ contract: "token", method: "mint", args: [wallet.address, 15n * 10n ** 17n] }));
  for (let done = 0; done < count; done += perBlock) {
    await writer.run({}, async (unit) => {
      for (const [index, outcome] of (await unit.transact(calls)).entries()) {
        const to = partyOf(users[index] as (typeof users)[number]);
        newTransaction(unit, chain.identity, { type: "mint", amount: "1.5", to, outcome });
      }
    });
  }
}

function historyOf(variant: string) {
  const history = HISTORIES[variant];
  if (!history) throw new Error(`no history named ${variant}`);
  return history;
}

function folderOf(variant: string, scratch: string): string {
  const dir = join(scratch, variant.replaceAll(/\W+/g, "-"));
  mkdirSync(dir, { recursive: true });
  return dir;
}
