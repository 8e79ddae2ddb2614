import { MemoryStore } from "../../emulator/adapters/memory/store.ts";
import { type AwardRecord, awardOf } from "../../emulator/model/award.ts";
import type { Badge } from "../../emulator/model/badge.ts";
import type { User } from "../../emulator/model/user.ts";
import type { ChainBadge, NftTransfer } from "../../emulator/ports/chain.ts";
import type { UnitOfWork } from "../../emulator/ports/unit-of-work.ts";
import { type Inspector, Verifier } from "../../emulator/services/verification.ts";
import { only } from "./only.ts";
import { put, user } from "./records.ts";

export const AT = "2026-01-01T00:00:00.000Z";
export const OFFICIAL = `0x${"0".repeat(39)}1`;
export const FOREIGN = `0x${"0".repeat(39)}2`;
export const WALLET = `0x${"0".repeat(39)}3`;
export const STRANGER = `0x${"0".repeat(39)}4`;
export const HASH = `0x${"ab".repeat(32)}`;
export const CHAIN_ID = 31337;

const ADA: User = user("usr_00000000000000000000000ADA", {
  display_name: "Ada Lovelace",
  wallet: { address: WALLET, account: `eip155:${CHAIN_ID}:${WALLET}`, chain_id: CHAIN_ID, custody: "managed" },
});
const SPONSOR = user("usr_0000000000000000000000SP0N", {
  type: "organization",
  organization: { name: "Engines Ltd", website: "https://engines.example", audience: "everybody" },
});

const BADGE: Badge = {
  id: "bdg_01M1E6JK80QX72VW9T8W87X3GC",
  object: "badge",
  sponsor_id: SPONSOR.id,
  title: "The Tech Shaman",
  description: "Runs a language model at home.",
  criteria: { narrative: "Show a recording of it.", url: null },
  evidence_requirements: [],
  image_url: null,
  level: null,
  tags: [],
  visibility: "public",
  reward: { amount: "50", funding: "mint" },
  max_awards: null,
  application_expires_at: null,
  claim_window_days: 90,
  auto_approve: false,
  auto_claim: false,
  status: "published",
  awards_count: 1,
  metadata: {},
  created_at: AT,
  updated_at: AT,
};

const CLAIMED: AwardRecord = {
  id: "awd_01M1E74X60JBWPZPHGZ3VWDM1Y",
  object: "award",
  gets_id: "K7QWZ3M",
  badge_id: BADGE.id,
  sponsor_id: SPONSOR.id,
  recipient_id: ADA.id,
  status: "claimed",
  source: "application",
  evidence: [],
  narrative: null,
  review: null,
  reward: { amount: "50", funding: "mint", transaction_id: null },
  claim_expires_at: "2026-04-01T00:00:00.000Z",
  pending: null,
  chain: { contract_address: OFFICIAL, token_id: "7", tx_hash: HASH, block_number: 7, locked: true },
  revocation: null,
  metadata: {},
  applied_at: AT,
  approved_at: AT,
  claimed_at: AT,
  created_at: AT,
  updated_at: AT,
  token_id: "7",
  reminded: false,
  retry_at: null,
};

export interface Given {
  readonly award?: Partial<AwardRecord>;
  readonly badge?: Partial<Badge>;
  readonly sponsor?: Partial<User>;
  readonly recipient?: Partial<User>;
  /** What the chain says of the badge; null for nothing. */
  readonly onChain?: Partial<ChainBadge> | null;
  readonly transfers?: readonly NftTransfer[];
  readonly inspector?: Inspector;
  readonly now?: string;
}

/** One award, claimed and all well unless told otherwise, and a chain that says what a test wants it to. */
export function verifierOf({ award, badge, sponsor, recipient, onChain, transfers = [], inspector, now = AT }: Given = {}) {
  const store = new MemoryStore();
  store.apply([
    put("users", { ...ADA, ...recipient }),
    put("users", { ...SPONSOR, ...sponsor }),
    put("badges", { ...BADGE, ...badge }),
    put("awards", { ...CLAIMED, ...award }),
  ]);
  const claimed: ChainBadge = { owner: WALLET, locked: true, revoked: false };
  const chain = {
    identity: { chainId: CHAIN_ID, token: "", badge: OFFICIAL, server: "", accounts: [] },
    checksum: (address: string) => (/^0x[0-9a-f]{40}$/i.test(address) ? address.toLowerCase() : null),
    badgeAt: async () => (onChain === null ? null : { ...claimed, ...onChain }),
    nftTransfers: async () => transfers,
  };
  const credentials = inspector ?? { inspect: () => Promise.reject(new Error("no credential was given")) };
  const world = only<UnitOfWork>({ records: store, atCommitted: <T>(read: (block: number) => Promise<T>) => read(7) });
  const show = (record: AwardRecord) => awardOf(record, "http://127.0.0.1:4010/v1");
  const verifier = new Verifier(chain, credentials, show, () => Date.parse(now));
  return { store, world, verify: (request: Parameters<Verifier["verify"]>[1]) => verifier.verify(world, request) };
}

export { ADA, BADGE, CLAIMED };
