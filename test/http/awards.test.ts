/** Awards and their states. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AwardData, type BadgeWorld, badgeWorld, newUser, refusal } from "../support/client.ts";

let here: BadgeWorld;
beforeAll(async () => void (here = await badgeWorld()));
afterAll(async () => {
  await here.sandbox.doctor();
  await here.sandbox.close();
});

const act = (award: { id: string }, action: string, body?: object) => here.api.post(`/awards/${award.id}/${action}`, body);
const balance = async ({ id }: { id: string }) => (await here.api.get(`/users/${id}/balance`).expect(200)).body.data.balance;
const eventsOf = async ({ id }: { id: string }) => {
  const { body } = await here.api.get("/events?limit=100").expect(200);
  return body.data.items.filter(({ data }: { data: { id: string } }) => data.id === id).map(({ type }: { type: string }) => type);
};
const newest = async (path: string) => (await here.api.get(path).expect(200)).body.data.items;

describe("the four steps", () => {
  it("apply, approve, claim: each with its time, its event and its object", async () => {
    const learner = await newUser(here.api);
    const badge = await here.badge();
    const sent = { recipient_id: learner.id, narrative: "I told of the Rhine.", metadata: { class: "7b" } };
    const applied = await here.api.post(`/badges/${badge.id}/applications`, sent).expect(201);
    const award: AwardData = applied.body.data;
    expect(award).toMatchObject({
      status: "applied",
      source: "application",
      badge_id: badge.id,
      sponsor_id: here.sponsor.id,
      recipient_id: learner.id,
      narrative: "I told of the Rhine.",
      review: null,
      reward: { amount: "5", funding: "mint", transaction_id: null },
      claim_expires_at: null,
      pending: null,
      chain: null,
      approved_at: null,
      claimed_at: null,
      metadata: { class: "7b" },
    });
    expect(award.gets_id).toMatch(/^[A-Z2-7]{7}$/);
    expect(award.verification_url.endsWith(`/v1/verify/${award.gets_id}`)).toBe(true);
    expect(applied.headers.location).toBe(`/v1/awards/${award.id}`);

    const approved = (await act(award, "approve", { note: "Well told." }).expect(200)).body.data;
    expect(approved).toMatchObject({ status: "approved", review: { decision: "approved", note: "Well told." } });
    expect(Date.parse(approved.claim_expires_at) - Date.parse(approved.approved_at)).toBe(90 * 86_400_000);

    const claimed = (await act(award, "claim").expect(200)).body.data;
    expect(claimed).toMatchObject({
      status: "claimed",
      chain: { locked: true, contract_address: here.sandbox.info().chain.badge_address },
    });
    expect(await balance(learner)).toBe("5");
    const { data: tx } = (await here.api.get(`/tokens/transactions/${claimed.reward.transaction_id}`).expect(200)).body;
    expect(tx).toMatchObject({
      type: "reward",
      status: "confirmed",
      amount: "5",
      from: null,
      to: { user_id: learner.id },
      reference: award.id,
    });
    expect(tx.chain).toMatchObject({ tx_hash: claimed.chain.tx_hash, block_number: claimed.chain.block_number });
    expect(await eventsOf(award)).toEqual(["award.claimed", "award.approved", "award.applied"]);
    expect(await here.look(award)).toEqual(claimed);
  });

  it("a rejection says why, and one may apply again", async () => {
    const award = await here.award("rejected");
    expect(award).toMatchObject({ status: "rejected", review: { decision: "rejected", note: "Too short." } });
    const again = { recipient_id: here.learner.id };
    await here.api.post(`/badges/${award.badge_id}/applications`, again).expect(201);
    await here.api.post(`/badges/${award.badge_id}/applications`, again).expect(refusal("ALREADY_APPLIED"));
  });
});

describe("at once", () => {
  it("issued directly it is approved, with auto_claim claimed", async () => {
    const [badge, other] = [await here.badge(), await here.badge({ auto_claim: true })];
    const to = { recipient_id: here.learner.id };
    const { body } = await here.api.post(`/badges/${badge.id}/issue`, to).expect(201);
    expect(body.data).toMatchObject({ status: "approved", source: "direct", applied_at: null, review: null });
    expect(await eventsOf(body.data)).toEqual(["award.approved"]);
    expect((await here.api.post(`/badges/${other.id}/issue`, to).expect(201)).body.data.status).toBe("claimed");
    const third = await newUser(here.api);
    const kept = await here.api.post(`/badges/${other.id}/issue`, { recipient_id: third.id, auto_claim: false }).expect(201);
    expect(kept.body.data.status).toBe("approved");
  });

  it("with auto_approve an application is approved, with auto_claim too claimed", async () => {
    const badge = await here.badge({ auto_approve: true, auto_claim: true });
    const { body } = await here.api.post(`/badges/${badge.id}/applications`, { recipient_id: here.learner.id }).expect(201);
    expect(body.data).toMatchObject({ status: "claimed", source: "application", review: null });
    expect(await eventsOf(body.data)).toEqual(["award.claimed", "award.approved", "award.applied"]);
    expect((await here.api.get(`/badges/${badge.id}`).expect(200)).body.data.awards_count).toBe(1);
  });

  it("a refused step refuses the whole request", async () => {
    const poor = await newUser(here.api, { roles: ["sponsor"] });
    const members = { sponsor_id: poor.id, auto_approve: true, reward: { amount: "5", funding: "sponsor" } };
    const badge = await here.badge(members);
    const { body } = await here.api
      .post(`/badges/${badge.id}/applications`, { recipient_id: here.learner.id })
      .expect(refusal("INSUFFICIENT_BALANCE", { param: null }));
    expect(body.error.details[0]).toMatchObject({ available: "0", required: "5" });
    expect(await newest(`/awards?badge_id=${badge.id}`)).toEqual([]);
  });
});

describe("what cannot be done in a state", () => {
  const ALLOWED: Record<string, string[]> = {
    applied: ["approve", "reject"],
    approved: ["claim", "revoke"],
    claimed: ["revoke"],
    rejected: [],
    revoked: [],
  };
  const BODY: Record<string, object | undefined> = { reject: { reason: "No." }, revoke: { reason: "No." } };

  it.each(Object.keys(ALLOWED) as (keyof typeof ALLOWED & AwardData["status"])[])("%s", async (state) => {
    const award = await here.award(state as "applied");
    for (const action of ["approve", "reject", "claim", "revoke"]) {
      if (ALLOWED[state]?.includes(action)) continue;
      const { body } = await act(award, action, BODY[action]).expect(refusal("INVALID_STATE_TRANSITION"));
      expect(body.error.details[0]).toMatchObject({ from: state, action, allowed: ALLOWED[state] });
    }
    expect(await here.look(award)).toEqual(award);
  });
});

describe("who can have it", () => {
  const apply = (badge: { id: string }, recipient_id: string) => here.api.post(`/badges/${badge.id}/applications`, { recipient_id });
  const issue = (badge: { id: string }, recipient_id: string) => here.api.post(`/badges/${badge.id}/issue`, { recipient_id });

  it("one award of a badge for a recipient, while it is open or claimed", async () => {
    const award = await here.award("approved");
    const badge = { id: award.badge_id };
    const { body } = await issue(badge, here.learner.id).expect(refusal("ALREADY_AWARDED", { param: "recipient_id" }));
    expect(body.error.details[0].award_id).toBe(award.id);
    await act(award, "claim").expect(200);
    await apply(badge, here.learner.id).expect(refusal("ALREADY_AWARDED"));
    await act(award, "revoke", { reason: "A mistake." }).expect(200);
    await apply(badge, here.learner.id).expect(201);
  });

  it("no draft and no archived badge; unknown ids are 404", async () => {
    const badge = await here.badge();
    await here.api.post(`/badges/${badge.id}/archive`).expect(200);
    await apply(badge, here.learner.id).expect(refusal("BADGE_NOT_PUBLISHED"));
    await issue(badge, here.learner.id).expect(refusal("BADGE_NOT_PUBLISHED"));
    await apply({ id: "bdg_nothing" }, here.learner.id).expect(refusal("BADGE_NOT_FOUND"));
    await apply(await here.badge(), "usr_nobody").expect(refusal("USER_NOT_FOUND", { param: "recipient_id" }));
    await act({ id: "awd_nothing" }, "claim").expect(refusal("AWARD_NOT_FOUND"));
  });

  it("nobody suspended; but what they have can be approved and claimed", async () => {
    const learner = await newUser(here.api);
    const badge = await here.badge();
    const { data } = (await apply(badge, learner.id).expect(201)).body;
    await here.api.patch(`/users/${learner.id}`, { status: "suspended" }).expect(200);
    await apply(await here.badge(), learner.id).expect(refusal("USER_SUSPENDED"));
    await act(data, "approve").expect(200);
    await act(data, "claim").expect(200);
  });

  it("an archived badge approves nobody any more, but approved awards are claimed", async () => {
    const [open, approved] = [await here.award("applied"), await here.award("approved")];
    for (const { badge_id } of [open, approved]) await here.api.post(`/badges/${badge_id}/archive`).expect(200);
    await act(open, "approve").expect(refusal("BADGE_NOT_PUBLISHED"));
    await act(approved, "claim").expect(200);
  });
});

describe("evidence", () => {
  const recording = { id: "recording", type: "url", label: "a recording", required: true };
  const asked = { evidence_requirements: [recording, { id: "essay", type: "text", label: "an essay", required: false }] };
  const shown = { requirement_id: "recording", type: "url", value: "https://school.example/recording" };
  const apply = async (evidence?: object[]) =>
    here.api.post(`/badges/${(await here.badge(asked)).id}/applications`, {
      recipient_id: here.learner.id,
      ...(evidence ? { evidence } : {}),
    });

  it("is demanded of applicants, and named when it is missing", async () => {
    const { body } = await apply();
    expect(body.error.code).toBe("EVIDENCE_REQUIRED");
    expect(body.error.details[0]).toMatchObject({ path: "/evidence", requirement_id: "recording" });
    const { body: made } = await apply([shown]);
    expect(made.data.evidence).toEqual([{ ...shown, description: null }]);
  });

  it("is not demanded when it is issued directly", async () => {
    await here.api.post(`/badges/${(await here.badge(asked)).id}/issue`, { recipient_id: here.learner.id }).expect(201);
  });

  it.each([
    ["of another type", { ...shown, type: "image" }],
    ["for a requirement that the badge does not have", { ...shown, requirement_id: "nothing" }],
  ])("%s is refused", async (_what, item) => {
    const { body } = await apply([shown, item]);
    expect([body.error.code, body.error.details[0].path]).toEqual(["VALIDATION_FAILED", "/evidence/1/requirement_id"]);
  });
});

describe("supply", () => {
  it("under 100 applications at once exactly as many are approved as there are", async () => {
    const badge = await here.badge({ max_awards: 10, auto_approve: true });
    const learners = await Promise.all(Array.from({ length: 100 }, () => newUser(here.api)));
    const answers = await Promise.all(learners.map(({ id }) => here.api.post(`/badges/${badge.id}/applications`, { recipient_id: id })));
    const codes = answers.map(({ status, body }) => body.error?.code ?? status);
    expect(codes.filter((code) => code === 201)).toHaveLength(10);
    expect(codes.filter((code) => code === "BADGE_SUPPLY_EXHAUSTED")).toHaveLength(90);
    expect((await here.api.get(`/badges/${badge.id}`).expect(200)).body.data.awards_count).toBe(10);
  });

  it("is taken at approval, and comes back when one is revoked", async () => {
    const badge = await here.badge({ max_awards: 1 });
    const [ada, grace] = [await newUser(here.api), await newUser(here.api)];
    const apply = async ({ id }: { id: string }) =>
      (await here.api.post(`/badges/${badge.id}/applications`, { recipient_id: id }).expect(201)).body.data;
    const [first, second] = [await apply(ada), await apply(grace)];
    await act(first, "approve").expect(200);
    await act(second, "approve").expect(refusal("BADGE_SUPPLY_EXHAUSTED"));
    await act(first, "revoke", { reason: "She moved away." }).expect(200);
    await act(second, "approve").expect(200);
  });

  it("the same recipient a hundred times at once gets one", async () => {
    const badge = await here.badge();
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => here.api.post(`/badges/${badge.id}/issue`, { recipient_id: here.learner.id, auto_claim: true })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(new Set(answers.map(({ body }) => body.error?.code ?? "made"))).toEqual(new Set(["made", "ALREADY_AWARDED"]));
  });
});

it("a sponsor lists what waits for review, of all their badges and nobody else's", async () => {
  const sponsor = await newUser(here.api, { roles: ["sponsor"] });
  const waiting: AwardData[] = [];
  for (const sponsor_id of [sponsor.id, here.sponsor.id, sponsor.id]) {
    const badge = await here.badge({ sponsor_id });
    const { body } = await here.api.post(`/badges/${badge.id}/applications`, { recipient_id: here.learner.id }).expect(201);
    if (sponsor_id === sponsor.id) waiting.unshift(body.data);
  }
  const [newer, older] = waiting as [AwardData, AwardData];
  expect(await newest(`/awards?sponsor_id=${sponsor.id}&status=applied`)).toEqual(waiting);
  expect(await newest(`/awards?sponsor_id=${sponsor.id}&badge_id=${older.badge_id}`)).toEqual([older]);
  await here.api.post(`/awards/${newer.id}/approve`).expect(200);
  expect(await newest(`/awards?sponsor_id=${sponsor.id}&status=applied`)).toEqual([older]);
  expect(await newest(`/awards?sponsor_id=${sponsor.id}&recipient_id=${sponsor.id}`)).toEqual([]);
});

it("lists filter by badge, recipient and status, newest first", async () => {
  const learner = await newUser(here.api);
  const made: AwardData[] = [];
  for (const auto_claim of [true, false]) {
    const badge = await here.badge();
    made.unshift((await here.api.post(`/badges/${badge.id}/issue`, { recipient_id: learner.id, auto_claim }).expect(201)).body.data);
  }
  const [approved, claimed] = made as [AwardData, AwardData];
  expect(await newest(`/awards?recipient_id=${learner.id}`)).toEqual([approved, claimed]);
  expect(await newest(`/users/${learner.id}/awards`)).toEqual([approved, claimed]);
  expect(await newest(`/users/${learner.id}/awards?status=claimed`)).toEqual([claimed]);
  expect(await newest(`/awards?badge_id=${approved.badge_id}&recipient_id=${learner.id}`)).toEqual([approved]);
  expect(await newest(`/awards?badge_id=${claimed.badge_id}&status=approved`)).toEqual([]);
  await here.api.get("/users/usr_nobody/awards").expect(refusal("USER_NOT_FOUND"));
});
