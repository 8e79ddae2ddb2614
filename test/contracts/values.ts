/** Values that the contracts and several suites share. */
import { id, ZeroHash } from "ethers";

export const cap = 10n ** 12n * 10n ** 18n;

export const LockState = { None: 0n, Locked: 1n, Released: 2n, Refunded: 3n } as const;
export const Funding = { Mint: 0n, Sponsor: 1n } as const;

export const roles = {
  DEFAULT_ADMIN_ROLE: ZeroHash,
  MINTER_ROLE: id("MINTER_ROLE"),
  OPERATOR_ROLE: id("OPERATOR_ROLE"),
  RELEASER_ROLE: id("RELEASER_ROLE"),
  PAUSER_ROLE: id("PAUSER_ROLE"),
  ISSUER_ROLE: id("ISSUER_ROLE"),
} as const;
export type Role = keyof typeof roles;

export const awardId = id("award_01");
export const uri = "https://badges.example/1.json";
