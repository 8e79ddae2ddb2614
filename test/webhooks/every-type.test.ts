/** Each event type happens once in this story, is delivered as the document says, and each step has exactly the events that belong to it. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { newUser, template } from "../support/client.ts";
import { at, problemsOfEvent } from "../support/contract.ts";
import { type Hooked, hooked } from "../support/webhook-world.ts";

let here: Hooked;
beforeAll(async () => {
  here = await hooked({ mining: { kind: "manual" } });
  await here.sandbox.clock.freeze();
});
afterAll(() => here.close());

/** What the story has made so far. */
const ids: Record<string, string> = {};
const seen = new Set<string>();

/** The last one of the API's answers that is an object with an id, kept under a name. */
const post = async (path: string, body?: unknown, name?: string) => {
  const answer = await here.api.post(path, body);
  expect(answer.status, answer.text).toBeLessThan(300);
  if (name) ids[name] = answer.body.data.id;
  return answer.body.data;
};
const patch = (path: string, body: unknown) => here.api.patch(path, body).expect(200);
const mine = () => here.sandbox.chain.mine();
const mint = (amount: string) => post("/tokens/mint", { user_id: ids.sponsor, amount });
const apply = () => post(`/badges/${ids.badge}/applications`, { recipient_id: ids.learner }, "award");
const decide = (action: string, body?: unknown) => post(`/awards/${ids.award}/${action}`, body);
const inAnHour = () => new Date(Date.parse(here.sandbox.clock.show().now) + 3_600_000).toISOString();
const requirements = [{ id: "steps", name: "Steps", target: 2 }];
const step = () => post(`/users/${ids.learner}/achievements/${ids.mission}/progress`, { updates: [{ mode: "increment", value: 1 }] });
const OVER_HALF = "600000000000";

type Deed = () => unknown;
const STORY: readonly (readonly [title: string, deed: Deed, events: readonly string[]])[] = [
  ["a museum signs up", async () => void (ids.sponsor = (await newUser(here.api, { roles: ["sponsor"] })).id), ["user.created"]],
  ["it changes its name", () => patch(`/users/${ids.sponsor}`, { display_name: "Museum of Time" }), ["user.updated"]],
  ["it sends the same name again", () => patch(`/users/${ids.sponsor}`, { display_name: "Museum of Time" }), []],
  ["a learner signs up", async () => void (ids.learner = (await newUser(here.api)).id), ["user.created"]],
  ["somebody comes", async () => void (ids.gone = (await newUser(here.api)).id), ["user.created"]],
  ["and goes", () => here.api.delete(`/users/${ids.gone}`).expect(204), ["user.deleted"]],
  ["the museum gets tokens", () => mint("100"), ["token.transaction.created"]],
  ["they are mined", mine, ["token.transaction.confirmed"]],
  ["half of all tokens and more", () => mint(OVER_HALF), ["token.transaction.created"]],
  ["and once more", () => mint(OVER_HALF), ["token.transaction.created"]],
  ["there is room for one of them", mine, ["token.transaction.confirmed", "token.transaction.failed"]],
  ["a badge is drafted", () => post("/badges", template({ sponsor_id: ids.sponsor }), "badge"), ["badge.created"]],
  ["it is described better", () => patch(`/badges/${ids.badge}`, { description: "For travellers." }), ["badge.updated"]],
  ["it is published", () => post(`/badges/${ids.badge}/publish`), ["badge.published"]],
  ["the learner applies", apply, ["award.applied"]],
  ["and is rejected", () => decide("reject", { reason: "Too short." }), ["award.rejected"]],
  ["applies again", apply, ["award.applied"]],
  ["is approved", () => decide("approve"), ["award.approved"]],
  ["claims", () => decide("claim"), ["token.transaction.created"]],
  ["has it", mine, ["token.transaction.confirmed", "award.claimed"]],
  ["it is taken back", () => decide("revoke", { reason: "A mistake." }), []],
  ["on the chain too", mine, ["award.revoked"]],
  ["is given it anew", () => post(`/badges/${ids.badge}/issue`, { recipient_id: ids.learner }, "award"), ["award.approved"]],
  ["forgets to claim for 83 days", () => here.sandbox.clock.advance("83d"), ["award.claim_expiring"]],
  ["and for a week", () => here.sandbox.clock.advance("7d"), ["award.expired"]],
  ["an offer for an hour", () => patch(`/badges/${ids.badge}`, { application_expires_at: inAnHour() }), ["badge.updated"]],
  ["passes", () => here.sandbox.clock.advance("1h"), ["badge.expired"]],
  ["and is put away", () => post(`/badges/${ids.badge}/archive`), ["badge.archived"]],
  ["the endpoint is tested", () => post(`/webhook-endpoints/${here.endpoint.id}/test`), ["webhook.test"]],
];
const MISSION = { code: "first-steps", name: "First steps", description: "Two of them.", kind: "mission", requirements };
const ACHIEVEMENTS: typeof STORY = [
  ["a mission", () => post("/achievements", MISSION, "mission"), ["achievement.created"]],
  ["is described better", () => patch(`/achievements/${ids.mission}`, { description: "Just two." }), ["achievement.updated"]],
  ["the first step", step, ["achievement.progress.updated"]],
  ["the second", step, ["achievement.progress.updated", "achievement.completed"]],
  ["a third is none", step, []],
];

for (const [title, deed, expected] of [...STORY, ...ACHIEVEMENTS]) {
  it(`${title}: ${expected.join(", ") || "nothing"}`, async () => {
    const before = here.receiver.received.length;
    await deed();
    const got = (await here.receiver.count(before + expected.length)).slice(before);
    expect(got.map(({ body }) => JSON.parse(body).type)).toEqual(expected);
    for (const { body } of got) {
      const event = JSON.parse(body);
      expect(problemsOfEvent(event), body).toEqual([]);
      seen.add(event.type);
    }
  });
}

it("no event was left out, and none came twice", async () => {
  const types = (at("/components/schemas/EventType").value as { enum: string[] }).enum;
  expect(types.filter((type) => !seen.has(type))).toEqual([]);
  const { body } = await here.api.get("/events?limit=100").expect(200);
  const recorded = body.data.items.map(({ id }: { id: string }) => id).reverse();
  expect(here.receiver.received.map(({ headers }) => headers["webhook-id"])).toEqual(recorded);
  await here.sandbox.doctor();
});
