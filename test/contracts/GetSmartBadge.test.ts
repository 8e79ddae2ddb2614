import { describe } from "vitest";
import { shouldBehaveLikeClaims } from "./behaviours/claims.ts";
import { shouldSupportInterfaces } from "./behaviours/interfaces.ts";
import { shouldBehaveLikeRevocable } from "./behaviours/revocable.ts";
import { shouldGuardByRoles } from "./behaviours/roles.ts";
import { shouldBehaveLikeSoulbound } from "./behaviours/soulbound.ts";
import { awardId, Funding, getsId, title } from "./values.ts";
import { useWorld } from "./world.ts";

describe("GetSmartBadge", () => {
  const world = useWorld();

  describe("claim", () => shouldBehaveLikeClaims(world));
  describe("as soulbound ERC-721", () => shouldBehaveLikeSoulbound(world));
  describe("revocation", () => shouldBehaveLikeRevocable(world));

  describe("interfaces", () => {
    shouldSupportInterfaces(world, "badge", {
      "ERC-165": "0x01ffc9a7",
      "ERC-721": "0x80ac58cd",
      "ERC-721 Metadata": "0x5b5e139f",
      "ERC-4906": "0x49064906",
      "ERC-5192": "0xb45a3c0e",
      AccessControl: "0x7965db0b",
    });
  });

  describe("roles", () => {
    shouldGuardByRoles(world, {
      contract: "badge",
      granted: ["DEFAULT_ADMIN_ROLE", "ISSUER_ROLE"],
      notGranted: [],
      prepare: () => world.badge.send(world.admin, "claim", world.alice.address, 1n, getsId, title, awardId, 5n, Funding.Mint),
      guarded: [
        {
          method: "claim",
          role: "ISSUER_ROLE",
          args: () => [world.alice.address, 2n, getsId, title, `0x${"02".repeat(32)}`, 5n, Funding.Mint],
        },
        { method: "revoke", role: "ISSUER_ROLE", args: () => [1n] },
      ],
      open: ["approve", "safeTransferFrom", "setApprovalForAll", "transferFrom"],
    });
  });
});
