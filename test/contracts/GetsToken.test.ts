import { id } from "ethers";
import { describe } from "vitest";
import { shouldBehaveLikeEscrow } from "./behaviours/escrow.ts";
import { shouldSupportInterfaces } from "./behaviours/interfaces.ts";
import { shouldBehaveLikeManagedWallets } from "./behaviours/managed-wallets.ts";
import { shouldBehaveLikePausable } from "./behaviours/pausable.ts";
import { shouldBehaveLikeRewardToken } from "./behaviours/reward-token.ts";
import { shouldGuardByRoles } from "./behaviours/roles.ts";
import { awardId } from "./values.ts";
import { useWorld } from "./world.ts";

describe("GetsToken", () => {
  const world = useWorld();

  describe("as ERC-20", () => shouldBehaveLikeRewardToken(world));
  describe("managed wallets", () => shouldBehaveLikeManagedWallets(world));
  describe("escrow", () => shouldBehaveLikeEscrow(world));
  describe("pause", () => shouldBehaveLikePausable(world));
  describe("interfaces", () => {
    shouldSupportInterfaces(world, "token", { "ERC-165": "0x01ffc9a7", AccessControl: "0x7965db0b" });
  });

  describe("roles", () => {
    const alice = () => world.alice.address;
    shouldGuardByRoles(world, {
      contract: "token",
      granted: ["DEFAULT_ADMIN_ROLE", "MINTER_ROLE", "OPERATOR_ROLE", "PAUSER_ROLE"],
      notGranted: ["RELEASER_ROLE"],
      prepare: async () => {
        await world.token.send(world.admin, "mint", world.wallet, 10n);
        await world.token.send(world.admin, "lock", awardId, world.salt, 5n);
      },
      guarded: [
        { method: "mint", role: "MINTER_ROLE", args: () => [alice(), 1n] },
        { method: "mintReward", role: "MINTER_ROLE", args: () => [id("award_02"), alice(), 1n] },
        { method: "operatorTransfer", role: "OPERATOR_ROLE", args: () => [world.salt, alice(), 1n] },
        { method: "operatorBurn", role: "OPERATOR_ROLE", args: () => [world.salt, 1n] },
        { method: "lock", role: "OPERATOR_ROLE", args: () => [id("award_02"), world.salt, 1n] },
        { method: "refund", role: "OPERATOR_ROLE", args: () => [awardId] },
        { method: "release", role: "RELEASER_ROLE", args: () => [awardId, alice()] },
        { method: "pause", role: "PAUSER_ROLE", args: () => [] },
        {
          method: "unpause",
          role: "PAUSER_ROLE",
          args: () => [],
          prepare: () => world.token.send(world.admin, "pause"),
        },
      ],
      open: ["approve", "burn", "burnFrom", "transfer", "transferFrom"],
    });
  });
});
