/** The checks in order, the status they lead to, and what is told of whom. */
import { describe, expect, it } from "vitest";
import type { AwardRecord } from "../../emulator/model/award.ts";
import {
  ADA,
  AT,
  BADGE,
  CHAIN_ID,
  CLAIMED,
  FOREIGN,
  type Given,
  HASH,
  OFFICIAL,
  STRANGER,
  verifierOf,
  WALLET,
} from "../support/verification-world.ts";

const GETS_ID = { gets_id: CLAIMED.gets_id };
const REVOCATION = { status: "revoked", revocation: { reason: "The recording shows another model", revoked_at: AT } } as const;
const UNCLAIMED = { chain: null, claimed_at: null } as const;
const APPROVED: Partial<AwardRecord> = { ...UNCLAIMED, status: "approved" };
const APPLIED: Partial<AwardRecord> = { ...UNCLAIMED, status: "applied", approved_at: null, claim_expires_at: null };
const ELSEWHERE = { chain: { contract_address: FOREIGN, token_id: "7", tx_hash: HASH, block_number: 7, locked: true } } as const;
const AFTER = "2026-04-01T00:00:00.000Z";

async function verification(given: Given, request: Parameters<ReturnType<typeof verifierOf>["verify"]>[0] = GETS_ID) {
  return (await verifierOf(given).verify(request)).verification;
}

/** `name` for a check that passed, `!name` for one that failed. */
async function checks(given: Given, request = GETS_ID) {
  return (await verification(given, request)).checks.map(({ name, passed }) => (passed ? name : `!${name}`)).join(" ");
}

describe("status and checks", () => {
  it.each<[what: string, given: Given, status: string, checks: string]>([
    ["claimed", {}, "valid", "found not_revoked not_expired claimed contract owner locked"],
    [
      "revoked",
      { award: REVOCATION, onChain: { revoked: true } },
      "revoked",
      "found !not_revoked not_expired claimed contract owner locked",
    ],
    ["revoked before it was claimed", { award: { ...UNCLAIMED, ...REVOCATION } }, "revoked", "found !not_revoked not_expired !claimed"],
    [
      "revoked on the chain alone",
      { onChain: { revoked: true } },
      "revoked",
      "found !not_revoked not_expired claimed contract owner locked",
    ],
    ["applied for", { award: APPLIED }, "not_claimed", "found not_revoked !claimed"],
    ["rejected", { award: { ...APPLIED, status: "rejected" } }, "not_claimed", "found not_revoked !claimed"],
    ["approved", { award: APPROVED }, "not_claimed", "found not_revoked not_expired !claimed"],
    ["expired", { award: { ...UNCLAIMED, status: "expired" } }, "expired", "found not_revoked !not_expired !claimed"],
    [
      "approved, its time over but nothing done about it yet",
      { award: APPROVED, now: AFTER },
      "expired",
      "found not_revoked !not_expired !claimed",
    ],
    [
      "claimed in time, in a block that is still to come",
      { award: { ...APPROVED, pending: pending("claim") }, now: AFTER },
      "not_claimed",
      "found not_revoked not_expired !claimed",
    ],
    ["claimed by the records alone", { onChain: null }, "not_claimed", "found not_revoked not_expired !claimed contract"],
    ["of another contract", { award: ELSEWHERE }, "contract_mismatch", "found not_revoked not_expired claimed !contract"],
    [
      "in another wallet",
      { onChain: { owner: STRANGER } },
      "owner_mismatch",
      "found not_revoked not_expired claimed contract !owner locked",
    ],
    ["not locked", { onChain: { locked: false } }, "contract_mismatch", "found not_revoked not_expired claimed contract owner !locked"],
  ])("%s", async (_what, given, status, expected) => {
    const found = await verification(given);
    expect([found.status, found.verified, await checks(given)]).toEqual([status, status === "valid", expected]);
  });

  it("each check says something", async () => {
    for (const { detail } of (await verification({})).checks) expect(detail).toMatch(/^[A-Z].*\.$/);
  });

  it("the reason of a revocation is public", async () => {
    const found = await verification({ award: REVOCATION });
    expect(found.checks[1]?.detail).toContain("The recording shows another model");
  });
});

