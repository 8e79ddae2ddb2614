/** Genuine, tampered, revoked, and of another sandbox. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type World, world } from "../support/client.ts";
import { newAward, newBadge, type Shown } from "../support/verified-awards.ts";

let here: World;
let award: Shown;
let credential: string;
beforeAll(async () => {
  here = await world();
  award = await newAward(here.api, await newBadge(here.api), ["approve", "claim"]);
  credential = await credentialOf(here, award);
});
afterAll(() => here.sandbox.close());

const credentialOf = async ({ api }: World, { id }: { id: string }) => (await api.get(`/awards/${id}/credential`).expect(200)).text;
const verify = async (credential: string, more: object = {}) =>
  (await here.api.post("/badges/verify", { credential, ...more }).expect(200)).body.data;

it("a genuine one is valid, its signature looked at first", async () => {
  const found = await verify(credential);
  expect([found.status, found.verified, found.award.id, found.checks[0]]).toMatchObject([
    "valid",
    true,
    award.id,
    { name: "signature", passed: true },
  ]);
  expect((await verify(credential, { expected_recipient: award.recipient_id })).status).toBe("valid");
  expect((await verify(credential, { expected_recipient: "usr_somebody_else" })).status).toBe("owner_mismatch");
});

it.each([
  ["payload", 1],
  ["signature", 2],
  ["header", 0],
])("one whose %s was altered is not, and the check that failed is named", async (_part, index) => {
  const parts = credential.split(".");
  const part = parts[index] as string;
  parts[index] = `${part.slice(0, 20)}${part[20] === "A" ? "B" : "A"}${part.slice(21)}`;
  const found = await verify(parts.join("."));
  expect([found.status, found.verified, found.award]).toEqual(["invalid_credential", false, null]);
  expect(found.checks).toEqual([{ name: "signature", passed: false, detail: expect.any(String) }]);
});

it("one of another sandbox, or no JWT at all, is not ours", async () => {
  const other = await world();
  const theirs = await credentialOf(other, await newAward(other.api, await newBadge(other.api), ["approve", "claim"]));
  await other.sandbox.close();
  for (const text of [theirs, "not.a.jwt", "x"]) expect((await verify(text)).status).toBe("invalid_credential");
});

it("a revoked one still has its signature; verification and the revocation list say that it is revoked", async () => {
  const revoked = await newAward(here.api, await newBadge(here.api), ["approve", "claim", "revoke"]);
  const text = await credentialOf(here, revoked);
  const { status, checks } = await verify(text);
  const failed = checks.filter(({ passed }: { passed: boolean }) => !passed).map(({ name }: { name: string }) => name);
  expect([status, checks[0].name, checks[0].passed, failed]).toEqual(["revoked", "signature", true, ["not_revoked"]]);
  const { revokedCredentials } = (await here.api.as(null).get("/credential-revocations").expect(200)).body;
  const { jti } = JSON.parse(Buffer.from(text.split(".")[1] as string, "base64url").toString());
  expect(revokedCredentials).toEqual([{ id: jti, revoked: true }]);
});
