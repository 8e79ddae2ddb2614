import { applied, claimed, newBadge, step } from "../kit/badges.ts";
import type { Check } from "../kit/check.ts";
import { isSignedBy, readJwt } from "../kit/jwt.ts";
import { credentialOf } from "./verify-credential.ts";

/** Credentials and pictures as verifiers of Open Badges 3.0, and pages, take them: without a key. */

export const openBadges: readonly Check[] = [
  {
    // Open Badges 3.0, 8.2.4.1: kid is "A URI that can be dereferenced to an object of type JWK representing the public key used to verify
    // the signature", the JWK "MUST never contain "d"", and typ, "If present, MUST be set to "JWT"".
    id: "VERIFY-09",
    level: "MUST",
    provenance: "O",
    mode: "w",
    requirement: "The kid of a credential is an address that leads, without a key, to the one public key that verifies it; its typ is JWT.",
    hint: "Answer one JWK with its kty, not a key set and not an envelope.",
    requests: 9,
    async run(t) {
      const credential = await credentialOf(t, await claimed(t, await newBadge(t), await t.user()));
      const { kid, typ } = readJwt(credential)?.header ?? {};
      t.expect.equal(typ ?? "JWT", "JWT", "typ is JWT");
      const key_id = String(kid).split("/").at(-1) ?? "";
      const { path } = t.request("getJwk", { params: { key_id } });
      t.expect.that(URL.canParse(String(kid)) && String(kid).endsWith(path), "kid is not the address of a key", {
        expected: `… ${path}`,
        actual: kid,
      });
      const exchange = await t.call("getJwk", { params: { key_id }, key: null });
      t.expect.status(exchange, [200], "asking for the key at kid");
      const jwk = exchange.json ?? {};
      t.expect.that(isSignedBy(credential, [{ ...jwk, kid }]), "the key at kid does not verify the credential", {
        exchange,
        expected: "an RSA public key as a JWK",
      });
      t.expect.that(!("d" in jwk), "a private key is published", { exchange });
      const nobody = await t.call("getJwk", { params: { key_id: t.random.word(43) }, key: null });
      t.expect.refused(nobody, { status: [404], codes: /NOT_FOUND/ }, "a key that there is not");
    },
  },
  {
    id: "VERIFY-10",
    level: "SHOULD",
    provenance: "O",
    mode: "w",
    requirement: "The credential is the same compact JWT as text/plain.",
    hint: "Hosts of badges ask for text/plain; choose by Accept.",
    requests: 8,
    async run(t) {
      const award = await claimed(t, await newBadge(t), await t.user());
      const credential = await credentialOf(t, award);
      const plain = await t.call("getAwardCredential", { params: { award_id: award.id }, headers: { Accept: "text/plain" } });
      t.expect.status(plain, [200], "asking for text/plain");
      const type = plain.headers["content-type"] ?? "";
      t.expect.that(type.startsWith("text/plain"), "it is not text/plain", { exchange: plain, pointer: "content-type", actual: type });
      t.expect.equal(plain.text.trim(), credential, "it is the same JWT", { exchange: plain });
    },
  },
  {
    // Open Badges 3.0, 5.3.1: "An iTXt chunk should be inserted into the PNG with keyword openbadgecredential."
    id: "VERIFY-11",
    level: "MUST",
    provenance: "O",
    mode: "w",
    needs: ["badges_flow"],
    requirement: "The picture of a claimed award is a PNG for everybody, with its credential; before the claim it asks for a key.",
    hint: "A page shows it by <img>, which sends no key; what is not claimed is nobody else's matter.",
    requests: 12,
    async run(t) {
      const award = await applied(t, await newBadge(t), await t.user(), ["approve"]);
      const params = { award_id: award.id };
      const early = await t.call("getAwardImage", { params, key: null });
      t.expect.refused(early, { status: [401], codes: null }, "the picture of what is not claimed, without a key");
      t.expect.status(await t.call("getAwardImage", { params }), [200], "the same with a key");
      t.expect.ok(await step(t, award, "claim"), "the claim");
      const credential = await credentialOf(t, award);
      const exchange = await t.call("getAwardImage", { params, key: null });
      t.expect.status(exchange, [200], "the picture of what is claimed, without a key");
      const type = exchange.headers["content-type"] ?? "";
      t.expect.equal(type, "image/png", "it is a PNG", { exchange, pointer: "content-type" });
      t.expect.that(exchange.text.includes("openbadgecredential") && exchange.text.includes(credential), "its credential is not baked in", {
        exchange,
        expected: "an iTXt chunk with the keyword openbadgecredential",
      });
    },
  },
];
