import type { AwardRecord } from "../model/award.ts";
import type { User } from "../model/user.ts";
import type { Check, VerificationStatus } from "../model/verification.ts";
import type { Address, Chain, ChainBadge } from "../ports/chain.ts";
import { hasPassed } from "./badges.ts";

/** What the chain says of an award, and what the caller wants to know. */
interface Facts {
  /** The badge on the chain; null when there is none, or when the award is of another contract. */
  readonly onChain: ChainBadge | null;
  readonly official: Address;
  readonly now: number;
  /** Whether it is the expected recipient's; null when nobody was named. */
  readonly isExpected: boolean | null;
}

/** What a check means when it fails. A badge that is not locked does not behave as the official contract's do. */
const FAILURES: Readonly<Record<Check["name"], VerificationStatus>> = {
  signature: "invalid_credential",
  found: "not_found",
  not_revoked: "revoked",
  not_expired: "expired",
  claimed: "not_claimed",
  contract: "contract_mismatch",
  owner: "owner_mismatch",
  locked: "contract_mismatch",
  recipient: "owner_mismatch",
};

/** Which one is told when several things are wrong. */
const PRECEDENCE: readonly VerificationStatus[] = [
  "invalid_credential",
  "not_found",
  "revoked",
  "expired",
  "not_claimed",
  "contract_mismatch",
  "owner_mismatch",
];

export function statusOf(checks: readonly Check[]): VerificationStatus {
  const failures = new Set(checks.filter(({ passed }) => !passed).map(({ name }) => FAILURES[name]));
  return PRECEDENCE.find((status) => failures.has(status)) ?? "valid";
}

/** Everything that can be looked at in an award, in order; what has no object is left out. */
export function checksOf({ award, recipient }: { readonly award: AwardRecord; readonly recipient: User }, facts: Facts): Check[] {
  const { onChain, official, isExpected } = facts;
  const checks = [notRevoked(award, onChain), ...notExpired(award, facts.now), claimed(award, facts)];
  if (award.chain) checks.push(contract(award.chain.contract_address, official));
  if (onChain) checks.push(owner(onChain, recipient), locked(onChain));
  if (isExpected !== null) checks.push(expected(isExpected));
  return checks;
}

function notRevoked({ revocation }: AwardRecord, onChain: ChainBadge | null): Check {
  if (revocation) return failed("not_revoked", `It was revoked: ${revocation.reason}`);
  if (onChain?.revoked) return failed("not_revoked", "The official contract says that it was revoked.");
  return passed("not_revoked", "It is not revoked.");
}

/** Nothing to look at before it is approved: its time to be claimed has not begun. */
function notExpired(award: AwardRecord, now: number): Check[] {
  const { status, claim_expires_at: end, pending } = award;
  if (end === null) return [];
  if (award.chain) return [passed("not_expired", "It was claimed in time.")];
  if (status === "revoked") return [passed("not_expired", "It was revoked before its time to be claimed ended.")];
  // A claim that was sent in time may still be mined.
  const isOver = status === "expired" || (hasPassed(end, now) && pending?.action !== "claim");
  const until = `${end.slice(0, 10)} ${end.slice(11, 16)} UTC`;
  return [
    isOver ? failed("not_expired", `It could be claimed until ${until}.`) : passed("not_expired", `It can be claimed until ${until}.`),
  ];
}

function claimed(award: AwardRecord, { onChain, official }: Facts): Check {
  const { chain } = award;
  if (!chain) return failed("claimed", whyNotClaimed(award));
  if (!onChain && chain.contract_address === official) {
    return failed("claimed", `By the records it was claimed, but the official contract has no badge ${chain.token_id}.`);
  }
  return passed("claimed", `It was claimed in block ${chain.block_number}.`);
}

function whyNotClaimed({ status, pending }: AwardRecord): string {
  if (pending?.action === "claim") return "It is being claimed; the transaction waits for a block.";
  if (status === "applied") return "It was applied for and is not approved.";
  if (status === "rejected") return "It was not granted.";
  if (status === "approved") return "It is approved and not claimed.";
  return "It was never claimed.";
}

function contract(address: Address, official: Address): Check {
  if (address === official) return passed("contract", "It is of the official contract.");
  return failed("contract", `It is of the contract ${address}; the official one is ${official}.`);
}

function owner(onChain: ChainBadge, { wallet }: User): Check {
  if (onChain.owner === wallet.address) return passed("owner", "It is in the recipient's wallet.");
  return failed("owner", "It is not in the recipient's wallet.");
}

function locked(onChain: ChainBadge): Check {
  return onChain.locked
    ? passed("locked", "It cannot be given away.")
    : failed("locked", "It can be given away, which no genuine badge can.");
}

function expected(isExpected: boolean): Check {
  return isExpected ? passed("recipient", "It is the expected recipient's.") : failed("recipient", "It is not the expected recipient's.");
}

/** CAIP-10 and did:pkh of an EVM account, or the address alone. */
const ACCOUNT = /^(?:(?:did:pkh:)?eip155:(\d+):)?(0x[0-9a-fA-F]{40})$/;

/** Whether `expected` (a user id, an address, a CAIP-10 account of this chain or its did:pkh) names this user. */
export function isWhoIsExpected(expected: string, { id, wallet }: User, chain: Pick<Chain, "identity" | "checksum">): boolean {
  if (expected === id) return true;
  const [, chainId, address] = ACCOUNT.exec(expected) ?? [];
  if (address === undefined || (chainId !== undefined && chainId !== String(chain.identity.chainId))) return false;
  return chain.checksum(address) === wallet.address;
}

function passed(name: Check["name"], detail: string): Check {
  return { name, passed: true, detail };
}

function failed(name: Check["name"], detail: string): Check {
  return { name, passed: false, detail };
}