describe("when several things are wrong, the first of revoked, expired, not_claimed, contract_mismatch, owner_mismatch is told", () => {
  const somebodyElse = { ...GETS_ID, expected_recipient: STRANGER };
  it.each<[status: string, given: Given]>([
    ["revoked", { award: { ...UNCLAIMED, ...REVOCATION }, now: AFTER }],
    ["revoked", { award: { ...ELSEWHERE, ...REVOCATION } }],
    ["revoked", { award: REVOCATION, onChain: { owner: STRANGER, locked: false } }],
    ["expired", { award: { ...UNCLAIMED, status: "expired" } }],
    ["not_claimed", { award: APPROVED }],
    ["not_claimed", { onChain: null }],
    ["contract_mismatch", { award: ELSEWHERE }],
    ["contract_mismatch", { onChain: { owner: STRANGER, locked: false } }],
    ["owner_mismatch", { onChain: { owner: STRANGER } }],
    ["owner_mismatch", {}],
  ])("%s", async (status, given) => {
    expect((await verification(given, somebodyElse)).status).toBe(status);
  });
});

describe("the five ways lead to the same award", () => {
  const inspector = { inspect: async () => ({ valid: true, awardId: CLAIMED.id, detail: "It is signed by this issuer." }) };
  const ways = {
    "GETS ID": GETS_ID,
    award: { award_id: CLAIMED.id },
    transaction: { tx_hash: HASH },
    "transaction in capitals": { tx_hash: `0x${HASH.slice(2).toUpperCase()}` },
    token: { contract_address: OFFICIAL, token_id: "7" },
  };

  it.each(Object.entries(ways))("%s", async (_way, request) => {
    const found = await verification({}, request);
    expect([found.status, found.award?.id, found.checks[0]]).toEqual([
      "valid",
      CLAIMED.id,
      expect.objectContaining({ name: "found", passed: true }),
    ]);
  });

  it("credential: its signature is looked at first", async () => {
    const found = await verification({ inspector }, { credential: "a.b.c" });
    expect([found.status, found.award?.id]).toEqual(["valid", CLAIMED.id]);
    expect(found.checks[0]).toEqual({ name: "signature", passed: true, detail: "It is signed by this issuer." });
    expect(found.checks.map(({ name }) => name)).toEqual([
      "signature",
      "found",
      "not_revoked",
      "not_expired",
      "claimed",
      "contract",
      "owner",
      "locked",
    ]);
  });

  it("credential: of a revoked award it is revoked, however well it is signed", async () => {
    expect((await verification({ inspector, award: REVOCATION }, { credential: "a.b.c" })).status).toBe("revoked");
  });

  it.each([null, CLAIMED.id])(
    "credential: an altered one fails with the check named, and is believed nothing (award %s)",
    async (awardId) => {
      const altered = { inspect: async () => ({ valid: false, awardId, detail: "Its signature does not fit." }) };
      const found = await verification({ inspector: altered }, { credential: "a.b.c", expected_recipient: ADA.id });
      expect(found).toMatchObject({ verified: false, status: "invalid_credential", award: null, warnings: [] });
      expect(found.checks).toEqual([{ name: "signature", passed: false, detail: "Its signature does not fit." }]);
    },
  );

  it("credential: of an award that is no longer there it is not_found", async () => {
    const gone = { inspect: async () => ({ valid: true, awardId: "awd_01M1E74X60JBWPZPHGZ3VWDM99", detail: "It is signed." }) };
    const found = await verification({ inspector: gone }, { credential: "a.b.c" });
    expect([found.status, found.checks.map(({ name }) => name)]).toEqual(["not_found", ["signature", "found"]]);
  });

  it("transaction: a claim that waits for its block leads to its award", async () => {
    const found = await verification({ award: { ...APPROVED, pending: pending("claim") } }, { tx_hash: HASH });
    expect([found.status, found.award?.id]).toEqual(["not_claimed", CLAIMED.id]);
  });

  it("transaction: a revocation is no claim", async () => {
    const award = { ...CLAIMED, chain: { ...ELSEWHERE.chain, contract_address: OFFICIAL, tx_hash: "0x" }, pending: pending("revoke") };
    expect((await verification({ award }, { tx_hash: HASH })).status).toBe("not_found");
  });

  it("transaction: by what it did on the chain, should the records know it under another hash", async () => {
    const transfers = [{ contract: OFFICIAL, tokenId: 7n }];
    const found = await verification({ transfers }, { tx_hash: `0x${"cd".repeat(32)}` });
    expect([found.status, found.award?.id]).toEqual(["valid", CLAIMED.id]);
  });
});

