/**
 * The credential of an award. The verifiers here are jsonwebtoken with the key that `kid` leads to or with jwks-rsa, and 1EdTech's public
 * validator as its source has it (public-validator.ts); they know of the sandbox only its addresses.
 */
import { createPublicKey, type JsonWebKey } from "node:crypto";
import jwt, { type JwtPayload } from "jsonwebtoken";
import { JwksClient } from "jwks-rsa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, type AwardData, type BadgeWorld, badgeWorld, newKey, refusal } from "../support/client.ts";
import { faults } from "../support/contract.ts";
import { openBadgeFaults } from "./open-badge.ts";
import { validatorFaults } from "./public-validator.ts";

const DETAILS = {
  title: "The Tech Shaman",
  description: "Runs a model at home.",
  criteria: { narrative: "Show it.", url: "https://engines.example/criteria" },
  level: { name: "Gold", rank: 2 },
  tags: ["ai", "privacy"],
  image_url: "https://engines.example/shaman.png",
};

let here: BadgeWorld;
let origin: string;
beforeAll(async () => {
  here = await badgeWorld();
  origin = await here.sandbox.listen();
});
afterAll(() => here.sandbox.close());

/** The JWT of an award, as its address gives it. */
async function credentialOf({ id }: { id: string }, client: Api = here.api): Promise<string> {
  const answer = await client.get(`/awards/${id}/credential`).expect(200).expect("Content-Type", "application/vc+jwt").buffer();
  return answer.text;
}

/** Verifies as anybody can: with the key at the address in `kid`. */
async function verifiedByOthers(token: string): Promise<JwtPayload> {
  const answer = await fetch(headerOf(token).kid);
  const key = createPublicKey({ format: "jwk", key: (await answer.json()) as JsonWebKey });
  return jwt.verify(token, key, { algorithms: ["RS256"] }) as JwtPayload;
}

const headerOf = (token: string) => jwt.decode(token, { complete: true })?.header as { kid: string };
const shown = async (user: { id: string }) => (await here.api.get(`/users/${user.id}`).expect(200)).body.data;
const claim = (world: BadgeWorld, members = {}): Promise<AwardData> => world.award("claimed", members);

describe("GET /awards/{award_id}/credential", () => {
  it("is accepted by an independent verifier, with the published key", async () => {
    const award = await claim(here, DETAILS);
    const token = await credentialOf(award);
    const payload = await verifiedByOthers(token);
    expect(faults("/components/schemas/CredentialHeader", headerOf(token))).toEqual([]);
    expect(faults("/components/schemas/Credential", payload)).toEqual([]);
    expect(openBadgeFaults(payload)).toEqual([]);
  });

  it("is good to 1EdTech's public validator, until it is revoked", async () => {
    const award = await claim(here, DETAILS);
    const token = await credentialOf(award);
    expect(await validatorFaults(token)).toEqual([]);
    await here.api.post(`/awards/${award.id}/revoke`, { reason: "A mistake." }).expect(200);
    expect(await validatorFaults(token)).toEqual(["RevocationListProbe: Credential has been revoked"]);
  });

  it("is not yet valid to it when the sandbox's clock is ahead", async () => {
    const ahead = await badgeWorld();
    await ahead.sandbox.listen();
    await ahead.sandbox.clock.advance("1d");
    const token = await credentialOf(await claim(ahead), ahead.api);
    const early = ["ExternalProofProbe: one or more claims are invalid", "IssuanceProbe: not yet valid"];
    expect(await validatorFaults(token)).toEqual(early);
    expect(await validatorFaults(token, Date.parse(ahead.sandbox.clock.show().now))).toEqual([]);
    await ahead.sandbox.close();
  });

  it("is plain text to who asks for that", async () => {
    const award = await claim(here);
    const plain = await here.api.get(`/awards/${award.id}/credential`).set("Accept", "text/plain").expect(200);
    expect([plain.type, plain.text, plain.headers.vary]).toEqual(["text/plain", await credentialOf(award), "Origin, Accept"]);
  });

  it("states the badge, its recipient's wallet, its issuer and where its status is", async () => {
    const award = await claim(here, DETAILS);
    const { body } = await here.api.as(null).get("/issuer").expect(200);
    const { "@context": context, ...issuer } = body;
    const wallet = `did:pkh:${(await shown(here.learner)).wallet.account}`;
    expect(await verifiedByOthers(await credentialOf(award))).toEqual({
      "@context": context,
      id: award.credential_url,
      type: ["VerifiableCredential", "OpenBadgeCredential"],
      name: "The Tech Shaman",
      issuer,
      validFrom: `${award.claimed_at?.slice(0, 19)}.000Z`,
      credentialSubject: {
        id: wallet,
        type: ["AchievementSubject"],
        achievement: {
          id: `${origin}/v1/badges/${award.badge_id}`,
          type: ["Achievement"],
          name: "The Tech Shaman",
          description: "Runs a model at home.",
          criteria: { id: "https://engines.example/criteria", narrative: "Show it." },
          image: { id: "https://engines.example/shaman.png", type: "Image" },
          tag: ["ai", "privacy", "Gold"],
        },
      },
      credentialStatus: { id: `${origin}/v1/credential-revocations`, type: "1EdTechRevocationList" },
      iss: issuer.id,
      jti: award.credential_url,
      nbf: Math.floor(Date.parse(award.claimed_at as string) / 1000),
      sub: wallet,
    });
  });

  it("of a badge with the least of everything is valid too", async () => {
    const payload = await verifiedByOthers(await credentialOf(await claim(here)));
    expect([openBadgeFaults(payload), faults("/components/schemas/Credential", payload)]).toEqual([[], []]);
    const { achievement } = payload.credentialSubject;
    expect([achievement.image, achievement.tag, achievement.criteria.id]).toEqual([undefined, undefined, undefined]);
  });

  it("tells no e-mail address, name or evidence", async () => {
    const badge = await here.badge({ evidence_requirements: [{ id: "essay", type: "text", label: "Essay", required: true }] });
    const sent = { recipient_id: here.learner.id, evidence: [{ requirement_id: "essay", type: "text", value: "my-own-secret-essay" }] };
    const { body } = await here.api.post(`/badges/${badge.id}/applications`, { ...sent, narrative: "my-own-secret-story" }).expect(201);
    await here.api.post(`/awards/${body.data.id}/approve`).expect(200);
    await here.api.post(`/awards/${body.data.id}/claim`).expect(200);
    const text = JSON.stringify(await verifiedByOthers(await credentialOf(body.data)));
    const { email, display_name } = await shown(here.learner);
    for (const secret of ["@example", email, display_name, "my-own-secret"]) expect(text).not.toContain(secret);
  });

  it("is the same each time", async () => {
    const award = await claim(here);
    expect(await credentialOf(award)).toBe(await credentialOf(award));
  });

  it.each(["applied", "approved", "rejected", "revoked"] as const)(
    "AWARD_NOT_CLAIMED of one that is %s and never was claimed",
    async (state) => {
      const award = await here.award(state);
      await here.api.get(`/awards/${award.id}/credential`).expect(refusal("AWARD_NOT_CLAIMED"));
    },
  );

  it("a claimed award that was revoked keeps it", async () => {
    const award = await claim(here);
    const before = await credentialOf(award);
    await here.api.post(`/awards/${award.id}/revoke`, { reason: "A mistake." }).expect(200);
    expect(await credentialOf(award)).toBe(before);
  });

  it("needs a key with awards:read; AWARD_NOT_FOUND; NOT_ACCEPTABLE", async () => {
    const award = await claim(here);
    const { secret } = await newKey(here.api, ["badges:read"]);
    await here.api.as(null).get(`/awards/${award.id}/credential`).expect(refusal("AUTHENTICATION_REQUIRED"));
    for (const path of [`/awards/${award.id}/credential`, `/awards/${award.id}/image`]) {
      await here.api.as(null).get(path.replace(award.id, "awd_nobody")).expect(refusal("AUTHENTICATION_REQUIRED"));
      await here.api.as(secret).get(path).expect(refusal("INSUFFICIENT_SCOPE"));
      await here.api.get(path.replace(award.id, "awd_nobody")).expect(refusal("AWARD_NOT_FOUND"));
      await here.api.get(path).set("Accept", "application/json").expect(refusal("NOT_ACCEPTABLE"));
    }
  });
});

