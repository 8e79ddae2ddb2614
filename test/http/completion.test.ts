/** Completion issues the badge in the same request, once, or says why it could not. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BadgeWorld, badgeWorld, newUser, refusal } from "../support/client.ts";
import { newMission, progressEvents, progressOf, record, targets, typesOf } from "../support/learning.ts";

let here: BadgeWorld;
beforeAll(async () => void (here = await badgeWorld()));
afterAll(async () => {
  await here.sandbox.doctor();
  await here.sandbox.close();
});

/** A mission that issues a badge with these members. */
const issuing = async (members: Record<string, unknown> = {}, world = here) =>
  newMission(world.api, { badge_id: (await world.badge(members)).id, auto_issue: true });
const awardsOf = async (user: { id: string }) => (await here.api.get(`/users/${user.id}/awards`).expect(200)).body.data.items;
const balance = async ({ id }: { id: string }) => (await here.api.get(`/users/${id}/balance`).expect(200)).body.data.balance;
const newestEvents = async (count: number) => (await here.api.get(`/events?limit=${count}`).expect(200)).body.data.items.reverse();
const complete = async (user: { id: string }, achievement: { id: string }, members = {}) =>
  (await record(here.api, user, achievement, 10, members).expect(200)).body;

describe("with auto_issue", () => {
  it("the award is approved in the same request, before the progress is told of", async () => {
    const [user, achievement] = [await newUser(here.api), await issuing()];
    const { data, message } = await complete(user, achievement);
    const award = await here.look({ id: data.award_id });
    expect(award).toMatchObject({ status: "approved", source: "achievement", badge_id: achievement.badge_id, recipient_id: user.id });
    expect(award.approved_at).toBe(data.completed_at);
    expect(data).toMatchObject({ status: "completed", issue_error: null, newly_completed: true });
    expect(message).toBe(`${user.display_name} completed “${achievement.name}”.`);
    const events = await newestEvents(3);
    expect(typesOf(events)).toEqual(["award.approved", "achievement.progress.updated", "achievement.completed"]);
    expect(events.map((event: { data: unknown }) => event.data)).toEqual([award, data, data]);
    expect(await progressOf(here.api, user, achievement)).toEqual({ ...data, newly_completed: false });
  });

  it("and auto_claim it is claimed and paid too", async () => {
    const [user, achievement] = [await newUser(here.api), await issuing({ auto_claim: true })];
    const { data } = await complete(user, achievement);
    expect((await here.look({ id: data.award_id })).status).toBe("claimed");
    expect(await balance(user)).toBe("5");
  });

  it("and not before", async () => {
    const [user, achievement] = [await newUser(here.api), await issuing()];
    await record(here.api, user, achievement, 9).expect(200);
    expect(await awardsOf(user)).toEqual([]);
    await record(here.api, user, achievement, 1).expect(200);
    expect(await awardsOf(user)).toHaveLength(1);
    await record(here.api, user, achievement, 1).expect(200);
    expect(await awardsOf(user)).toHaveLength(1);
  });

  it("off, the badge only belongs to it", async () => {
    const [user, badge] = [await newUser(here.api), await here.badge()];
    const { data } = await complete(user, await newMission(here.api, { badge_id: badge.id }));
    expect([data.award_id, data.issue_error, await awardsOf(user)]).toEqual([null, null, []]);
  });

  it("on, but switched on only later, it issues nothing after the fact", async () => {
    const [user, badge] = [await newUser(here.api), await here.badge()];
    const achievement = await newMission(here.api, { badge_id: badge.id });
    await complete(user, achievement);
    await here.api.patch(`/achievements/${achievement.id}`, { auto_issue: true }).expect(200);
    expect([(await complete(user, achievement)).data.award_id, await awardsOf(user)]).toEqual([null, []]);
  });
});

