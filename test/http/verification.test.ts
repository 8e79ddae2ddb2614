/** POST /badges/verify and GET /verify/{gets_id}, on records and a real chain. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Api, newKey, refusal, type World, world } from "../support/client.ts";
import { newAward, newBadge, PRIVATE, type Shown } from "../support/verified-awards.ts";

type Badge = Awaited<ReturnType<typeof newBadge>>;
const verify = async (api: Api, body: Record<string, unknown>) => (await api.post("/badges/verify", body).expect(200)).body.data;
const tokenOf = ({ chain }: Shown) => ({ contract_address: chain?.contract_address, token_id: chain?.token_id });

describe("verification", () => {
  let here: World;
  let api: Api;
  let badge: Badge;
  let awards: Record<string, Shown>;
  beforeAll(async () => {
    here = await world();
    api = here.api;
    badge = await newBadge(api);
    const [expired, approved] = [await newAward(api, badge, ["approve"]), await newAward(api, badge, [])];
    await here.sandbox.clock.advance("90d");
    await api.post(`/awards/${approved.id}/approve`, {}).expect(200);
    awards = {
      valid: await newAward(api, badge, ["approve", "claim"]),
      revoked: await newAward(api, badge, ["approve", "claim", "revoke"]),
      withdrawn: await newAward(api, badge, ["approve", "revoke"]),
      applied: await newAward(api, badge, []),
      rejected: await newAward(api, badge, ["reject"]),
      approved,
      expired,
    };
  });
  afterAll(() => here.sandbox.close());

  const award = (name: string) => awards[name] as Shown;

  describe.each([
    ["valid", "valid"],
    ["revoked", "revoked"],
    ["withdrawn", "revoked"],
    ["applied", "not_claimed"],
    ["rejected", "not_claimed"],
    ["approved", "not_claimed"],
    ["expired", "expired"],
  ])("of an award that is %s", (name, status) => {
    it("by each way", async () => {
      const { id, gets_id, chain } = award(name);
      const ways = [{ gets_id }, { award_id: id }, ...(chain ? [{ tx_hash: chain.tx_hash }, tokenOf(award(name))] : [])];
      for (const way of ways) {
        const found = await verify(api, way);
        expect([way, found.status, found.verified, found.award.id]).toEqual([way, status, status === "valid", id]);
      }
    });

    it("and in public, by its verification_url, the same", async () => {
      const { gets_id, verification_url } = award(name);
      const answer = await api.as(null).get(`/verify/${gets_id}`).expect(200);
      expect(verification_url.endsWith(`/v1/verify/${gets_id}`)).toBe(true);
      const { checked_at, ...found } = answer.body.data;
      expect(await verify(api, { gets_id })).toMatchObject(found);
      expect(checked_at <= (await api.get("/health")).body.data.time).toBe(true);
      expect(answer.body.message).toMatch(/^The Tech Shaman .*\.$/);
    });

    it("tells nothing about the recipient but their id", async () => {
      const { gets_id } = award(name);
      const [json, page] = [
        await api.as(null).get(`/verify/${gets_id}`),
        await api.as(null).get(`/verify/${gets_id}`).set("Accept", "text/html"),
      ];
      expect(page.headers["content-type"]).toContain("text/html");
      for (const secret of Object.values(PRIVATE)) for (const { text } of [json, page]) expect(text).not.toContain(secret);
      for (const word of ["Zenobia", "Quill", "unique.example"]) for (const { text } of [json, page]) expect(text).not.toContain(word);
    });
  });

  it("a claimed award passes every check, with the award as everybody may see it", async () => {
    const found = await verify(api, { gets_id: award("valid").gets_id });
    expect(found.checks.map(({ name }: { name: string }) => name)).toEqual([
      "found",
      "not_revoked",
      "not_expired",
      "claimed",
      "contract",
      "owner",
      "locked",
    ]);
    expect(found.checks.every(({ passed }: { passed: boolean }) => passed)).toBe(true);
    const { evidence, narrative, review, metadata, ...shown } = (await api.get(`/awards/${award("valid").id}`)).body.data;
    expect(found.award).toEqual(shown);
  });

  it("a credential that this issuer did not sign is named so", async () => {
    const found = await verify(api, { credential: "eyJhbGciOiJub25lIn0.e30.x" });
    expect(found).toMatchObject({ status: "invalid_credential", award: null, checks: [{ name: "signature", passed: false }] });
  });

  it("the official contract's addresses are told from others", async () => {
    const { contract_address, token_id } = tokenOf(award("valid")) as { contract_address: string; token_id: string };
    expect((await verify(api, { contract_address: contract_address.toLowerCase(), token_id })).status).toBe("valid");
    const token = here.sandbox.info().chain.token_address;
    expect(await verify(api, { contract_address: token, token_id })).toMatchObject({
      status: "contract_mismatch",
      warnings: ["GHOST_BADGE"],
    });
    const misspelt = contract_address.replace(/[a-f]/, (letter) => letter.toUpperCase());
    expect((await verify(api, { contract_address: misspelt, token_id })).status).toBe("not_found");
  });

  it("a transaction that made no badge is not found", async () => {
    const { body } = await api.post("/tokens/mint", { user_id: award("valid").recipient_id, amount: "1" }).expect(201);
    expect((await verify(api, { tx_hash: body.data.chain.tx_hash })).status).toBe("not_found");
  });

  it("expected_recipient in each of its forms, and somebody else", async () => {
    const { gets_id, recipient_id } = award("valid");
    const { wallet } = (await api.get(`/users/${recipient_id}`)).body.data;
    const own = [recipient_id, wallet.address, wallet.address.toLowerCase(), wallet.account, `did:pkh:${wallet.account}`];
    for (const expected_recipient of own) expect((await verify(api, { gets_id, expected_recipient })).status).toBe("valid");
    const { recipient_id: other } = award("revoked");
    const others = [other, wallet.account.replace(":31337:", ":1:"), "usr_01M1E4VNE00C1Z66Z2XVGNZH9K", "Zenobia Quill"];
    for (const expected_recipient of others) expect((await verify(api, { gets_id, expected_recipient })).status).toBe("owner_mismatch");
  });

  describe("refuses", () => {
    it.each([
      [{}],
      [{ expected_recipient: "x" }],
      [{ gets_id: "A", award_id: "B" }],
      [{ token_id: "1" }],
      [{ contract_address: "0x" }],
      [{ contract_address: "0x", token_id: "1", gets_id: "A" }],
      [{ gets_id: "A", expected_recipient: "" }],
      [{ gets_id: 7 }],
    ])("%j", async (body) => {
      await api.post("/badges/verify", body).expect(refusal("VALIDATION_FAILED"));
    });

    it("a key without awards:read", async () => {
      const { secret } = await newKey(api, ["badges:read", "awards:write"]);
      await api.as(secret).post("/badges/verify", { gets_id: "AAAAAAA" }).expect(refusal("INSUFFICIENT_SCOPE"));
      const reading = await newKey(api, ["awards:read"]);
      await api.as(reading.secret).post("/badges/verify", { gets_id: "AAAAAAA" }).expect(200);
    });
  });

  describe("GET /verify/{gets_id}", () => {
    it.each(["AAAAAAA", "nothing", "ada@example.org", "%3Cscript%3E", "%20"])("of the unknown %s is an answer", async (gets_id) => {
      for (const accept of ["application/json", "text/html"]) {
        const answer = await api.as(null).get(`/verify/${gets_id}`).set("Accept", accept).expect(200);
        expect(answer.text).not.toMatch(/<script|ada@example/i);
        if (accept === "application/json") expect(answer.body.data).toMatchObject({ verified: false, status: "not_found", award: null });
      }
    });

    it.each([
      [undefined, "application/json"],
      ["*/*", "application/json"],
      ["application/json, text/plain, */*", "application/json"],
      ["application/*", "application/json"],
      ["text/html;q=0.8, application/json", "application/json"],
      ["text/html;q=0, */*", "application/json"],
      ["text/html", "text/html"],
      ["text/*", "text/html"],
      ["application/json;q=0.5, text/html", "text/html"],
      ["*/*;q=0.1, text/html", "text/html"],
      ["text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", "text/html"],
    ])("with Accept %s is %s", async (accept, type) => {
      const call = api.as(null).get(`/verify/${award("valid").gets_id}`);
      const answer = await (accept === undefined ? call.unset("Accept") : call.set("Accept", accept)).expect(200);
      expect([answer.headers["content-type"], answer.headers.vary]).toEqual([`${type}; charset=utf-8`, "Origin, Accept"]);
    });

    it("with an Accept that admits neither is refused, in the envelope", async () => {
      const answer = await api.as(null).get("/verify/AAAAAAA").set("Accept", "image/png").expect(refusal("NOT_ACCEPTABLE"));
      expect(answer.headers.vary).toBe("Origin, Accept");
    });

    it("refuses a query in the envelope, whatever Accept says", async () => {
      await api.as(null).get("/verify/AAAAAAA?name=Ada").set("Accept", "text/html").expect(refusal("UNKNOWN_PARAMETER"));
    });
  });

  describe("reads only", () => {
    const newest = async () => (await api.get("/events?limit=1")).body.data.items[0].id;

    it("no event, no block", async () => {
      const before = [await newest(), here.sandbox.info().chain.block_number];
      await verify(api, { gets_id: award("valid").gets_id });
      expect([await newest(), here.sandbox.info().chain.block_number]).toEqual(before);
    });

    it("with an Idempotency-Key the answer is kept all the same", async () => {
      const { id, gets_id } = await newAward(api, badge, ["approve", "claim"]);
      const first = await api.post("/badges/verify", { gets_id }).set("Idempotency-Key", "ask once").expect(200);
      await api.post(`/awards/${id}/revoke`, { reason: "A mistake" }).expect(200);
      const again = await api.post("/badges/verify", { gets_id }).set("Idempotency-Key", "ask once").expect(200);
      expect([again.text, again.headers["idempotent-replayed"]]).toEqual([first.text, "true"]);
      expect((await verify(api, { gets_id })).status).toBe("revoked");
      await api.post("/badges/verify", { award_id: id }).set("Idempotency-Key", "ask once").expect(refusal("IDEMPOTENCY_KEY_REUSED"));
      await api.post("/badges/verify", { gets_id }).set("Idempotency-Key", "").expect(refusal("INVALID_REQUEST"));
    });

    it("the kept answer is forgotten with its recipient", async () => {
      const { gets_id, recipient_id } = await newAward(api, badge, ["approve", "claim"]);
      await api.post("/badges/verify", { gets_id }).set("Idempotency-Key", "forget me").expect(200);
      await api.delete(`/users/${recipient_id}`).expect(204);
      const again = await api.post("/badges/verify", { gets_id }).set("Idempotency-Key", "forget me").expect(200);
      expect(again.headers["idempotent-replayed"]).toBeUndefined();
      expect([again.body.data.status, again.body.data.award.status]).toEqual(["valid", "claimed"]);
    });
  });
});

