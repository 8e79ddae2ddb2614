/** 202 and `pending` until a block has it; events at confirmation; a failure goes back. */
import { afterEach, describe, expect, it } from "vitest";
import { type BadgeWorld, badgeWorld, newUser, refusal } from "../support/client.ts";

let here: BadgeWorld;
afterEach(async () => {
  await here.sandbox.doctor();
  await here.sandbox.close();
});

const manual = async () => {
  here = await badgeWorld({ mining: { kind: "manual" } });
};
const mine = () => here.sandbox.chain.mine();
const act = (award: { id: string }, action: string, body?: object) => here.api.post(`/awards/${award.id}/${action}`, body);
const apply = async (badge: { id: string }, recipient = here.learner) =>
  (await here.api.post(`/badges/${badge.id}/applications`, { recipient_id: recipient.id })).body.data;
const typesOf = async ({ id }: { id: string }): Promise<string[]> => {
  const { body } = await here.api.get("/events?limit=100").expect(200);
  return body.data.items.filter(({ data }: { data: { id: string } }) => data.id === id).map(({ type }: { type: string }) => type);
};
const sponsored = { reward: { amount: "40", funding: "sponsor" } };
const REASON = { reason: "A mistake." };

describe("each step waits for its block", () => {
  it("lock, claim and revocation", async () => {
    await manual();
    const award = await apply(await here.badge(sponsored));
    const locking = (await act(award, "approve", { note: "Good." }).expect(202)).body.data;
    expect(locking).toMatchObject({ status: "applied", review: null, approved_at: null, pending: { action: "approve" } });
    expect((await here.api.get(`/tokens/transactions/${locking.pending.transaction_id}`).expect(200)).body.data).toMatchObject({
      type: "lock",
      status: "pending",
      chain: { tx_hash: locking.pending.tx_hash },
    });
    for (const [action, body] of [["approve"], ["reject", REASON], ["claim"], ["revoke", REASON]] as const) {
      const { body: refused } = await act(award, action, body).expect(refusal("INVALID_STATE_TRANSITION"));
      expect(refused.error.details[0].allowed).toEqual([]);
    }
    expect(await typesOf(award)).toEqual(["award.applied"]);
    await mine();
    const approved = await here.look(award);
    expect(approved).toMatchObject({ status: "approved", pending: null, review: { decision: "approved", note: "Good." } });

    expect((await act(award, "claim").expect(202)).body.data).toMatchObject({
      status: "approved",
      chain: null,
      pending: { action: "claim" },
    });
    await mine();
    expect(await here.look(award)).toMatchObject({ status: "claimed", pending: null, chain: { token_id: expect.stringMatching(/^\d+$/) } });

    const revoking = (await act(award, "revoke", REASON).expect(202)).body.data;
    expect(revoking).toMatchObject({ status: "claimed", revocation: null, pending: { action: "revoke", transaction_id: null } });
    await mine();
    expect(await here.look(award)).toMatchObject({ status: "revoked", revocation: REASON });
    expect(await typesOf(award)).toEqual(["award.revoked", "award.claimed", "award.approved", "award.applied"]);
  });

  it("a direct issue to be claimed at once takes two blocks, and tells nothing before", async () => {
    await manual();
    const badge = await here.badge(sponsored);
    const sent = { recipient_id: here.learner.id, auto_claim: true };
    const { data } = (await here.api.post(`/badges/${badge.id}/issue`, sent).expect(202)).body;
    expect([data.status, data.source, data.pending.action, await typesOf(data)]).toEqual(["applied", "direct", "approve", []]);
    await mine();
    expect(await here.look(data)).toMatchObject({ status: "approved", pending: { action: "claim" } });
    await mine();
    expect((await here.look(data)).status).toBe("claimed");
    expect(await typesOf(data)).toEqual(["award.claimed", "award.approved"]);
  });

  it("a reward that is minted needs no block to be approved", async () => {
    await manual();
    const badge = await here.badge({ auto_approve: true, auto_claim: true });
    const { data } = (await here.api.post(`/badges/${badge.id}/applications`, { recipient_id: here.learner.id }).expect(202)).body;
    expect(data).toMatchObject({ status: "approved", pending: { action: "claim" } });
    await mine();
    expect((await here.look(data)).status).toBe("claimed");
  });

  it("the expiry of a sponsored award waits for its refund", async () => {
    await manual();
    const badge = await here.badge(sponsored);
    const { data } = (await here.api.post(`/badges/${badge.id}/issue`, { recipient_id: here.learner.id }).expect(202)).body;
    await mine();
    await here.sandbox.clock.advance("90d");
    expect(await here.look(data)).toMatchObject({ status: "approved", pending: { action: "expire" } });
    await act(data, "claim").expect(refusal("INVALID_STATE_TRANSITION"));
    await mine();
    expect((await here.look(data)).status).toBe("expired");
    expect((await here.api.get(`/users/${here.sponsor.id}/balance`).expect(200)).body.data.balance).toBe("1000");
  });

  it("with a block every two seconds they come by themselves", async () => {
    here = await badgeWorld({ mining: { kind: "interval", every_ms: 2000 } });
    await here.sandbox.clock.freeze();
    await here.sandbox.clock.advance("2s");
    const badge = await here.badge(sponsored);
    const { data } = (await here.api.post(`/badges/${badge.id}/issue`, { recipient_id: here.learner.id, auto_claim: true }).expect(202))
      .body;
    await here.sandbox.clock.advance("2s");
    expect(await here.look(data)).toMatchObject({ status: "approved", pending: { action: "claim" } });
    await here.sandbox.clock.advance("2s");
    expect((await here.look(data)).status).toBe("claimed");
  });
});