describe("issue_error", () => {
  type Prepare = (user: { id: string }, badge: { id: string }) => Promise<unknown>;
  const issue = (badge: { id: string }, recipient: { id: string }) =>
    here.api.post(`/badges/${badge.id}/issue`, { recipient_id: recipient.id }).expect(201);

  it.each<[string, string, Record<string, unknown>, Prepare]>([
    ["the badge is used up", "BADGE_SUPPLY_EXHAUSTED", { max_awards: 1 }, async (_user, badge) => issue(badge, await newUser(here.api))],
    ["the user has it", "ALREADY_AWARDED", {}, async (user, badge) => issue(badge, user)],
    [
      "the user has applied for it",
      "ALREADY_APPLIED",
      {},
      (user, { id }) => here.api.post(`/badges/${id}/applications`, { recipient_id: user.id }).expect(201),
    ],
    ["it is archived", "BADGE_NOT_PUBLISHED", {}, (_user, { id }) => here.api.post(`/badges/${id}/archive`).expect(200)],
    ["the sponsor cannot pay", "INSUFFICIENT_BALANCE", { reward: { amount: "1001", funding: "sponsor" } }, async () => {}],
    [
      "the reward exceeds the supply, at the claim",
      "MAX_SUPPLY_EXCEEDED",
      { reward: { amount: "999999999999" }, auto_claim: true },
      async () => {},
    ],
  ])("%s: the same code as issuing it directly, and progress stands", async (_what, code, members, prepare) => {
    const [user, badge] = [await newUser(here.api), await here.badge(members)];
    const achievement = await newMission(here.api, { badge_id: badge.id, auto_issue: true });
    await prepare(user, badge);
    const [before, counted] = [await awardsOf(user), (await here.api.get(`/badges/${badge.id}`)).body.data.awards_count];
    const { body: direct } = await here.api.post(`/badges/${badge.id}/issue`, { recipient_id: user.id }).expect(refusal(code));

    const { data, message } = await complete(user, achievement);
    expect(data).toMatchObject({
      status: "completed",
      award_id: null,
      issue_error: { code, message: direct.error.message },
      newly_completed: true,
    });
    expect(message).toBe(`${user.display_name} completed “${achievement.name}”; the badge could not be issued.`);
    expect(typesOf(await newestEvents(2))).toEqual(["achievement.progress.updated", "achievement.completed"]);
    expect(await awardsOf(user)).toEqual(before);
    expect((await here.api.get(`/badges/${badge.id}`)).body.data.awards_count).toBe(counted);
    expect((await complete(user, achievement)).data).toEqual({ ...data, newly_completed: false });
  });

  it("of a draft, which can be issued once it is published", async () => {
    const template = { title: "Later", description: "Not yet.", criteria: { narrative: "Wait." }, reward: { amount: "1" } };
    const draft = (await here.api.post("/badges", { ...template, sponsor_id: here.sponsor.id }).expect(201)).body.data;
    const [early, late] = [await newUser(here.api), await newUser(here.api)];
    const achievement = await newMission(here.api, { badge_id: draft.id, auto_issue: true });
    expect((await complete(early, achievement)).data.issue_error.code).toBe("BADGE_NOT_PUBLISHED");
    await here.api.post(`/badges/${draft.id}/publish`).expect(200);
    expect((await complete(late, achievement)).data.award_id).toMatch(/^awd_/);
  });
});

describe("evidence", () => {
  const text = (value: string, requirement_id: string | null = null) => ({ requirement_id, type: "text", value, description: null });
  const asking = { evidence_requirements: [{ id: "essay", type: "text", label: "An essay", required: true }] };
  const evidenceOf = async ({ data }: { data: { award_id: string } }) => (await here.look({ id: data.award_id })).evidence;

  it("of every step goes to the award, also of a step that counts nothing", async () => {
    const [user, achievement] = [await newUser(here.api), await issuing(asking)];
    await record(here.api, user, achievement, 3, { evidence: [text("first", "essay")] }).expect(200);
    const nothing = [{ mode: "at_least", value: 2 }] as const;
    const { body } = await record(here.api, user, achievement, nothing, { evidence: [text("second")] }).expect(200);
    expect(body.data.requirements[0].current).toBe(3);
    const done = await complete(user, achievement, { evidence: [text("third", "essay")] });
    expect(await evidenceOf(done)).toEqual([text("first", "essay"), text("second"), text("third", "essay")]);
  });

  it("alone does not start anything, and is kept", async () => {
    const [user, achievement] = [await newUser(here.api), await issuing()];
    const nothing = [{ mode: "at_least", value: 0 }] as const;
    const { body } = await record(here.api, user, achievement, nothing, { evidence: [text("early")] }).expect(200);
    expect(body.data).toMatchObject({ status: "not_started", started_at: null });
    expect(await progressEvents(here.api, user, achievement)).toEqual([]);
    expect(await evidenceOf(await complete(user, achievement))).toEqual([text("early")]);
  });

  it("sent again counts once; of more than twenty the latest twenty are kept", async () => {
    const [user, achievement] = [await newUser(here.api), await issuing()];
    const all = Array.from({ length: 25 }, (_, at) => text(`item ${at}`));
    const repeat = (evidence: unknown[]) => record(here.api, user, achievement, [{ mode: "at_least", value: 5 }], { evidence }).expect(200);
    await repeat(all.slice(0, 15));
    await repeat(all.slice(0, 15));
    await repeat(all.slice(12, 25));
    expect(await evidenceOf(await complete(user, achievement))).toEqual(all.slice(5));
  });

  it.each<[string, Record<string, unknown>]>([
    ["a requirement that the badge does not have", text("x", "poem")],
    ["a requirement of another type", { requirement_id: "essay", type: "url", value: "https://school.example/essay" }],
  ])("with %s is refused, and nothing is counted", async (_what, item) => {
    const [user, achievement] = [await newUser(here.api), await issuing(asking)];
    const evidence = [text("fine", "essay"), item];
    await record(here.api, user, achievement, 10, { evidence }).expect(
      refusal("VALIDATION_FAILED", { param: "evidence.1.requirement_id" }),
    );
    expect((await progressOf(here.api, user, achievement)).status).toBe("not_started");
    await record(here.api, user, achievement, 10, { evidence: [text("fine", "essay")] }).expect(200);
  });

  it("without a badge has no requirement to name", async () => {
    const [user, achievement] = [await newUser(here.api), await newMission(here.api)];
    await record(here.api, user, achievement, 1, { evidence: [text("x", "essay")] }).expect(refusal("VALIDATION_FAILED"));
    await record(here.api, user, achievement, 1, { evidence: [text("x")] }).expect(200);
  });

  it("for a badge that was exchanged meanwhile goes without what that one does not ask for", async () => {
    const [user, achievement] = [await newUser(here.api), await issuing(asking)];
    await record(here.api, user, achievement, 1, { evidence: [text("x", "essay")] }).expect(200);
    await here.api.patch(`/achievements/${achievement.id}`, { badge_id: (await here.badge()).id }).expect(200);
    expect(await evidenceOf(await complete(user, achievement))).toEqual([text("x")]);
  });
});