describe("as the world goes on and back", () => {
  let here: World;
  afterEach(() => here.sandbox.close());

  it("a restore takes back what was claimed and what was revoked; a reset everything", async () => {
    here = await world();
    const { api, sandbox } = here;
    const badge = await newBadge(api);
    const { id, gets_id } = await newAward(api, badge, ["approve"]);
    const before = await sandbox.snapshot();
    const claimed = (await api.post(`/awards/${id}/claim`).expect(200)).body.data;
    const after = await sandbox.snapshot();
    await api.post(`/awards/${id}/revoke`, { reason: "A mistake" }).expect(200);
    const status = async () => [(await verify(api, { gets_id })).status, (await verify(api, { tx_hash: claimed.chain.tx_hash })).status];
    expect(await status()).toEqual(["revoked", "revoked"]);
    await before.restore();
    expect(await status()).toEqual(["not_claimed", "not_found"]);
    await after.restore();
    expect(await status()).toEqual(["valid", "valid"]);
    await sandbox.reset();
    expect(await status()).toEqual(["not_found", "not_found"]);
  });

  it("under manual mining it is claimed, and revoked, when the block is there", async () => {
    here = await world({ mining: { kind: "manual" } });
    const { api, sandbox } = here;
    const badge = await newBadge(api);
    const { id, gets_id } = await newAward(api, badge, ["approve"]);
    const { pending } = (await api.post(`/awards/${id}/claim`).expect(202)).body.data;
    const status = async () => [(await verify(api, { gets_id })).status, (await verify(api, { tx_hash: pending.tx_hash })).status];
    expect(await status()).toEqual(["not_claimed", "not_claimed"]);
    await sandbox.chain.mine();
    expect(await status()).toEqual(["valid", "valid"]);
    const revoking = (await api.post(`/awards/${id}/revoke`, { reason: "A mistake" }).expect(202)).body.data.pending;
    expect([...(await status()), (await verify(api, { tx_hash: revoking.tx_hash })).status]).toEqual(["valid", "valid", "not_found"]);
    await sandbox.chain.mine();
    expect(await status()).toEqual(["revoked", "revoked"]);
  });
});