describe("ghost badges", () => {
  const warned = { verified: false, status: "contract_mismatch", warnings: ["GHOST_BADGE"], award: null };
  it.each([
    ["a token of another contract, whatever its number", { contract_address: FOREIGN, token_id: "7" }, {}],
    ["a transaction that made such a token", { tx_hash: `0x${"cd".repeat(32)}` }, { transfers: [{ contract: FOREIGN, tokenId: 7n }] }],
  ])("%s", async (_what, request, given) => {
    const found = await verification(given, request);
    expect(found).toMatchObject(warned);
    expect(found.checks).toEqual([{ name: "contract", passed: false, detail: expect.stringContaining(OFFICIAL) }]);
  });

  it("an award that the records place in another contract is warned of, and shown", async () => {
    const found = await verification({ award: ELSEWHERE });
    expect(found).toMatchObject({ ...warned, award: { id: CLAIMED.id } });
  });

  it("nothing else is", async () => {
    for (const given of [{}, { award: REVOCATION }, { onChain: { owner: STRANGER } }, { onChain: { locked: false } }])
      expect((await verification(given)).warnings).toEqual([]);
  });
});

describe("what is unknown or malformed is not_found", () => {
  it.each([
    { gets_id: "AAAAAAA" },
    { gets_id: "k7qwz3m" },
    { gets_id: "" },
    { gets_id: "ada@example.org" },
    { award_id: "awd_01M1E74X60JBWPZPHGZ3VWDM99" },
    { award_id: CLAIMED.badge_id },
    { award_id: "nobody" },
    { tx_hash: `0x${"cd".repeat(32)}` },
    { tx_hash: "0x12" },
    { tx_hash: "nothing" },
    { contract_address: OFFICIAL, token_id: "8" },
    { contract_address: OFFICIAL, token_id: "07" },
    { contract_address: OFFICIAL, token_id: "-1" },
    { contract_address: OFFICIAL, token_id: "9".repeat(200) },
    { contract_address: "0x12", token_id: "7" },
    { contract_address: FOREIGN, token_id: "seven" },
  ])("%j", async (request) => {
    const found = await verification({}, { ...request, expected_recipient: ADA.id });
    expect(found).toMatchObject({ verified: false, status: "not_found", award: null, warnings: [] });
    expect(found.checks).toEqual([{ name: "found", passed: false, detail: expect.any(String) }]);
    expect(JSON.stringify(found)).not.toContain("ada@example.org");
  });
});

describe("expected_recipient", () => {
  it.each([
    ["a user id", ADA.id],
    ["an address", WALLET],
    ["an address in capitals", `0x${WALLET.slice(2).toUpperCase()}`],
    ["a CAIP-10 account", `eip155:${CHAIN_ID}:${WALLET}`],
    ["a did:pkh", `did:pkh:eip155:${CHAIN_ID}:${WALLET}`],
  ])("%s is the recipient's", async (_what, expected_recipient) => {
    const found = await verification({}, { ...GETS_ID, expected_recipient });
    expect([found.status, found.checks.at(-1)]).toEqual(["valid", { name: "recipient", passed: true, detail: expect.any(String) }]);
  });

  it.each([
    ["another user", BADGE.sponsor_id],
    ["another address", STRANGER],
    ["the account on another chain", `eip155:8453:${WALLET}`],
    ["the DID on another chain", `did:pkh:eip155:1:${WALLET}`],
    ["another method of DID", `did:ethr:${WALLET}`],
    ["another namespace", `cosmos:${CHAIN_ID}:${WALLET}`],
    ["nobody", "usr_01M1E4VNE00C1Z66Z2XVGNZH99"],
    ["an e-mail address", ADA.email as string],
    ["a malformed address", "0x12"],
    ["something with more behind it", `${WALLET}#key`],
  ])("%s is not", async (_what, expected_recipient) => {
    const found = await verification({}, { ...GETS_ID, expected_recipient });
    expect([found.status, found.checks.at(-1)]).toEqual([
      "owner_mismatch",
      { name: "recipient", passed: false, detail: expect.any(String) },
    ]);
  });

  it("is looked at in an award that is not claimed too", async () => {
    const found = await verification({ award: APPROVED }, { ...GETS_ID, expected_recipient: STRANGER });
    expect([found.status, found.checks.at(-1)?.name]).toEqual(["not_claimed", "recipient"]);
  });
});

function pending(action: "claim" | "revoke"): NonNullable<AwardRecord["pending"]> {
  return { action, tx_hash: HASH, transaction_id: null, review: null, reason: null, then_claim: false };
}
