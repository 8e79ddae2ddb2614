/** Rewards that a sponsor pays: locked once, then released or refunded once. */
import { id, ZeroAddress } from "ethers";
import { beforeEach, describe, expect, it } from "vitest";
import { awardId, LockState, roles } from "../values.ts";
import type { World } from "../world.ts";

export function shouldBehaveLikeEscrow(world: World): void {
  const balance = (account: string) => world.token.read<bigint>("balanceOf", account);
  const lockOf = async (award = awardId) => [...(await world.token.read<Iterable<unknown>>("lockOf", award))];

  beforeEach(async () => {
    const { token, admin, holder, wallet } = world;
    await token.send(admin, "grantRole", roles.RELEASER_ROLE, holder.address);
    await token.send(admin, "mint", wallet, 10n);
  });

  describe("an award without a lock", () => {
    it("is None", async () => {
      expect(await lockOf()).toEqual([ZeroAddress, LockState.None, 0n]);
    });

    it("can be locked", async () => {
      const { token, admin, salt, wallet } = world;
      const { events } = await token.send(admin, "lock", awardId, salt, 4n);
      expect(events).toEqual([
        ["Transfer", wallet, token.address, 4n],
        ["RewardLocked", awardId, wallet, 4n],
      ]);
      expect(await lockOf()).toEqual([wallet, LockState.Locked, 4n]);
      expect([await balance(wallet), await balance(token.address)]).toEqual([6n, 4n]);
    });

    it("cannot lock nothing", async () => {
      await world.token.sendReverts(["RewardZeroAmount", awardId], world.admin, "lock", awardId, world.salt, 0n);
    });

    it("cannot lock more than the wallet holds", async () => {
      const { token, admin, salt, wallet } = world;
      const error = ["ERC20InsufficientBalance", wallet, 10n, 11n] as const;
      await token.sendReverts(error, admin, "lock", awardId, salt, 11n);
      expect(await lockOf()).toEqual([ZeroAddress, LockState.None, 0n]);
    });

    shouldRefuseToClose(LockState.None);
  });

  describe("a locked award", () => {
    beforeEach(() => world.token.send(world.admin, "lock", awardId, world.salt, 4n));

    it("is released to its recipient", async () => {
      const { token, holder, alice, wallet } = world;
      const { events } = await token.send(holder, "release", awardId, alice.address);
      expect(events).toEqual([
        ["Transfer", token.address, alice.address, 4n],
        ["RewardReleased", awardId, alice.address, 4n],
      ]);
      expect(await lockOf()).toEqual([wallet, LockState.Released, 4n]);
      expect([await balance(alice.address), await balance(token.address)]).toEqual([4n, 0n]);
    });

    it("is refunded to the wallet it came from", async () => {
      const { token, admin, wallet } = world;
      const { events } = await token.send(admin, "refund", awardId);
      expect(events).toEqual([
        ["Transfer", token.address, wallet, 4n],
        ["RewardRefunded", awardId, wallet, 4n],
      ]);
      expect(await lockOf()).toEqual([wallet, LockState.Refunded, 4n]);
      expect([await balance(wallet), await balance(token.address)]).toEqual([10n, 0n]);
    });

    it("is not released to the zero address or back into the escrow", async () => {
      const { token, holder, wallet } = world;
      for (const to of [ZeroAddress, token.address]) {
        await token.sendReverts(["ERC20InvalidReceiver", to], holder, "release", awardId, to);
      }
      expect(await lockOf()).toEqual([wallet, LockState.Locked, 4n]);
    });

    it("keeps its reward apart from that of another award", async () => {
      const { token, admin, holder, alice, salt } = world;
      await token.send(admin, "lock", id("award_02"), salt, 5n);
      await token.send(holder, "release", awardId, alice.address);
      expect((await lockOf(id("award_02")))[1]).toBe(LockState.Locked);
      expect(await balance(token.address)).toBe(5n);
    });

    it("is out of reach for everything but release and refund", async () => {
      const { token, admin, bob } = world;
      const allowance = ["ERC20InsufficientAllowance", admin.address, 0n, 1n] as const;
      await token.sendReverts(allowance, admin, "transferFrom", token.address, bob.address, 1n);
      await token.sendReverts(allowance, admin, "burnFrom", token.address, 1n);
    });

    shouldRefuseToLock(LockState.Locked);
  });

  describe("a released award", () => {
    beforeEach(async () => {
      await world.token.send(world.admin, "lock", awardId, world.salt, 4n);
      await world.token.send(world.holder, "release", awardId, world.alice.address);
    });
    shouldRefuseToLock(LockState.Released);
    shouldRefuseToClose(LockState.Released);
  });

  describe("a refunded award", () => {
    beforeEach(async () => {
      await world.token.send(world.admin, "lock", awardId, world.salt, 4n);
      await world.token.send(world.admin, "refund", awardId);
    });
    shouldRefuseToLock(LockState.Refunded);
    shouldRefuseToClose(LockState.Refunded);
  });

  describe("an award whose reward was minted", () => {
    beforeEach(async () => {
      const { token, admin, alice } = world;
      const { events } = await token.send(admin, "mintReward", awardId, alice.address, 4n);
      expect(events).toEqual([["Transfer", ZeroAddress, alice.address, 4n]]);
    });
    shouldRefuseToLock(LockState.Minted);
    shouldRefuseToClose(LockState.Minted);
  });

  function shouldRefuseToLock(state: bigint): void {
    it("is not funded again", async () => {
      const { token, admin, alice, salt } = world;
      const error = ["RewardAlreadyFunded", awardId, state] as const;
      await token.sendReverts(error, admin, "lock", awardId, salt, 1n);
      await token.sendReverts(error, admin, "mintReward", awardId, alice.address, 1n);
    });
  }

  function shouldRefuseToClose(state: bigint): void {
    it("can be neither released nor refunded", async () => {
      const { token, admin, holder, alice } = world;
      const error = ["RewardNotLocked", awardId, state] as const;
      await token.sendReverts(error, holder, "release", awardId, alice.address);
      await token.sendReverts(error, admin, "refund", awardId);
    });
  }
}