describe.each([
  ["blocks come at once", "auto"],
  ["blocks come when they are told to", "manual"],
] as const)("a hundred steps at once, %s", (_what, kind) => {
  let world: BadgeWorld;
  beforeAll(async () => void (world = await badgeWorld({ mining: { kind } })));
  afterAll(async () => {
    await world.sandbox.doctor();
    await world.sandbox.close();
  });
  const items = async (path: string) =>
    (await world.api.get(`${path}${path.includes("?") ? "&" : "?"}limit=100`).expect(200)).body.data.items;

  it.each([
    ["the last of them", 100],
    ["one in the middle", 60],
    ["the first", 1],
  ])("%s completes, once", async (_which, target) => {
    const user = await newUser(world.api);
    const badge = await world.badge({ auto_claim: true });
    const requirements = targets({ steps: target });
    const achievement = await newMission(world.api, { badge_id: badge.id, auto_issue: true, requirements });
    const answers = await Promise.all(Array.from({ length: 100 }, () => record(world.api, user, achievement, 1).expect(200)));

    const completing = answers.filter(({ body }) => body.data.newly_completed);
    expect(completing).toHaveLength(1);
    const award_id = completing[0]?.body.data.award_id;
    const counted = answers.map(({ body }) => body.data.requirements[0].current).sort((a, b) => a - b);
    expect(counted).toEqual(Array.from({ length: 100 }, (_, at) => Math.min(at + 1, target)));

    const isTheirs = ({ data }: { data: { user_id?: string } }) => data.user_id === user.id;
    const events = async (type: string) => (await items(`/events?type=${type}`)).filter(isTheirs);
    expect(await events("achievement.progress.updated")).toHaveLength(target);
    expect(await events("achievement.completed")).toHaveLength(1);
    expect((await items(`/users/${user.id}/awards`)).map(({ id }: { id: string }) => id)).toEqual([award_id]);
    const rewards = await items(`/tokens/transactions?user_id=${user.id}`);
    expect(rewards).toMatchObject([{ type: "reward", amount: "5", status: kind === "auto" ? "confirmed" : "pending" }]);
    const expected = kind === "auto" ? { status: "claimed", pending: null } : { status: "approved", pending: { action: "claim" } };
    expect(await world.look({ id: award_id })).toMatchObject(expected);

    if (kind === "manual") await world.sandbox.chain.mine();
    expect((await world.look({ id: award_id })).status).toBe("claimed");
    expect((await world.api.get(`/users/${user.id}/balance`)).body.data.balance).toBe("5");
    expect((await world.api.get(`/badges/${badge.id}`)).body.data.awards_count).toBe(1);
  });

  it("of several achievements of one badge one gets it, the others say why not", async () => {
    const user = await newUser(world.api);
    const badge = await world.badge();
    const all = await Promise.all(Array.from({ length: 10 }, () => newMission(world.api, { badge_id: badge.id, auto_issue: true })));
    const answers = await Promise.all(all.map((each) => record(world.api, user, each, 10).expect(200)));
    const codes = answers.map(({ body }) => body.data.issue_error?.code ?? "issued").sort();
    expect(codes).toEqual([...Array(9).fill("ALREADY_AWARDED"), "issued"]);
  });
});

describe("while blocks wait", () => {
  it("the answer is 200, the award has pending and is told of at its block", async () => {
    const world = await badgeWorld({ mining: { kind: "manual" } });
    const achievement = await issuing({ reward: { amount: "40", funding: "sponsor" } }, world);
    const { body } = await record(world.api, world.learner, achievement, 10).expect(200);
    expect(body.data).toMatchObject({ status: "completed", issue_error: null, newly_completed: true });
    const award = await world.look({ id: body.data.award_id });
    expect(award).toMatchObject({ status: "applied", pending: { action: "approve" }, source: "achievement" });
    await world.sandbox.chain.mine();
    expect((await world.look(award)).status).toBe("approved");
    expect(await progressOf(world.api, world.learner, achievement)).toEqual({ ...body.data, newly_completed: false });
    await world.sandbox.doctor();
    await world.sandbox.close();
  });
});
