/** Wallets that the token derives: nobody has their key, the operator moves them. */
import { getCreate2Address, id, keccak256, ZeroAddress, ZeroHash } from "ethers";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { World } from "../world.ts";

export function shouldBehaveLikeManagedWallets(world: World): void {
  const emptyCode = keccak256("0x");

  it("publishes the hash of empty init code", async () => {
    expect(await world.token.read("WALLET_INIT_CODE_HASH")).toBe(emptyCode);
  });

  it.each([ZeroHash, id("user_01"), `0x${"ff".repeat(32)}`])("derives the CREATE2 address of %s", async (salt) => {
    expect(await world.token.read("walletOf", salt)).toBe(getCreate2Address(world.token.address, salt, emptyCode));
  });

  it("derives the CREATE2 address of any user id", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (userId) => {
        const address = await world.token.read("walletOf", id(userId));
        expect(address).toBe(getCreate2Address(world.token.address, id(userId), emptyCode));
      }),
    );
  });

  it("leaves nothing on chain when a wallet is opened", async () => {
    expect(await world.rpc("eth_getCode", world.wallet, "latest")).toBe("0x");
    expect(await world.rpc("eth_getTransactionCount", world.wallet, "latest")).toBe("0x0");
  });

  describe("with a balance of 10", () => {
    beforeEach(() => world.token.send(world.admin, "mint", world.wallet, 10n));

    it("are moved by the operator", async () => {
      const { token, admin, alice, salt, wallet } = world;
      const { events } = await token.send(admin, "operatorTransfer", salt, alice.address, 4n);
      expect(events).toEqual([["Transfer", wallet, alice.address, 4n]]);
      expect(await token.read("balanceOf", wallet)).toBe(6n);
    });

    it("are burned by the operator", async () => {
      const { token, admin, salt, wallet } = world;
      const { events } = await token.send(admin, "operatorBurn", salt, 4n);
      expect(events).toEqual([["Transfer", wallet, ZeroAddress, 4n]]);
      expect(await token.read("totalSupply")).toBe(6n);
    });

    it("give no more than they hold", async () => {
      const { token, admin, alice, salt, wallet } = world;
      const error = ["ERC20InsufficientBalance", wallet, 10n, 11n] as const;
      await token.sendReverts(error, admin, "operatorTransfer", salt, alice.address, 11n);
      await token.sendReverts(error, admin, "operatorBurn", salt, 11n);
    });

    it("pay neither the zero address nor the escrow", async () => {
      const { token, admin, salt } = world;
      for (const to of [ZeroAddress, token.address]) {
        await token.sendReverts(["ERC20InvalidReceiver", to], admin, "operatorTransfer", salt, to, 1n);
      }
    });

    it("do not let the operator reach an account with a key", async () => {
      const { token, admin, alice, bob } = world;
      await token.send(admin, "mint", alice.address, 10n);
      const salt = `0x${alice.address.slice(2).padStart(64, "0")}`;
      const derived = await token.read("walletOf", salt);
      const error = ["ERC20InsufficientBalance", derived, 0n, 1n] as const;
      await token.sendReverts(error, admin, "operatorTransfer", salt, bob.address, 1n);
      const allowance = ["ERC20InsufficientAllowance", admin.address, 0n, 1n] as const;
      await token.sendReverts(allowance, admin, "transferFrom", alice.address, bob.address, 1n);
    });
  });
}
