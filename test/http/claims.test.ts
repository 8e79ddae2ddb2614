/** The claim window, what a sponsor pays, and that a claim is one transaction. */
import { afterEach, describe, expect, it } from "vitest";
import { type AwardData, type BadgeWorld, badgeWorld, newUser, refusal } from "../support/client.ts";

let here: BadgeWorld;
afterEach(async () => {
  await here.sandbox.doctor();
  await here.sandbox.close();
});

const act = (award: { id: string }, action: string, body?: object) => here.api.post(`/awards/${award.id}/${action}`, body);
const balance = async ({ id }: { id: string }) => (await here.api.get(`/users/${id}/balance`).expect(200)).body.data.balance;
const supply = async () => (await here.api.get("/tokens").expect(200)).body.data.total_supply;
const allEvents = async () => (await here.api.get("/events?limit=100").expect(200)).body.data.items;
const typesOf = async ({ id }: { id: string }) =>
  (await allEvents()).filter(({ data }: { data: { id: string } }) => data.id === id).map(({ type }: { type: string }) => type);
const frozen = async () => {
  here = await badgeWorld();
  await here.sandbox.clock.freeze();
};
const DAY = 86_400_000;

describe("the claim window", () => {
  it("90 days less a millisecond: it is claimed", async () => {
    await frozen();
    const award = await here.award("approved");
    await here.sandbox.clock.advance(90 * DAY - 1);
    expect((await act(award, "claim").expect(200)).body.data.status).toBe("claimed");
  });

  it("90 days: it has expired by itself, and CLAIM_EXPIRED", async () => {
    await frozen();
    const award = await here.award("approved");
    await here.sandbox.clock.advance(90 * DAY);
    const expired = await here.look(award);
    expect(expired).toMatchObject({ status: "expired", updated_at: award.claim_expires_at });
    await act(award, "claim").expect(refusal("CLAIM_EXPIRED"));
    await act(award, "revoke", { reason: "Late." }).expect(refusal("INVALID_STATE_TRANSITION"));
    expect(await here.look(award)).toEqual(expired);
    expect((await here.api.get(`/badges/${award.badge_id}`).expect(200)).body.data.awards_count).toBe(0);
    await here.api.post(`/badges/${award.badge_id}/applications`, { recipient_id: here.learner.id }).expect(201);
  });

  it("a reminder comes seven days before its end, once", async () => {
    await frozen();
    const award = await here.award("approved");
    await here.sandbox.clock.advance(83 * DAY - 1);
    expect(await typesOf(award)).not.toContain("award.claim_expiring");
    await here.sandbox.clock.advance(1);
    expect((await typesOf(award)).filter((type: string) => type === "award.claim_expiring")).toHaveLength(1);
    await here.sandbox.clock.advance("30d");
    expect(await typesOf(award)).toEqual(["award.expired", "award.claim_expiring", "award.approved", "award.applied"]);
  });

  it.each([
    [7, false],
    [8, true],
  ])("a window of %i days: reminded %s", async (claim_window_days, reminded) => {
    await frozen();
    const award = await here.award("approved", { claim_window_days });
    await here.sandbox.clock.advance(claim_window_days * DAY);
    expect((await typesOf(award)).includes("award.claim_expiring")).toBe(reminded);
    expect((await here.look(award)).status).toBe("expired");
  });

  it("a changed window counts for awards approved from then on", async () => {
    await frozen();
    const award = await here.award("approved");
    await here.api.patch(`/badges/${award.badge_id}`, { claim_window_days: 1 }).expect(200);
    await here.sandbox.clock.advance("2d");
    expect((await here.look(award)).status).toBe("approved");
    const other = await newUser(here.api);
    const { body } = await here.api.post(`/badges/${award.badge_id}/issue`, { recipient_id: other.id }).expect(201);
    await here.sandbox.clock.advance("1d");
    expect((await here.look(body.data)).status).toBe("expired");
  });
});

