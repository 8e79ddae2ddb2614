/** Claiming: the badge and its reward in one transaction, both or neither. */
import { id, ZeroAddress } from "ethers";
import { beforeEach, describe, expect, it } from "vitest";
import type { Decoded } from "../contract.ts";
import { awardId, bytes7, cap, Funding, getsId, LockState, roles, title } from "../values.ts";
import type { World } from "../world.ts";

export function shouldBehaveLikeClaims(world: World): void {
  const tokenId = 1n;
  interface Change {
    to?: string;
    tokenId?: bigint;
    awardId?: string;
    amount?: bigint;
  }
  const claim = (funding: bigint, change: Change = {}) => {
    const all = { to: world.alice.address, tokenId, awardId, amount: 5n, ...change };
    return [all.to, all.tokenId, getsId, title, all.awardId, all.amount, funding] as const;
  };
  const lockState = async () => (await world.token.read<{ state: bigint }>("lockOf", awardId)).state;

  /** The transaction is refused as a whole: no badge, no reward, no record of the award. */
  async function claimIsRefused(error: Decoded, args: readonly unknown[]): Promise<void> {
    const { badge, token, admin, alice } = world;
    const before = [await lockState(), await token.read("totalSupply"), await token.read("balanceOf", token.address)];
    await badge.sendReverts(error, admin, "claim", ...args);
    await badge.readReverts(["ERC721NonexistentToken", tokenId], "ownerOf", tokenId);
    expect(await badge.read("balanceOf", alice.address)).toBe(0n);
    expect(await badge.read("claimed", awardId)).toBe(false);
    expect(await token.read("balanceOf", alice.address)).toBe(0n);
    const after = [await lockState(), await token.read("totalSupply"), await token.read("balanceOf", token.address)];
    expect(after).toEqual(before);
  }

  it("knows the token that it pays in", async () => {
    expect(await world.badge.read("token")).toBe(world.token.address);
    expect(await world.badge.read("name")).toBe("GetSmart Badge");
    expect(await world.badge.read("symbol")).toBe("GSB");
  });

  describe("funded by a mint", () => {
    it("mints a locked badge and its reward", async () => {
      const { badge, token, admin, alice } = world;
      const { events } = await badge.send(admin, "claim", ...claim(Funding.Mint));
      expect(events).toEqual([
        ["Transfer", ZeroAddress, alice.address, tokenId],
        ["Locked", tokenId],
        ["GetsToken.Transfer", ZeroAddress, alice.address, 5n],
        ["Claimed", awardId, tokenId, alice.address, 5n, Funding.Mint],
      ]);
      expect(await token.read("lockOf", awardId)).toEqual([ZeroAddress, LockState.Minted, 0n]);
      expect(await badge.read("ownerOf", tokenId)).toBe(alice.address);
      expect(await badge.read("claimed", awardId)).toBe(true);
      expect(await token.read("balanceOf", alice.address)).toBe(5n);
    });

    it("reaches a keyless wallet", async () => {
      await world.badge.send(world.admin, "claim", ...claim(Funding.Mint, { to: world.wallet }));
      expect(await world.badge.read("ownerOf", tokenId)).toBe(world.wallet);
      expect(await world.token.read("balanceOf", world.wallet)).toBe(5n);
    });

    it("calls no hook of a contract that receives it", async () => {
      await world.badge.send(world.admin, "claim", ...claim(Funding.Mint, { to: world.badge.address }));
      expect(await world.badge.read("ownerOf", tokenId)).toBe(world.badge.address);
    });

    it("leaves nothing when the token is paused", async () => {
      await world.token.send(world.admin, "pause");
      await claimIsRefused(["EnforcedPause"], claim(Funding.Mint));
    });

    it("leaves nothing when the cap is reached", async () => {
      await world.token.send(world.admin, "mint", world.bob.address, cap - 4n);
      await claimIsRefused(["ERC20ExceededCap", cap + 1n, cap], claim(Funding.Mint));
    });

    it.each(["k7qwz3m", 'K7QWZ3"', "K7QWZ31", "K7QWZ3\0"])("leaves nothing for %j, which is not a GETS ID", async (text) => {
      const args = [world.alice.address, tokenId, bytes7(text), title, awardId, 5n, Funding.Mint];
      await claimIsRefused(["InvalidGetsId", bytes7(text)], args);
    });

    it("leaves nothing when the badge contract may not mint", async () => {
      const { token, badge, admin } = world;
      await token.send(admin, "revokeRole", roles.MINTER_ROLE, badge.address);
      const error = ["AccessControlUnauthorizedAccount", badge.address, roles.MINTER_ROLE] as const;
      await claimIsRefused(error, claim(Funding.Mint));
    });

    it("leaves nothing when the receiver is the zero address or the token", async () => {
      await claimIsRefused(["ERC721InvalidReceiver", ZeroAddress], claim(Funding.Mint, { to: ZeroAddress }));
      const { address } = world.token;
      await claimIsRefused(["ERC20InvalidReceiver", address], claim(Funding.Mint, { to: address }));
    });
  });

  describe("funded by a sponsor", () => {
    it("leaves nothing when no reward is locked", async () => {
      await claimIsRefused(["RewardNotLocked", awardId, LockState.None], claim(Funding.Sponsor));
    });

    describe("with a locked reward of 5", () => {
      beforeEach(async () => {
        await world.token.send(world.admin, "mint", world.wallet, 10n);
        await world.token.send(world.admin, "lock", awardId, world.salt, 5n);
      });

      it("mints a locked badge and releases the reward", async () => {
        const { badge, token, admin, alice } = world;
        const { events } = await badge.send(admin, "claim", ...claim(Funding.Sponsor));
        expect(events).toEqual([
          ["Transfer", ZeroAddress, alice.address, tokenId],
          ["Locked", tokenId],
          ["GetsToken.Transfer", token.address, alice.address, 5n],
          ["GetsToken.RewardReleased", awardId, alice.address, 5n],
          ["Claimed", awardId, tokenId, alice.address, 5n, Funding.Sponsor],
        ]);
        expect(await token.read("totalSupply")).toBe(10n);
        expect(await lockState()).toBe(LockState.Released);
      });

      it.each([4n, 6n])("leaves nothing when the claim says %s", async (amount) => {
        await claimIsRefused(["RewardMismatch", awardId, 5n, amount], claim(Funding.Sponsor, { amount }));
      });

      it("leaves nothing when it is to be minted: the lock could be refunded later", async () => {
        await claimIsRefused(["RewardAlreadyFunded", awardId, LockState.Locked], claim(Funding.Mint));
        await world.badge.send(world.admin, "claim", ...claim(Funding.Sponsor));
      });

      it("leaves nothing when it is to be minted after a refund", async () => {
        await world.token.send(world.admin, "refund", awardId);
        await claimIsRefused(["RewardAlreadyFunded", awardId, LockState.Refunded], claim(Funding.Mint));
      });

      it("is claimed once", async () => {
        const { badge, admin } = world;
        await badge.send(admin, "claim", ...claim(Funding.Sponsor));
        expect(await badge.read("claimed", awardId)).toBe(true);
        const sponsored = ["RewardNotLocked", awardId, LockState.Released] as const;
        await badge.sendReverts(sponsored, admin, "claim", ...claim(Funding.Sponsor, { tokenId: 2n }));
        const minted = ["RewardAlreadyFunded", awardId, LockState.Released] as const;
        await badge.sendReverts(minted, admin, "claim", ...claim(Funding.Mint, { tokenId: 2n }));
      });

      it("leaves nothing when the reward was refunded", async () => {
        await world.token.send(world.admin, "refund", awardId);
        await claimIsRefused(["RewardNotLocked", awardId, LockState.Refunded], claim(Funding.Sponsor));
      });

      it("leaves nothing when the token is paused", async () => {
        await world.token.send(world.admin, "pause");
        await claimIsRefused(["EnforcedPause"], claim(Funding.Sponsor));
      });

      it("leaves nothing when the badge contract may not release", async () => {
        const { token, badge, admin } = world;
        await token.send(admin, "revokeRole", roles.RELEASER_ROLE, badge.address);
        const error = ["AccessControlUnauthorizedAccount", badge.address, roles.RELEASER_ROLE] as const;
        await claimIsRefused(error, claim(Funding.Sponsor));
      });
    });
  });

  describe("after a claim", () => {
    const paidBefore = ["RewardAlreadyFunded", awardId, LockState.Minted] as const;
    beforeEach(() => world.badge.send(world.admin, "claim", ...claim(Funding.Mint)));

    it("refuses the same award under the same and another token id", async () => {
      const { badge, admin } = world;
      await badge.sendReverts(["BadgeAlreadyMinted", tokenId], admin, "claim", ...claim(Funding.Mint));
      await badge.sendReverts(paidBefore, admin, "claim", ...claim(Funding.Mint, { tokenId: 2n }));
    });

    it("refuses the same award when a sponsor is to pay", async () => {
      const error = ["RewardNotLocked", awardId, LockState.Minted] as const;
      await world.badge.sendReverts(error, world.admin, "claim", ...claim(Funding.Sponsor, { tokenId: 2n }));
    });

    it("refuses to lock a reward for it", async () => {
      await world.token.send(world.admin, "mint", world.wallet, 10n);
      await world.token.sendReverts(paidBefore, world.admin, "lock", awardId, world.salt, 5n);
    });

    it("refuses the same token id for another award", async () => {
      const args = claim(Funding.Mint, { awardId: id("award_02"), to: world.bob.address });
      await world.badge.sendReverts(["BadgeAlreadyMinted", tokenId], world.admin, "claim", ...args);
      expect(await world.badge.read("claimed", id("award_02"))).toBe(false);
    });

    it("refuses the same award even after the badge was revoked", async () => {
      await world.badge.send(world.admin, "revoke", tokenId);
      const args = claim(Funding.Mint, { tokenId: 2n });
      await world.badge.sendReverts(paidBefore, world.admin, "claim", ...args);
    });
  });
}