describe("a step that fails in its block", () => {
  /** Two claims wait, and there is room for one reward below the cap. */
  async function crowdedClaims() {
    await manual();
    const [first, second] = [await apply(await here.badge()), await apply(await here.badge())];
    for (const award of [first, second]) await act(award, "approve").expect(200);
    await here.api.post("/tokens/mint", { user_id: here.sponsor.id, amount: "999999998992" }).expect(202);
    await mine();
    for (const award of [first, second]) await act(award, "claim").expect(202);
    return [first, second];
  }

  it("a claim: it is approved still, with nothing pending, no event, and can be claimed again", async () => {
    const [first, second] = await crowdedClaims();
    await mine();
    expect((await here.look(first)).status).toBe("claimed");
    const failed = await here.look(second);
    expect(failed).toMatchObject({ status: "approved", pending: null, chain: null });
    const { items } = (await here.api.get("/tokens/transactions?type=reward&status=failed").expect(200)).body.data;
    expect(items).toMatchObject([{ reference: second.id, failure: { code: "MAX_SUPPLY_EXCEEDED" } }]);
    expect((await typesOf(second))[0]).toBe("award.approved");
    await here.api.post("/tokens/burn", { user_id: here.sponsor.id, amount: "2" }).expect(202);
    await mine();
    await act(second, "claim").expect(202);
    await mine();
    expect((await here.look(second)).status).toBe("claimed");
  });

  it("a claim accepted in time whose block comes late is claimed", async () => {
    await manual();
    const award = await apply(await here.badge());
    await act(award, "approve").expect(200);
    await here.sandbox.clock.freeze();
    await here.sandbox.clock.advance(90 * 86_400_000 - 60_000);
    await act(award, "claim").expect(202);
    await here.sandbox.clock.advance("1d");
    expect((await here.look(award)).status).toBe("approved");
    await mine();
    expect((await here.look(award)).status).toBe("claimed");
  });
});

describe("supply and deletion", () => {
  it("awards that wait to be approved count", async () => {
    await manual();
    const badge = await here.badge({ ...sponsored, max_awards: 1 });
    const [first, second] = [await apply(badge), await apply(badge, await newUser(here.api))];
    await act(first, "approve").expect(202);
    await act(second, "approve").expect(refusal("BADGE_SUPPLY_EXHAUSTED"));
    await mine();
    await act(second, "approve").expect(refusal("BADGE_SUPPLY_EXHAUSTED"));
  });

  it("an award whose recipient is deleted while it waits ends when its block is there", async () => {
    await manual();
    const award = await apply(await here.badge(sponsored));
    await act(award, "approve").expect(202);
    await here.api.delete(`/users/${here.learner.id}`).expect(204);
    await mine();
    expect(await here.look(award)).toMatchObject({ status: "approved", pending: { action: "revoke" } });
    await mine();
    expect((await here.look(award)).status).toBe("revoked");
  });
});
