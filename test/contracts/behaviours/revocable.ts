/** Revoking flags a badge: the token and the reward stay where they are. */
import { beforeEach, expect, it } from "vitest";
import { awardId, Funding, getsId, title } from "../values.ts";
import type { World } from "../world.ts";

export function shouldBehaveLikeRevocable(world: World): void {
  beforeEach(() => world.badge.send(world.admin, "claim", world.alice.address, 1n, getsId, title, awardId, 5n, Funding.Mint));

  it("starts unrevoked", async () => {
    expect(await world.badge.read("revoked", 1n)).toBe(false);
  });

  it("flags the badge and announces the changed metadata (ERC-4906)", async () => {
    const { badge, token, admin, alice } = world;
    const { events } = await badge.send(admin, "revoke", 1n);
    expect(events).toEqual([
      ["Revoked", 1n],
      ["MetadataUpdate", 1n],
    ]);
    expect(await badge.read("revoked", 1n)).toBe(true);
    expect(await badge.read("ownerOf", 1n)).toBe(alice.address);
    expect(await badge.read("locked", 1n)).toBe(true);
    expect(await token.read("balanceOf", alice.address)).toBe(5n);
  });

  it("works while the token is paused, since no token moves", async () => {
    await world.token.send(world.admin, "pause");
    await world.badge.send(world.admin, "revoke", 1n);
    expect(await world.badge.read("revoked", 1n)).toBe(true);
  });

  it("happens once", async () => {
    await world.badge.send(world.admin, "revoke", 1n);
    await world.badge.sendReverts(["BadgeAlreadyRevoked", 1n], world.admin, "revoke", 1n);
  });

  it("needs a badge", async () => {
    await world.badge.sendReverts(["ERC721NonexistentToken", 9n], world.admin, "revoke", 9n);
  });
}
