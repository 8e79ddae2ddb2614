import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Chain, ChainCall, ChainStep } from "../../emulator/ports/chain.ts";
import { ChainRevert } from "../../emulator/ports/chain.ts";
import { burn, claim, GETS, mint, transfer } from "../support/chain-calls.ts";

/** A new empty chain whose genesis block has this timestamp (seconds). */
export type CreateChain = (genesis: number) => Promise<Chain>;

export const GENESIS = Date.parse("2026-01-01T00:00:00Z") / 1000;
/** One deployed chain for a whole file; each test starts from the same state. */
export function useChain(create: CreateChain): { readonly chain: Chain; readonly deployment: readonly ChainStep[] } {
  const world = {} as { chain: Chain; deployment: readonly ChainStep[] };
  let mark: string;
  beforeAll(async () => {
    world.chain = await create(GENESIS);
    world.deployment = await world.chain.deploy(GENESIS);
  });
  beforeEach(async () => {
    mark = await world.chain.mark();
  });
  afterEach(() => world.chain.revert(mark));
  afterAll(() => world.chain.close());
  return world;
}

/** What every adapter of the chain port does (emulator/ports/chain.ts): calls, blocks and receipts. */
export function shouldBehaveLikeChain(name: string, create: CreateChain): void {
  describe(`${name}: calls and blocks`, () => {
    const world = useChain(create);
    const wallet = (text: string) => world.chain.walletOf(world.chain.idHash(text));

    it("is deployed in one block after genesis, at addresses that never differ", async () => {
      const { chain } = world;
      const other = await create(GENESIS + 1000);
      expect(other.identity).toEqual(chain.identity);
      expect(await chain.head()).toMatchObject({ number: 1, timestamp: GENESIS });
      expect(await chain.tokenInfo()).toEqual({ name: "GetSmart Token", symbol: "GETS", decimals: 18, cap: 10n ** 12n * GETS });
      expect(await chain.totalSupply("latest")).toBe(0n);
      await other.close();
    });

    it("mines only when told", async () => {
      const { chain } = world;
      await chain.send(mint(wallet("ada"), GETS));
      expect((await chain.head()).number).toBe(1);
      expect(await chain.balanceOf(wallet("ada"), "latest")).toBe(0n);
      await chain.mine(GENESIS + 5);
      expect(await chain.head()).toMatchObject({ number: 2, timestamp: GENESIS + 5 });
      expect(await chain.balanceOf(wallet("ada"), "latest")).toBe(GETS);
    });

    it("puts all that waits into one block, in order, with receipts and decoded logs", async () => {
      const { chain } = world;
      const sent = [
        await chain.send(mint(wallet("ada"), 5n)),
        await chain.send(transfer(chain.idHash("ada"), wallet("ben"), 2n)),
        await chain.send(burn(chain.idHash("ben"), 1n)),
      ];
      const { step, block } = await chain.mine(GENESIS);
      expect(step).toEqual({ mine: { timestamp: GENESIS, number: 2, hash: block.hash } });
      expect(block.receipts.map(({ hash }) => hash)).toEqual(sent.map(({ hash }) => hash));
      const transfers = block.receipts.flatMap(({ logs }) => logs).filter(({ event }) => event === "Transfer");
      const zero = `0x${"0".repeat(40)}`;
      const [ada, ben] = [wallet("ada").toLowerCase(), wallet("ben").toLowerCase()];
      expect(transfers.map(({ args }) => args)).toEqual([
        { from: zero, to: ada, amount: 5n },
        { from: ada, to: ben, amount: 2n },
        { from: ben, to: zero, amount: 1n },
      ]);
      expect(new Set(transfers.map(({ index }) => index)).size).toBe(3);
    });

    it("sends and mines as one what it would send and mine one by one, after what waits already", async () => {
      const { chain } = world;
      const calls = [mint(wallet("ada"), 5n), transfer(chain.idHash("ada"), wallet("ben"), 9n), burn(chain.idHash("ada"), 2n)];
      const before = await chain.mark();
      const waiting = await chain.send(mint(wallet("ben"), 1n));
      const sent = [];
      for (const call of calls) sent.push(await chain.send(call));
      const apart = { sent, ...(await chain.mine(GENESIS + 3)) };
      await chain.revert(before);
      expect(await chain.send(mint(wallet("ben"), 1n))).toEqual(waiting);
      const { mark, ...together } = await chain.sendAndMine(calls, GENESIS + 3);
      expect(together).toEqual(apart);
      expect(together.block.receipts.map(({ failure }) => failure?.error)).toEqual([
        undefined,
        undefined,
        "ERC20InsufficientBalance",
        undefined,
      ]);
      await chain.sendAndMine([mint(wallet("ada"), 10n)], GENESIS + 4);
      expect(await chain.balanceOf(wallet("ada"), "latest")).toBe(13n);
      await chain.revert(mark);
      expect(await chain.balanceOf(wallet("ada"), "latest")).toBe(3n);
      expect(await chain.head()).toMatchObject({ number: 2, hash: together.block.hash });
    });

    it("mines an empty block for no calls, and goes on", async () => {
      const { chain } = world;
      const { sent, block } = await chain.sendAndMine([], GENESIS);
      expect([sent, block.receipts, block.number]).toEqual([[], [], 2]);
      await chain.sendAndMine([mint(wallet("ada"), 1n)], GENESIS);
      expect(await chain.totalSupply("latest")).toBe(1n);
    });

    it("knows where it stands after calls that it could not send", async () => {
      const { chain } = world;
      await chain.send(mint(wallet("ben"), 1n));
      await expect(chain.sendAndMine([mint(wallet("ada"), 1n), mint(wallet("ada"), 2n)], GENESIS, 1)).rejects.toThrow();
      await chain.sendAndMine([mint(wallet("ada"), 4n)], GENESIS);
      expect(await chain.totalSupply("latest")).toBe(5n);
    });

    it("knows where it stands after calls that it sent and could not mine", async () => {
      const { chain } = world;
      await expect(chain.sendAndMine([mint(wallet("ada"), 1n)], GENESIS - 100)).rejects.toThrow();
      const { block } = await chain.sendAndMine([mint(wallet("ada"), 4n)], GENESIS);
      expect(block.receipts).toHaveLength(2);
      expect(await chain.totalSupply("latest")).toBe(5n);
    });

    it("mines empty blocks, several in one second", async () => {
      const { chain } = world;
      const first = await chain.mine(GENESIS + 1);
      const second = await chain.mine(GENESIS + 1);
      expect(second.block).toMatchObject({ number: first.block.number + 1, timestamp: GENESIS + 1, receipts: [] });
      expect(second.block.hash).not.toBe(first.block.hash);
    });

    it("answers for an earlier block as it was", async () => {
      const { chain } = world;
      for (const amount of [1n, 2n]) {
        await chain.send(mint(wallet("ada"), amount));
        await chain.mine(GENESIS);
      }
      const at = (block: number) => Promise.all([chain.balanceOf(wallet("ada"), block), chain.totalSupply(block)]);
      expect([await at(1), await at(2), await at(3)]).toEqual([
        [0n, 0n],
        [1n, 1n],
        [3n, 3n],
      ]);
    });

    it("lists every Transfer up to a block, oldest first", async () => {
      const { chain } = world;
      const { hash } = await chain.send(mint(wallet("ada"), 5n));
      await chain.mine(GENESIS);
      await chain.send(burn(chain.idHash("ada"), 2n));
      await chain.mine(GENESIS);
      const all = await chain.transfers("latest");
      expect(all.map(({ block, amount }) => ({ block, amount }))).toEqual([
        { block: 2, amount: 5n },
        { block: 3, amount: 2n },
      ]);
      expect(await chain.transfers(2)).toEqual([{ ...all[0], hash }]);
    });

    it("claims a badge: one transaction that mints the badge and the reward", async () => {
      const { chain } = world;
      await chain.send(claim(wallet("ada"), 7n, chain.idHash("awd_7"), 3n));
      const { block } = await chain.mine(GENESIS);
      const events = block.receipts[0]?.logs.map(({ contract, event }) => `${contract} ${event}`);
      expect(events).toEqual(expect.arrayContaining(["badge Transfer", "badge Locked", "token Transfer"]));
      expect(await chain.badgesOf(wallet("ada"), "latest")).toBe(1);
      expect(await chain.balanceOf(wallet("ada"), "latest")).toBe(3n);
    });
  });

  describe(`${name}: refusals`, () => {
    const world = useChain(create);
    const wallet = (text: string) => world.chain.walletOf(world.chain.idHash(text));
    const refusalOf = (call: ChainCall) => world.chain.preflight(call).catch((error: unknown) => error);

    it("preflight passes what would pass, and changes nothing", async () => {
      await world.chain.preflight(mint(wallet("ada"), 1n));
      const { block } = await world.chain.mine(GENESIS);
      expect(block.receipts).toEqual([]);
    });

    it.each([
      ["an overdraft", () => transfer(world.chain.idHash("ada"), wallet("ben"), 4n), "ERC20InsufficientBalance"],
      ["more than the cap", () => mint(wallet("ada"), 10n ** 12n * GETS + 1n), "ERC20ExceededCap"],
      ["a badge that was never minted", (): ChainCall => ({ contract: "badge", method: "revoke", args: [9n] }), "ERC721NonexistentToken"],
    ])("preflight says the custom error of %s", async (_, call, error) => {
      const refusal = await refusalOf(call());
      expect(refusal).toBeInstanceOf(ChainRevert);
      expect(refusal).toMatchObject({ error });
    });

    it("a refusal carries its arguments", async () => {
      await world.chain.send(mint(wallet("ada"), 3n));
      await world.chain.mine(GENESIS);
      expect(await refusalOf(transfer(world.chain.idHash("ada"), wallet("ben"), 4n))).toMatchObject({ args: [wallet("ada"), 3n, 4n] });
    });

    it("a refused transaction is mined, with its failure and without logs", async () => {
      await world.chain.send(transfer(world.chain.idHash("ada"), wallet("ben"), 4n));
      await world.chain.send(mint(wallet("ada"), 1n));
      const { block } = await world.chain.mine(GENESIS);
      expect(block.receipts[0]).toMatchObject({ failure: { error: "ERC20InsufficientBalance", args: [wallet("ada"), 0n, 4n] }, logs: [] });
      expect(block.receipts[1]?.failure).toBeNull();
    });

    it.each(["A", "0x".padEnd(45, "f"), "\u{1f600}".repeat(45)])("no call takes more than gasOf says (title %j)", async (title) => {
      const { chain } = world;
      const salt = chain.idHash("ada");
      const calls: ChainCall[] = [
        mint(wallet("ada"), 100n),
        transfer(salt, wallet("ben"), 1n),
        burn(salt, 1n),
        { contract: "token", method: "lock", args: [chain.idHash("lock"), salt, 2n] },
        { contract: "token", method: "refund", args: [chain.idHash("lock")] },
        claim(wallet("new"), 1n, chain.idHash("awd"), 10n ** 12n * GETS - 100n, title),
        { contract: "badge", method: "revoke", args: [1n] },
        { contract: "token", method: "pause", args: [] },
        { contract: "token", method: "unpause", args: [] },
      ];
      const { sent, block } = await chain.sendAndMine(calls, GENESIS);
      expect(block.receipts.map(({ failure }) => failure)).toEqual(calls.map(() => null));
      for (const [index, { hash }] of sent.entries()) {
        const { gasUsed } = (await chain.request("eth_getTransactionReceipt", [hash])) as { gasUsed: string };
        const call = calls[index] as ChainCall;
        expect(Number(gasUsed), call.method).toBeLessThanOrEqual(chain.gasOf(call));
      }
    });

    it("a call with scarce gas is taken into a block, and runs out of it", async () => {
      const { chain } = world;
      const awd = chain.idHash("awd");
      await chain.send(claim(wallet("ada"), 1n, awd, 1n));
      await chain.mine(GENESIS);
      const longest = "\u{1f600}".repeat(45);
      const calls: ChainCall[] = [
        mint(wallet("ada"), 1n),
        claim(wallet("ada"), 2n, chain.idHash("other"), 1n, longest),
        { contract: "badge", method: "revoke", args: [1n] },
        { contract: "token", method: "pause", args: [] },
      ];
      const { block } = await chain.sendAndMine(calls, GENESIS, "scarce");
      expect(block.receipts.map(({ failure }) => failure?.error)).toEqual(calls.map(() => "OutOfGas"));
    });

    it("a paused token refuses with EnforcedPause, until it is unpaused", async () => {
      await world.chain.send({ contract: "token", method: "pause", args: [] });
      await world.chain.mine(GENESIS);
      expect(await refusalOf(mint(wallet("ada"), 1n))).toMatchObject({ error: "EnforcedPause" });
      await world.chain.send({ contract: "token", method: "unpause", args: [] });
      await world.chain.mine(GENESIS);
      await world.chain.preflight(mint(wallet("ada"), 1n));
    });
  });
}
