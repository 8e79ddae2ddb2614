/** ERC-20 with a cap: mint, transfer, allowance, burn. */
import { ZeroAddress } from "ethers";
import { beforeEach, describe, expect, it } from "vitest";
import { cap } from "../values.ts";
import type { World } from "../world.ts";

export function shouldBehaveLikeRewardToken(world: World): void {
  const balance = (account: string) => world.token.read<bigint>("balanceOf", account);

  it.each([
    ["name", "GetSmart Token"],
    ["symbol", "GETS"],
    ["decimals", 18n],
    ["cap", cap],
    ["totalSupply", 0n],
  ])("%s is %s", async (method, value) => {
    expect(await world.token.read(method)).toBe(value);
  });

  describe("mint", () => {
    it("creates tokens", async () => {
      const { token, admin, alice } = world;
      const { events } = await token.send(admin, "mint", alice.address, 7n);
      expect(events).toEqual([["Transfer", ZeroAddress, alice.address, 7n]]);
      expect(await balance(alice.address)).toBe(7n);
      expect(await token.read("totalSupply")).toBe(7n);
    });

    it("goes up to the cap and not beyond", async () => {
      const { token, admin, alice } = world;
      await token.sendReverts(["ERC20ExceededCap", cap + 1n, cap], admin, "mint", alice.address, cap + 1n);
      await token.send(admin, "mint", alice.address, cap);
      await token.sendReverts(["ERC20ExceededCap", cap + 1n, cap], admin, "mint", alice.address, 1n);
    });

    it("has room again after a burn", async () => {
      const { token, admin, alice } = world;
      await token.send(admin, "mint", alice.address, cap);
      await token.send(alice, "burn", 1n);
      await token.send(admin, "mint", alice.address, 1n);
      expect(await token.read("totalSupply")).toBe(cap);
    });

    it("refuses the zero address and the token's own", async () => {
      const { token, admin } = world;
      for (const to of [ZeroAddress, token.address]) {
        await token.sendReverts(["ERC20InvalidReceiver", to], admin, "mint", to, 1n);
      }
    });
  });

  describe("with a balance of 10", () => {
    beforeEach(() => world.token.send(world.admin, "mint", world.alice.address, 10n));

    it("transfers", async () => {
      const { token, alice, bob } = world;
      const { events } = await token.send(alice, "transfer", bob.address, 4n);
      expect(events).toEqual([["Transfer", alice.address, bob.address, 4n]]);
      expect([await balance(alice.address), await balance(bob.address)]).toEqual([6n, 4n]);
    });

    it("transfers no more than that", async () => {
      const { token, alice, bob } = world;
      const error = ["ERC20InsufficientBalance", alice.address, 10n, 11n] as const;
      await token.sendReverts(error, alice, "transfer", bob.address, 11n);
      await token.sendReverts(error, alice, "burn", 11n);
    });

    it("transfers neither to the zero address nor into the escrow", async () => {
      const { token, alice } = world;
      for (const to of [ZeroAddress, token.address]) {
        await token.sendReverts(["ERC20InvalidReceiver", to], alice, "transfer", to, 1n);
      }
    });

    it("burns", async () => {
      const { token, alice } = world;
      const { events } = await token.send(alice, "burn", 4n);
      expect(events).toEqual([["Transfer", alice.address, ZeroAddress, 4n]]);
      expect(await token.read("totalSupply")).toBe(6n);
    });

    it("lets a spender move and burn its allowance", async () => {
      const { token, alice, bob } = world;
      const { events } = await token.send(alice, "approve", bob.address, 5n);
      expect(events).toEqual([["Approval", alice.address, bob.address, 5n]]);
      await token.send(bob, "transferFrom", alice.address, bob.address, 2n);
      await token.send(bob, "burnFrom", alice.address, 2n);
      expect(await token.read("allowance", alice.address, bob.address)).toBe(1n);

      const error = ["ERC20InsufficientAllowance", bob.address, 1n, 2n] as const;
      await token.sendReverts(error, bob, "transferFrom", alice.address, bob.address, 2n);
      await token.sendReverts(error, bob, "burnFrom", alice.address, 2n);
    });

    it("refuses an allowance for the zero address", async () => {
      const { token, alice } = world;
      await token.sendReverts(["ERC20InvalidSpender", ZeroAddress], alice, "approve", ZeroAddress, 1n);
    });
  });
}
