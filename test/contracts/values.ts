/** Values that the contracts and several suites share. */
import { hexlify, id, toUtf8Bytes, ZeroHash } from "ethers";

export const cap = 10n ** 12n * 10n ** 18n;

export const LockState = { None: 0n, Locked: 1n, Released: 2n, Refunded: 3n, Minted: 4n } as const;
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
export const title = "The Tech Shaman";
/** `K7QWZ3M` as the contract takes it. */
export const getsId = bytes7("K7QWZ3M");
export const externalBase = "https://badges.example/v1";

/** A text of seven ASCII characters as `bytes7`. */
export function bytes7(text: string): string {
  return hexlify(toUtf8Bytes(text));
}
