/** The picture of an award. */
import { createPublicKey } from "node:crypto";
import jwt from "jsonwebtoken";
import { PNG } from "pngjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AwardData, type BadgeWorld, badgeWorld, newKey, refusal } from "../support/client.ts";
import { bakedText, chunksOf, greyPng, scanned } from "../support/png.ts";

let here: BadgeWorld;
beforeAll(async () => void (here = await badgeWorld()));
afterAll(() => here.sandbox.close());

async function imageOf({ id }: { id: string }, world = here): Promise<Buffer> {
  const { body } = await world.api.get(`/awards/${id}/image`).expect(200).expect("Content-Type", "image/png");
  return body;
}
const asUrl = (png: Buffer) => `data:image/png;base64,${png.toString("base64")}`;

describe("GET /awards/{award_id}/image", () => {
  it.each(["applied", "approved", "rejected", "revoked"] as const)(
    "of one that is %s: a PNG whose QR code leads to its verification",
    async (state) => {
      const award = await here.award(state);
      const png = await imageOf(award);
      expect(scanned(png)).toBe(award.verification_url);
      expect(bakedText(png)).toBeNull();
    },
  );

  it("of one that is claimed: with the credential, which verifies against the published key", async () => {
    const award = await here.award("claimed");
    const png = await imageOf(award);
    expect(scanned(png)).toBe(award.verification_url);
    const baked = bakedText(png) as string;
    expect(baked).toBe((await here.api.get(`/awards/${award.id}/credential`).buffer()).text);
    const [key] = (await here.api.as(null).get("/jwks.json")).body.keys;
    const publicKey = createPublicKey({ format: "jwk", key });
    expect(jwt.verify(baked, publicKey, { algorithms: ["RS256"] })).toMatchObject({ id: award.credential_url });
    expect(chunksOf(png).filter(({ type }) => type === "iTXt")).toHaveLength(1);
  });

  it("of one that was claimed needs no key, and is the same with one", async () => {
    const award = await here.award("claimed");
    const anonymous = here.api.as(null);
    const { body } = await anonymous.get(`/awards/${award.id}/image`).expect(200).expect("Content-Type", "image/png");
    expect(body.equals(await imageOf(award))).toBe(true);
    await here.api.post(`/awards/${award.id}/revoke`, { reason: "A mistake." }).expect(200);
    await anonymous.get(`/awards/${award.id}/image`).expect(200);
  });

  it.each(["applied", "approved", "rejected", "revoked"] as const)(
    "of one that is %s and was never claimed asks for a key",
    async (state) => {
      const { id } = await here.award(state);
      const { headers } = await here.api.as(null).get(`/awards/${id}/image`).expect(refusal("AUTHENTICATION_REQUIRED"));
      expect(headers["www-authenticate"]).toBe('Bearer realm="getstoken"');
    },
  );

  it("does not tell without a key whether there is such an award; a key that is sent must be good", async () => {
    await here.api.as(null).get("/awards/awd_nobody/image").expect(refusal("AUTHENTICATION_REQUIRED"));
    const path = `/awards/${(await here.award("claimed")).id}/image`;
    await here.api.as("gets_test_wrong").get(path).expect(refusal("INVALID_API_KEY"));
    await here.api.as(null).get(path).set("Authorization", "").expect(refusal("AUTHENTICATION_REQUIRED"));
    const { secret } = await newKey(here.api, ["badges:read"]);
    await here.api.as(secret).get(path).expect(refusal("INSUFFICIENT_SCOPE"));
  });

  it("of a claimed one that was revoked still has it: the revocation list says that it is", async () => {
    const award = await here.award("claimed");
    await here.api.post(`/awards/${award.id}/revoke`, { reason: "A mistake." }).expect(200);
    expect(bakedText(await imageOf(award))).not.toBeNull();
  });

  it("shows the template's own picture; an https picture is not fetched", async () => {
    const own = await imageOf(await here.award("applied", { image_url: asUrl(greyPng(90, 60)) }));
    const { data, width } = PNG.sync.read(own);
    const pixels = Array.from({ length: data.length / 4 }, (_, at) => data.subarray(at * 4, at * 4 + 3).toString("hex"));
    expect(pixels.filter((colour) => colour === "808080").length).toBeGreaterThan(width * 100);
    const linked = await here.award("applied", { image_url: "https://nowhere.invalid/a.png" });
    expect(scanned(await imageOf(linked))).toBe(linked.verification_url);
  });

  it("is the same each time, and in equal seeded sandboxes", async () => {
    const worlds = await Promise.all([badgeWorld({ seed: 3 }), badgeWorld({ seed: 3 })]);
    const members = { title: "Größe", level: { name: "Gold", rank: 2 } };
    for (const { api, sponsor } of worlds) await api.patch(`/users/${sponsor.id}`, { display_name: "School" }).expect(200);
    const awards: AwardData[] = await Promise.all(worlds.map((world) => world.award("claimed", members)));
    const [first, second, again] = await Promise.all([0, 1, 0].map((n) => imageOf(awards[n] as AwardData, worlds[n])));
    expect(first?.equals(second as Buffer) && first.equals(again as Buffer)).toBe(true);
    await Promise.all(worlds.map(({ sandbox }) => sandbox.close()));
  });

  it("names the sponsor until they are deleted, and the recipient never", async () => {
    const world = await badgeWorld();
    const award = await world.award("claimed");
    const before = await imageOf(award, world);
    await world.api.patch(`/users/${world.learner.id}`, { display_name: "Somebody Else" }).expect(200);
    await world.api.delete(`/users/${world.learner.id}`).expect(204);
    expect((await imageOf(award, world)).equals(before)).toBe(true);
    await world.api.delete(`/users/${world.sponsor.id}`).expect(204);
    const after = await imageOf(award, world);
    expect([after.equals(before), scanned(after), bakedText(after)]).toEqual([false, award.verification_url, bakedText(before)]);
    await world.sandbox.close();
  });
});

describe("a template's own picture", () => {
  const template = async (image_url: string) => {
    const { id } = await here.badge();
    return here.api.patch(`/badges/${id}`, { image_url });
  };

  it("must be a PNG that can be read to its end", async () => {
    const good = greyPng(20, 20);
    expect((await template(asUrl(good))).status).toBe(200);
    for (const bad of [
      good.subarray(0, -1),
      Buffer.concat([good, good]),
      Buffer.from(good).fill(0, 40, 41),
      Buffer.from("\x89PNG\r\n\x1a\n"),
    ]) {
      const { status, body } = await template(asUrl(bad));
      expect([status, body.error.code]).toEqual([400, "VALIDATION_FAILED"]);
    }
  });

  it("may not unpack to more than eight million pixels", async () => {
    expect((await template(asUrl(greyPng(4000, 2001)))).body.error.code).toBe("VALIDATION_FAILED");
  });
});