describe("a reward that the sponsor pays", () => {
  const sponsored = { reward: { amount: "40", funding: "sponsor" } };
  const kindsOf = async () => {
    const { body } = await here.api.get(`/tokens/transactions?user_id=${here.sponsor.id}`).expect(200);
    return body.data.items.map(({ type }: { type: string }) => type);
  };

  it("is locked at approval and released at claim", async () => {
    await frozen();
    const award = await here.award("applied", sponsored);
    expect(await balance(here.sponsor)).toBe("1000");
    const approved = (await act(award, "approve").expect(200)).body.data;
    expect([await balance(here.sponsor), await balance(here.learner)]).toEqual(["960", "0"]);
    const lock = (await here.api.get(`/tokens/transactions/${approved.reward.transaction_id}`).expect(200)).body.data;
    expect(lock).toMatchObject({ type: "lock", from: { user_id: here.sponsor.id }, to: { user_id: null }, amount: "40" });

    const claimed = (await act(award, "claim").expect(200)).body.data;
    const release = (await here.api.get(`/tokens/transactions/${claimed.reward.transaction_id}`).expect(200)).body.data;
    expect(release).toMatchObject({ type: "release", from: { user_id: null }, to: { user_id: here.learner.id }, amount: "40" });
    expect([await balance(here.sponsor), await balance(here.learner), await supply()]).toEqual(["960", "40", "1000"]);

    await act(award, "revoke", { reason: "A mistake." }).expect(200);
    expect([await balance(here.sponsor), await balance(here.learner)]).toEqual(["960", "40"]);
  });

  it("comes back when the approved award is revoked, or expires", async () => {
    await frozen();
    const [revoked, expired] = [await here.award("approved", sponsored), await here.award("approved", sponsored)];
    expect(await balance(here.sponsor)).toBe("920");
    await act(revoked, "revoke", { reason: "A mistake." }).expect(200);
    expect(await balance(here.sponsor)).toBe("960");
    await here.sandbox.clock.advance("90d");
    expect([await balance(here.sponsor), await kindsOf()]).toEqual(["1000", ["refund", "refund", "lock", "lock", "mint"]]);
    expect([(await here.look(revoked)).status, (await here.look(expired)).status]).toEqual(["revoked", "expired"]);
  });

  it("too little leaves the award applied", async () => {
    await frozen();
    const award = await here.award("applied", { reward: { amount: "1000.000000000000000001", funding: "sponsor" } });
    const { body } = await act(award, "approve").expect(refusal("INSUFFICIENT_BALANCE"));
    expect(body.error.details[0]).toMatchObject({ available: "1000", required: "1000.000000000000000001" });
    expect(await here.look(award)).toEqual(award);
  });

  it("a sponsor with a wallet of their own cannot be charged", async () => {
    await frozen();
    const own = await newUser(here.api, { roles: ["sponsor"], wallet_address: here.sandbox.accounts[0]?.address });
    const award = await here.award("applied", { ...sponsored, sponsor_id: own.id });
    await act(award, "approve").expect(refusal("WALLET_NOT_MANAGED"));
  });

  it("goes back to the wallet it came from, though the sponsor has another one by now", async () => {
    await frozen();
    const award = await here.award("approved", { reward: { amount: "1000", funding: "sponsor" } });
    await here.api.patch(`/users/${here.sponsor.id}`, { wallet_address: here.sandbox.accounts[0]?.address }).expect(200);
    const { data } = (await act(award, "revoke", { reason: "A mistake." }).expect(200)).body;
    const refund = (await here.api.get(`/tokens/transactions/${data.reward.transaction_id}`).expect(200)).body.data;
    expect(refund.to).toEqual({ user_id: here.sponsor.id, address: here.sponsor.wallet.address });
  });
});

describe("a claim is one transaction", () => {
  it("at the cap of the supply nothing is claimed, recorded or told", async () => {
    await frozen();
    const award = await here.award("approved");
    await here.api.post("/tokens/mint", { user_id: here.sponsor.id, amount: "999999998995.5" }).expect(201);
    const events = await allEvents();
    await act(award, "claim").expect(refusal("MAX_SUPPLY_EXCEEDED"));
    expect([await here.look(award), await allEvents()]).toEqual([award, events]);
    expect(await balance(here.learner)).toBe("0");

    // With room for exactly the reward it goes through, badge and reward together.
    await here.api.post("/tokens/burn", { user_id: here.sponsor.id, amount: "0.5" }).expect(201);
    expect((await act(award, "claim").expect(200)).body.data.status).toBe("claimed");
    expect([await supply(), await balance(here.learner)]).toEqual(["1000000000000", "5"]);
  });

  it("a hundred claims at once are one", async () => {
    await frozen();
    const award = await here.award("approved");
    const answers = await Promise.all(Array.from({ length: 100 }, () => act(award, "claim")));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await balance(here.learner)).toBe("5");
    expect(((await typesOf(award)) as string[]).filter((type) => type === "award.claimed")).toHaveLength(1);
  });

  it("a claim repeated under its Idempotency-Key is answered again", async () => {
    await frozen();
    const award: AwardData = await here.award("approved");
    const first = await act(award, "claim").set("Idempotency-Key", "claim").expect(200);
    const again = await act(award, "claim").set("Idempotency-Key", "claim").expect(200);
    expect([again.body, again.headers["idempotent-replayed"]]).toEqual([first.body, "true"]);
  });
});
