import { applied, claimed, type Made, newBadge, step } from "../kit/badges.ts";
import type { Check } from "../kit/check.ts";
import type { Json } from "../kit/document.ts";
import { forgeries, isSignedBy, readJwt } from "../kit/jwt.ts";
import { SetupFailed } from "../kit/outcomes.ts";
import type { Probe } from "../kit/probe.ts";

/** Credentials: Open Badges 3.0 as a JWT that everybody can check. */

/** The compact JWT of a claimed award. */
export async function credentialOf(t: Probe, award: Made): Promise<string> {
  const exchange = await t.call("getAwardCredential", { params: { award_id: award.id } });
  const text = exchange.text.trim();
  if (exchange.status !== 200 || readJwt(text) === null) throw new SetupFailed("the credential is needed first, and is no JWT", exchange);
  return text;
}

export const forged: Check = {
  id: "VERIFY-02",
  level: "MUST",
  provenance: "O",
  mode: "w",
  requirement: "A credential that was tampered with, is unsigned, or signed by another is invalid_credential.",
  hint: "Allow RS256 alone, take the key from your own set, and check the signature before you read a word.",
  requests: 12,
  async run(t) {
    const award = await claimed(t, await newBadge(t), await t.user());
    const credential = await credentialOf(t, award);
    for (const { what, credential: forgery } of forgeries(credential)) {
      const found = await t.call("verifyBadge", { json: { credential: forgery } });
      t.expect.ok(found, `verifying a credential with ${what}`);
      t.expect.equal([found.data.verified, found.data.status], [false, "invalid_credential"], `a credential with ${what}`, {
        exchange: found,
        pointer: "/data/status",
      });
    }
    const good = await t.call("verifyBadge", { json: { credential } });
    t.expect.equal(good.data.status, "valid", "the genuine one", { exchange: good, pointer: "/data/status" });
  },
};

export const genuine: Check = {
  // Open Badges 3.0, 8.2.4: the JWT's claims repeat the credential; RS256, keys as JWK.
  id: "VERIFY-06",
  level: "MUST",
  provenance: "O",
  mode: "w",
  needs: ["badges_flow"],
  requirement:
    "The credential of a claimed award is a JWT that the public keys verify and that names badge and wallet; unclaimed there is none, revoked it is listed.",
  hint: "kid names a key of /jwks.json; sub is did:pkh and the CAIP-10 account; jti stands in revokedCredential of /credential-revocations once revoked.",
  requests: 14,
  async run(t) {
    const [badge, user] = [await newBadge(t), await t.user()];
    const award = await applied(t, badge, user, ["approve"]);
    const early = await t.call("getAwardCredential", { params: { award_id: award.id } });
    t.expect.refused(early, { status: [409], codes: /NOT_CLAIMED/ }, "the credential of what is not claimed");
    t.expect.ok(await step(t, award, "claim"), "the claim");
    const exchange = await t.call("getAwardCredential", { params: { award_id: award.id } });
    t.expect.ok(exchange, "the credential of what is claimed");
    const text = exchange.text.trim();
    const keys = await t.call("getJwks", { key: null });
    const set = Array.isArray(keys.json?.keys) ? (keys.json.keys as Json[]) : [];
    t.expect.that(isSignedBy(text, set), "no public key verifies the credential", { exchange, expected: "RS256 by a key of /jwks.json" });
    t.expect.that(
      set.every((key) => !("d" in key)),
      "a private key is published",
      { exchange: keys },
    );
    const { payload = {} } = readJwt(text) ?? {};
    const subject = (payload.credentialSubject ?? {}) as { id?: unknown; achievement?: { name?: unknown } };
    const account = `did:pkh:${(user.wallet as { account?: string } | undefined)?.account}`;
    t.expect.that((payload.type as string[] | undefined)?.includes("OpenBadgeCredential") === true, "it is no OpenBadgeCredential", {
      exchange,
    });
    t.expect.equal([subject.id, payload.sub], [account, account], "it is the recipient's wallet's", { exchange });
    t.expect.equal(subject.achievement?.name, badge.title, "it names the badge", { exchange });
    const listed = async () => {
      const list = await t.call("getCredentialRevocations", { key: null });
      const revoked = list.json?.revokedCredential;
      return Array.isArray(revoked) && (revoked as Json[]).some(({ id }) => id === payload.jti);
    };
    t.expect.equal(await listed(), false, "it is not listed as revoked");
    t.expect.ok(await step(t, award, "revoke"), "revoking it");
    await t.settled();
    t.expect.equal(await listed(), true, "once revoked it is listed");
  },
};
