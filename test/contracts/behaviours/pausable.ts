/** A pause stops every movement of tokens, whatever function asks for it. */
import { id } from "ethers";
import { beforeEach, describe, expect, it } from "vitest";
import { awardId, roles } from "../values.ts";
import type { World } from "../world.ts";

export function shouldBehaveLikePausable(world: World): void {
  it("announces pause and unpause", async () => {
    const { token, admin } = world;
    expect(await token.read("paused")).toBe(false);
    expect((await token.send(admin, "pause")).events).toEqual([["Paused", admin.address]]);
    expect(await token.read("paused")).toBe(true);
    expect((await token.send(admin, "unpause")).events).toEqual([["Unpaused", admin.address]]);
    expect(await token.read("paused")).toBe(false);
  });

  it("has nothing to end before it began", async () => {
    await world.token.sendReverts(["ExpectedPause"], world.admin, "unpause");
  });

  describe("while paused", () => {
    beforeEach(async () => {
      const { token, admin, alice, bob, holder, salt, wallet } = world;
      await token.send(admin, "grantRole", roles.RELEASER_ROLE, holder.address);
      for (const account of [alice.address, wallet]) await token.send(admin, "mint", account, 10n);
      await token.send(alice, "approve", bob.address, 5n);
      await token.send(admin, "lock", awardId, salt, 5n);
      await token.send(admin, "pause");
    });

    it.each<[method: string, sender: "admin" | "alice" | "bob" | "holder", args: () => unknown[]]>([
      ["mint", "admin", () => [world.bob.address, 1n]],
      ["mintReward", "admin", () => [id("award_02"), world.bob.address, 1n]],
      ["transfer", "alice", () => [world.bob.address, 1n]],
      ["transferFrom", "bob", () => [world.alice.address, world.bob.address, 1n]],
      ["burn", "alice", () => [1n]],
      ["burnFrom", "bob", () => [world.alice.address, 1n]],
      ["operatorTransfer", "admin", () => [world.salt, world.bob.address, 1n]],
      ["operatorBurn", "admin", () => [world.salt, 1n]],
      ["lock", "admin", () => [id("award_02"), world.salt, 1n]],
      ["release", "holder", () => [awardId, world.bob.address]],
      ["refund", "admin", () => [awardId]],
      ["pause", "admin", () => []],
    ])("%s by %s reverts, and works afterwards", async (method, sender, args) => {
      const { token, admin } = world;
      await token.sendReverts(["EnforcedPause"], world[sender], method, ...args());
      await token.send(admin, "unpause");
      await token.send(world[sender], method, ...args());
    });
  });
}
