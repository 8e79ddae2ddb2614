import { describe, expect, it } from "vitest";
import { claim as claimFor, mint } from "../support/chain-calls.ts";
import { forgeryBy } from "../support/lookalike.ts";
import { type CreateChain, GENESIS, useChain } from "./chain.ts";

/** Reading badges, ours and lookalikes. */
export function shouldReadBadgesLikeChain(name: string, create: CreateChain): void {
  describe(`${name}: badges`, () => {
    const world = useChain(create);
    const wallet = (text: string) => world.chain.walletOf(world.chain.idHash(text));
    const claim = (tokenId: bigint) => claimFor(wallet("ada"), tokenId, world.chain.idHash(`award ${tokenId}`), 3n);

    it("says owner, lock and revocation, at each block as it was", async () => {
      const { chain } = world;
      await chain.send(claim(7n));
      await chain.mine(GENESIS);
      await chain.send({ contract: "badge", method: "revoke", args: [7n] });
      await chain.mine(GENESIS);
      const claimed = { owner: wallet("ada"), locked: true, revoked: false };
      expect(await chain.badgeAt(7n, 1)).toBeNull();
      expect(await chain.badgeAt(7n, 2)).toEqual(claimed);
      expect(await chain.badgeAt(7n, 3)).toEqual({ ...claimed, revoked: true });
      expect(await chain.badgeAt(7n, "latest")).toEqual({ ...claimed, revoked: true });
    });

    it.each([0n, 8n, 2n ** 256n - 1n, 2n ** 256n + 7n, 10n ** 78n - 1n])("there is no badge %s", async (tokenId) => {
      await world.chain.send(claim(7n));
      await world.chain.mine(GENESIS);
      expect(await world.chain.badgeAt(tokenId, "latest")).toBeNull();
    });

    it("a block that does not exist is ChainUnavailable, not a badge that does not", async () => {
      await expect(world.chain.badgeAt(7n, 99)).rejects.toMatchObject({ name: "ChainUnavailable" });
    });

    it("a claim moved one badge of our contract; its reward, an ERC-20 Transfer, is none", async () => {
      const { chain } = world;
      const { hash } = await chain.send(claim(7n));
      const other = await chain.send(mint(wallet("ada"), 1n));
      expect(await chain.nftTransfers(hash, 2)).toEqual([]);
      await chain.mine(GENESIS);
      expect(await chain.nftTransfers(hash, 2)).toEqual([{ contract: chain.identity.badge, tokenId: 7n }]);
      expect(await chain.nftTransfers(hash, 1)).toEqual([]);
      expect(await chain.nftTransfers(other.hash, 2)).toEqual([]);
      expect(await chain.nftTransfers(`0x${"ab".repeat(32)}`, 2)).toEqual([]);
    });

    it("a badge of somebody else's contract is told with that contract", async () => {
      const { chain } = world;
      const [forger] = chain.identity.accounts as readonly [{ address: string }, ...unknown[]];
      const { contract, transactions } = await forgeryBy(forger.address, wallet("ada"), 7n);
      const sent: string[] = [];
      for (const [nonce, tx] of transactions.entries()) {
        sent.push((await chain.sendExternal({ from: forger.address, request: { ...tx, nonce: `0x${nonce}` } })).hash);
      }
      await chain.mine(GENESIS);
      expect(await chain.nftTransfers(sent.at(-1) as string, 2)).toEqual([{ contract, tokenId: 7n }]);
      expect(await chain.badgeAt(7n, 2)).toBeNull();
    });
  });
}