describe("GET /jwks.json, /jwks/{key_id}, /issuer, /credential-revocations", () => {
  it("are public, and stand where a credential says", async () => {
    const payload = await verifiedByOthers(await credentialOf(await claim(here)));
    const read = async (url: string) => (await fetch(url)).json();
    expect(await read(payload.iss as string)).toMatchObject({ id: payload.iss, type: ["Profile"] });
    expect(await read(payload.credentialStatus.id)).toMatchObject({ id: payload.credentialStatus.id, issuer: payload.iss });
  });

  it("the key set has the key at the address in kid, and nothing of the private one", async () => {
    const { kid } = headerOf(await credentialOf(await claim(here)));
    const { body } = await here.api.as(null).get("/jwks.json").expect(200);
    expect(body.keys[0]).toEqual(await (await fetch(kid)).json());
    for (const key of body.keys) expect(Object.keys(key).sort()).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
  });

  it("the key set has the key that credentials of earlier releases name", async () => {
    const id = headerOf(await credentialOf(await claim(here)))
      .kid.split("/")
      .at(-1);
    const set = new JwksClient({ jwksUri: `${origin}/v1/jwks.json` });
    const [former, now] = await Promise.all([`jwks.json#${id}`, `jwks/${id}`].map((name) => set.getSigningKey(`${origin}/v1/${name}`)));
    expect(former?.getPublicKey()).toBe(now?.getPublicKey());
  });

  it("keys have their own media types, if that is what is asked for (RFC 7517, 8.5)", async () => {
    const { kid } = headerOf(await credentialOf(await claim(here)));
    const typeOf = async (url: string, accept: string) => (await fetch(url, { headers: { accept } })).headers.get("content-type");
    expect(await typeOf(kid, "*/*")).toBe("application/json");
    expect(await typeOf(kid, "application/jwk+json")).toBe("application/jwk+json");
    expect(await typeOf(`${origin}/v1/jwks.json`, "application/jwk-set+json")).toBe("application/jwk-set+json");
  });

  it("ISSUER_KEY_NOT_FOUND of a key that is none", async () => {
    await here.api.as(null).get("/jwks/nobody").expect(refusal("ISSUER_KEY_NOT_FOUND"));
  });

  it("a revoked credential is listed; one that was never claimed is not", async () => {
    const list = async () => {
      const { body } = await here.api.as(null).get("/credential-revocations").expect(200);
      expect(body.revokedCredential).toEqual(body.revokedCredentials);
      return body.revokedCredential;
    };
    const [award, approved] = [await claim(here), await here.award("approved")];
    const before = await list();
    for (const { id } of [award, approved]) await here.api.post(`/awards/${id}/revoke`, { reason: "A mistake." }).expect(200);
    expect(await list()).toEqual([...before, { id: award.credential_url, revoked: true }]);
    expect((await verifiedByOthers(await credentialOf(award))).id).toBe(award.credential_url);
  });
});
