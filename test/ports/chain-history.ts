import { describe, expect, it } from "vitest";
import type { Chain, ChainStep } from "../../emulator/ports/chain.ts";
import { ChainUnavailable } from "../../emulator/ports/chain.ts";
import { claim, mint, transfer } from "../support/chain-calls.ts";
import { type CreateChain, GENESIS, useChain } from "./chain.ts";

/** Going back and doing it again: what marks and the journal's steps promise. */
export function shouldKeepHistoryLikeChain(name: string, create: CreateChain): void {
  describe(`${name}: marks`, () => {
    const world = useChain(create);
    const ada = () => world.chain.walletOf(world.chain.idHash("ada"));
    const mintTo = async (amount: bigint, timestamp = GENESIS) => {
      await world.chain.send(mint(ada(), amount));
      return await world.chain.mine(timestamp);
    };

    it("revert brings back blocks, balances and nonces: the same calls give the same hashes again", async () => {
      const mark = await world.chain.mark();
      const first = await mintTo(5n);
      await world.chain.revert(mark);
      expect(await world.chain.head()).toMatchObject({ number: 1 });
      expect(await world.chain.balanceOf(ada(), "latest")).toBe(0n);
      expect(await mintTo(5n)).toEqual(first);
    });

    it("revert brings back the mempool: what waited then waits again, what came later is gone", async () => {
      const waiting = await world.chain.send(mint(ada(), 5n));
      const mark = await world.chain.mark();
      await world.chain.send(mint(ada(), 7n));
      await world.chain.mine(GENESIS);
      await world.chain.revert(mark);
      const { block } = await world.chain.mine(GENESIS);
      expect(block.receipts.map(({ hash }) => hash)).toEqual([waiting.hash]);
      expect(await world.chain.totalSupply("latest")).toBe(5n);
    });

    it("revert to before what waits empties the mempool", async () => {
      const mark = await world.chain.mark();
      await world.chain.send(mint(ada(), 5n));
      await world.chain.revert(mark);
      expect((await world.chain.mine(GENESIS)).block.receipts).toEqual([]);
    });

    it("a mark is used up by its revert, and with it every later one: the chain says so", async () => {
      const outer = await world.chain.mark();
      await mintTo(1n);
      const inner = await world.chain.mark();
      await world.chain.revert(outer);
      await expect(world.chain.revert(outer)).rejects.toThrow(ChainUnavailable);
      await expect(world.chain.revert(inner)).rejects.toThrow(ChainUnavailable);
    });

    it("blocks after a revert may be earlier than those before it", async () => {
      const mark = await world.chain.mark();
      await mintTo(1n, GENESIS + 90 * 86_400);
      await world.chain.revert(mark);
      expect((await mintTo(1n, GENESIS + 1)).block.timestamp).toBe(GENESIS + 1);
    });
  });

  describe(`${name}: replay`, () => {
    const world = useChain(create);

    it("of the journaled steps gives identical hashes on another chain", async () => {
      const { chain, deployment } = world;
      const steps = [...deployment, ...(await someHistory(chain))];
      const other = await create(GENESIS);
      const hash = await other.replay(JSON.parse(JSON.stringify(steps)));
      expect(hash).toBe((await chain.head()).hash);
      expect(await other.head()).toEqual(await chain.head());
      expect(await other.transfers("latest")).toEqual(await chain.transfers("latest"));
      expect(await other.totalSupply("latest")).toBe(await chain.totalSupply("latest"));
      await other.close();
    });

    it("leaves what was waiting in the mempool waiting, and the chain ready for more", async () => {
      const { chain, deployment } = world;
      const ada = chain.walletOf(chain.idHash("ada"));
      const waiting = await chain.send(mint(ada, 5n));
      const other = await create(GENESIS);
      await other.replay([...deployment, waiting]);
      const next = [await chain.send(mint(ada, 6n)), await other.send(mint(ada, 6n))];
      expect(next[0]).toEqual(next[1]);
      expect(await other.mine(GENESIS + 3)).toEqual(await chain.mine(GENESIS + 3));
      await other.close();
    });

    it("of nothing, or of what is not mined yet, has no last block", async () => {
      const mark = await world.chain.mark();
      const waiting = await world.chain.send(mint(world.chain.identity.server, 5n));
      await world.chain.revert(mark);
      expect(await world.chain.replay([])).toBeNull();
      expect(await world.chain.replay([waiting])).toBeNull();
    });
  });
}

/** Two blocks, failed transactions and an empty block among them. */
async function someHistory(chain: Chain): Promise<ChainStep[]> {
  const [ada, ben] = ["ada", "ben"].map((text) => chain.walletOf(chain.idHash(text))) as [string, string];
  return [
    await chain.send(mint(ada, 10n)),
    await chain.send(transfer(chain.idHash("ada"), ben, 4n)),
    await chain.send(transfer(chain.idHash("ada"), ben, 400n)),
    (await chain.mine(GENESIS + 10)).step,
    (await chain.mine(GENESIS + 10)).step,
    await chain.send(claim(ben, 1n, chain.idHash("awd"), 2n)),
    (await chain.mine(GENESIS + 20)).step,
  ];
}
