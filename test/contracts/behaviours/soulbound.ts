/** ERC-5192: "Any function attempting to transfer a locked token must throw." */
import { ZeroAddress } from "ethers";
import { beforeEach, describe, expect, it } from "vitest";
import { awardId, Funding, getsId, title } from "../values.ts";
import type { World } from "../world.ts";

export function shouldBehaveLikeSoulbound(world: World): void {
  const transfers = ["transferFrom", "safeTransferFrom(address,address,uint256)", "safeTransferFrom(address,address,uint256,bytes)"];
  const missing = ["ERC721NonexistentToken", 9n] as const;
  const move = (method: string, from: string, to: string, tokenId: bigint) =>
    method.endsWith("bytes)") ? [from, to, tokenId, "0x"] : [from, to, tokenId];

  beforeEach(() => world.badge.send(world.admin, "claim", world.alice.address, 1n, getsId, title, awardId, 5n, Funding.Mint));

  it("is locked", async () => {
    expect(await world.badge.read("locked", 1n)).toBe(true);
  });

  describe.each(transfers)("%s", (method) => {
    it.each(["alice", "bob", "admin"] as const)("reverts for %s", async (sender) => {
      const { badge, alice, bob } = world;
      const args = move(method, alice.address, bob.address, 1n);
      await badge.sendReverts(["TokenLocked", 1n], world[sender], method, ...args);
      expect(await badge.read("ownerOf", 1n)).toBe(alice.address);
    });

    it("reverts for the owner to itself", async () => {
      const { badge, alice } = world;
      const args = move(method, alice.address, alice.address, 1n);
      await badge.sendReverts(["TokenLocked", 1n], alice, method, ...args);
    });

    it("reverts for a token that does not exist and for the zero address", async () => {
      const { badge, alice, bob } = world;
      await badge.sendReverts(missing, alice, method, ...move(method, alice.address, bob.address, 9n));
      const zero = ["ERC721InvalidReceiver", ZeroAddress] as const;
      await badge.sendReverts(zero, alice, method, ...move(method, alice.address, ZeroAddress, 1n));
    });
  });

  it("takes no approval", async () => {
    const { badge, alice, bob } = world;
    await badge.sendReverts(["TokenLocked", 1n], alice, "approve", bob.address, 1n);
    await badge.sendReverts(missing, alice, "approve", bob.address, 9n);
    expect(await badge.read("getApproved", 1n)).toBe(ZeroAddress);
  });

  it.each([true, false])("takes no approval for all (%s)", async (approved) => {
    const { badge, alice, bob } = world;
    const error = ["ApprovalForAllDisabled", bob.address] as const;
    await badge.sendReverts(error, alice, "setApprovalForAll", bob.address, approved);
    expect(await badge.read("isApprovedForAll", alice.address, bob.address)).toBe(false);
  });

  const views = ["locked", "ownerOf", "tokenURI", "getApproved", "revoked"];
  it.each(views)("%s of a missing token reverts", async (view) => {
    await world.badge.readReverts(missing, view, 9n);
  });

  it("counts nothing for the zero address", async () => {
    await world.badge.readReverts(["ERC721InvalidOwner", ZeroAddress], "balanceOf", ZeroAddress);
  });
}
