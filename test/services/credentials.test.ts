/** Which credentials the sandbox takes for its own. */
import { createPrivateKey } from "node:crypto";
import jwt from "jsonwebtoken";
import { describe, expect, it } from "vitest";
import { JoseCredentials } from "../../emulator/adapters/jose/credentials.ts";
import { MemoryStore } from "../../emulator/adapters/memory/store.ts";
import type { IssuerKey } from "../../emulator/model/issuer-key.ts";
import type { CredentialPayload } from "../../emulator/ports/credentials.ts";
import type { UnitOfWork } from "../../emulator/ports/unit-of-work.ts";
import { Credentials } from "../../emulator/services/credentials.ts";
import { only } from "../support/only.ts";
import { award, badge, put, user } from "../support/records.ts";

const BASE = "http://127.0.0.1:4010/v1";
const CLAIMED = "2026-03-01T12:00:00.789Z";
const ADA = award("awd_ada", { recipient_id: "usr_ada", badge_id: "bdg_rhine", status: "claimed", claimed_at: CLAIMED });
const BEN = award("awd_ben", { recipient_id: "usr_ben", badge_id: "bdg_rhine", status: "approved" });
const signer = new JoseCredentials(false);
const key: IssuerKey = { ...(await signer.newKey()), created_at: CLAIMED };

/** A sandbox with the issuer's key, two users, a badge, and an award of it to each. */
function world() {
  const records = new MemoryStore();
  records.apply([
    put("issuer_keys", key),
    put("users", user("usr_ada")),
    put("users", user("usr_ben")),
    put("badges", badge("bdg_rhine", { title: "The Rhine" })),
    put("awards", ADA),
    put("awards", BEN),
  ]);
  return only<UnitOfWork & { records: MemoryStore }>({ records });
}

const credentials = new Credentials(signer, () => BASE);
const issued = await credentials.of(world(), ADA);
const payload = JSON.parse(Buffer.from(issued.split(".")[1] as string, "base64url").toString());
const signed = (changed: CredentialPayload, by = key) => signer.sign({ ...payload, ...changed }, by, `${BASE}/jwks/${by.id}`);

describe("inspect", () => {
  it("knows its own", async () => {
    expect(await credentials.inspect(world(), issued)).toMatchObject({ valid: true, awardId: "awd_ada" });
  });

  it("knows one that it issued at another address", async () => {
    const elsewhere = new Credentials(signer, () => "https://sandbox.example:8443/api/v1");
    const token = await elsewhere.of(world(), ADA);
    expect(token).not.toBe(issued);
    expect(await credentials.inspect(world(), token)).toMatchObject({ valid: true, awardId: "awd_ada" });
  });

  it("knows one of an earlier release: another typ, a kid in the key set, fewer contexts, another page of the issuer", async () => {
    const { issuer, "@context": context, ...rest } = payload;
    const header = { alg: "RS256", typ: "vc+jwt", kid: `${BASE}/jwks.json#${key.id}` } as const;
    const before = { ...rest, "@context": context.slice(0, 2), issuer: { ...issuer, url: "http://127.0.0.1:4010" } };
    const token = jwt.sign(before, createPrivateKey({ format: "jwk", key: key.private_jwk }), { header, noTimestamp: true });
    expect(await credentials.inspect(world(), token)).toMatchObject({ valid: true, awardId: "awd_ada" });
  });

  it("knows one issued before its badge was described otherwise, and before the award was revoked", async () => {
    const later = world();
    later.records.apply([
      put(
        "badges",
        badge("bdg_rhine", { title: "The Rhine", description: "Another.", tags: ["river"], image_url: "https://rhine.example/a.png" }),
      ),
      put("awards", { ...ADA, status: "revoked" }),
    ]);
    expect(await credentials.inspect(later, issued)).toMatchObject({ valid: true, awardId: "awd_ada" });
  });

  it("refuses what it did not sign, and what was altered", async () => {
    const other: IssuerKey = { ...(await signer.newKey()), created_at: CLAIMED };
    const [header, , signature] = issued.split(".");
    const altered = Buffer.from(JSON.stringify({ ...payload, name: "The Moon" })).toString("base64url");
    for (const token of [await signed({}, other), [header, altered, signature].join("."), `${issued}A`, "", "a.b.c"]) {
      expect(await credentials.inspect(world(), token)).toMatchObject({ valid: false, awardId: null });
    }
  });

  it("refuses everything while it has no key", async () => {
    const empty = only<UnitOfWork>({ records: new MemoryStore() });
    expect(await credentials.inspect(empty, issued)).toMatchObject({ valid: false, awardId: null });
  });

  // The key of a seeded sandbox is publicly known: a signature alone proves nothing there.
  it.each<[string, CredentialPayload]>([
    ["no award", { jti: undefined }],
    ["something that is no award", { jti: `${BASE}/badges/bdg_rhine` }],
    ["an unknown award", { jti: `${BASE}/awards/awd_nobody/credential` }],
    ["an award that was never claimed", { jti: `${BASE}/awards/awd_ben/credential` }],
  ])("refuses a signed credential of %s", async (_, changed) => {
    expect(await credentials.inspect(world(), await signed(changed))).toMatchObject({ valid: false, awardId: null });
  });

  it.each<[string, CredentialPayload]>([
    [
      "recipient",
      { credentialSubject: { ...payload.credentialSubject, id: "did:pkh:eip155:31337:usr_ben" }, sub: "did:pkh:eip155:31337:usr_ben" },
    ],
    ["sub", { sub: "did:pkh:eip155:31337:usr_ben" }],
    ["badge", { credentialSubject: { ...payload.credentialSubject, achievement: { id: `${BASE}/badges/bdg_other` } } }],
    ["time", { validFrom: "2025-03-01T12:00:00.000Z" }],
    ["nbf", { nbf: 1 }],
    ["issuer", { iss: "https://elsewhere.example/v1/issuer" }],
    ["subject at all", { credentialSubject: null }],
    ["issuer object", { issuer: "somebody" }],
    ["type", { type: ["VerifiableCredential"] }],
  ])("refuses a signed credential that states another %s than the award", async (_, changed) => {
    expect(await credentials.inspect(world(), await signed(changed))).toMatchObject({ valid: false, awardId: "awd_ada" });
  });
});

describe("of", () => {
  it("AWARD_NOT_CLAIMED of an award that was never claimed", async () => {
    await expect(credentials.of(world(), BEN)).rejects.toMatchObject({ code: "AWARD_NOT_CLAIMED" });
  });

  it("validFrom and nbf are the same whole second, that of the claim", () => {
    expect([payload.validFrom, payload.nbf]).toEqual(["2026-03-01T12:00:00.000Z", Date.parse("2026-03-01T12:00:00Z") / 1000]);
  });
});
