import { applied, awardOnce, awardsIn, claimed, itemsOf, newBadge, newSponsor, type Step, settledAward, step } from "../kit/badges.ts";
import type { Check, Group } from "../kit/check.ts";
import { SetupFailed } from "../kit/outcomes.ts";
import type { Probe } from "../kit/probe.ts";
import { claimWindow, sponsorFunding } from "./award-claim.ts";

/** Awards: four steps, in order, and a reward that is paid once. */

const WRONG_STATE = { status: [409], codes: /INVALID_STATE|CLAIM_EXPIRED/ } as const;

const checks: readonly Check[] = [
  {
    id: "AWARD-01",
    level: "MUST",
    provenance: "O",
    mode: "w",
    needs: ["badges_flow"],
    requirement:
      "An application is applied, then approved, then claimed; or rejected; each with its time and its review, as later reads show.",
    hint: "Issue starts at approved, and at claimed with auto_claim.",
    requests: 15,
    async run(t) {
      const [badge, one, two] = [await newBadge(t), await t.user(), await t.user()];
      const award = await applied(t, badge, one, [], { narrative: `Did it ${t.random.word()}` });
      for (const [action, status, time] of [
        [null, "applied", "applied_at"],
        ["approve", "approved", "approved_at"],
        ["claim", "claimed", "claimed_at"],
      ] as const) {
        if (action) t.expect.ok(await step(t, award, action), `${action} of the application`);
        const read = await awardOnce(t, award.id, status);
        t.expect.equal(read.data.status, status, `the award is ${status}`, { exchange: read, pointer: "/data/status" });
        t.expect.that(typeof read.data[time] === "string", `${time} is not told`, { exchange: read, pointer: `/data/${time}` });
        t.expect.equal(read.data.source, "application", "it came from an application", { exchange: read, pointer: "/data/source" });
      }
      const other = await applied(t, badge, two, ["reject"]);
      const read = await awardOnce(t, other.id, "rejected");
      t.expect.equal(read.data.status, "rejected", "a rejected application is rejected", { exchange: read, pointer: "/data/status" });
      const { decision } = (read.data.review ?? {}) as { decision?: unknown };
      t.expect.equal(decision, "rejected", "its review says so", { exchange: read, pointer: "/data/review/decision" });
    },
  },
  {
    id: "AWARD-02",
    level: "MUST",
    provenance: "O",
    mode: "w",
    needs: ["badges_flow"],
    requirement: "Any other step is refused with 409, and the award stays what it was.",
    hint: "Look at the state in the transaction that changes it.",
    requests: 38,
    async run(t) {
      const badge = await newBadge(t);
      const states: readonly [taken: readonly Step[], status: string, refused: readonly Step[]][] = [
        [[], "applied", ["claim", "revoke"]],
        [["approve"], "approved", ["approve", "reject"]],
        [["approve", "claim"], "claimed", ["approve", "reject", "claim"]],
        [["reject"], "rejected", ["approve", "claim", "revoke"]],
        [["approve", "revoke"], "revoked", ["claim", "revoke"]],
      ];
      for (const [taken, status, refused] of states) {
        const award = await applied(t, badge, await t.user(), taken);
        for (const action of refused)
          t.expect.refused(await step(t, award, action), WRONG_STATE, `${action} of an award that is ${status}`);
        await t.settled();
        const read = await awardOnce(t, award.id, status);
        t.expect.equal(read.data.status, status, `the award is still ${status}`, { exchange: read, pointer: "/data/status" });
      }
    },
  },
  {
    id: "AWARD-03",
    level: "MUST",
    provenance: "O",
    mode: "w",
    needs: ["badges_flow"],
    requirement: "The reward is paid at the claim, exactly, once; the award names its transaction.",
    hint: "One transaction mints the badge and pays the reward.",
    requests: 13,
    async run(t) {
      const amount = t.random.amount(2, 90, 18);
      const [badge, user] = [await newBadge(t, { reward: { amount } }), await t.user()];
      const award = await applied(t, badge, user, ["approve"]);
      t.expect.amount(await t.balance(user.id), "0", "the balance before the claim");
      const claim = await step(t, award, "claim");
      t.expect.ok(claim, "the claim");
      t.expect.amount(await t.balanceOnce(user.id, amount), amount, "the balance after the claim", { exchange: claim });
      t.expect.refused(await step(t, award, "claim"), WRONG_STATE, "claiming again");
      await t.settled();
      t.expect.amount(await t.balance(user.id), amount, "the balance after claiming again");
      const { transaction_id } = ((await awardOnce(t, award.id, "claimed")).data.reward ?? {}) as { transaction_id?: string };
      const history = await t.call("listTokenTransactions", { query: { user_id: user.id }, fresh: true });
      const ids = itemsOf(history).map(({ id }) => id);
      t.expect.equal(ids, [transaction_id], "the history has one transaction, the one that the award names", {
        exchange: history,
        pointer: "/data/items",
      });
    },
  },
  {
    id: "AWARD-04",
    level: "MUST",
    provenance: "O",
    mode: "w",
    needs: ["badges_flow"],
    requirement: "No more than max_awards are approved or issued, also when two are at once; what is revoked is free again.",
    hint: "Count in the transaction that approves; awards_count is approved and claimed.",
    requests: 22,
    async run(t) {
      const badge = await newBadge(t, { max_awards: 2 });
      const first = await applied(t, badge, await t.user(), ["approve"]);
      const [one, two] = [await applied(t, badge, await t.user()), await applied(t, badge, await t.user())];
      const both = [one, two].map(({ id }) => t.request("approveAward", { params: { award_id: id }, json: {} }));
      const answers = await t.together(both);
      const good = answers.filter(({ status }) => status < 300);
      t.expect.equal(good.length, 1, "of two approvals at once for the last one exactly one succeeds", { exchange: answers[1] });
      for (const exchange of answers.filter((each) => !good.includes(each)))
        t.expect.refused(exchange, { status: [409], codes: /SUPPLY/ }, "approving one too many");
      const issued = await t.call("issueBadge", { params: { badge_id: badge.id }, json: { recipient_id: (await t.user()).id } });
      t.expect.refused(issued, { status: [409], codes: /SUPPLY/ }, "issuing one too many");
      await t.settled();
      const list = await awardsIn(t, { badge_id: badge.id, status: "approved" });
      t.expect.equal(itemsOf(list).length, 2, "two are approved", { exchange: list, pointer: "/data/items" });
      const read = await t.call("getBadge", { params: { badge_id: badge.id } });
      t.expect.equal(read.data.awards_count, 2, "the badge counts two", { exchange: read, pointer: "/data/awards_count" });
      await step(t, first, "revoke");
      const left = good[0]?.data.id === one.id ? two : one;
      t.expect.ok(await step(t, left, "approve"), "approving when one was revoked");
    },
  },
  claimWindow,
  {
    id: "AWARD-06",
    level: "MUST",
    provenance: "O",
    mode: "w",
    needs: ["badges_flow"],
    requirement: "A revoked award says so with its reason; unclaimed it pays nothing any more, claimed its reward stays.",
    hint: "Revoking is a state of its own, kept on chain too; tokens are not taken back.",
    requests: 20,
    async run(t) {
      const badge = await newBadge(t, { reward: { amount: "11" } });
      for (const [taken, balance] of [
        [["approve"], "0"],
        [["approve", "claim"], "11"],
      ] as const) {
        const user = await t.user();
        const award = await applied(t, badge, user, taken);
        t.expect.ok(await step(t, award, "revoke"), `revoking what is ${award.status}`);
        const read = await awardOnce(t, award.id, "revoked");
        t.expect.equal(read.data.status, "revoked", "it is revoked", { exchange: read, pointer: "/data/status" });
        const { reason } = (read.data.revocation ?? {}) as { reason?: unknown };
        t.expect.equal(reason, "The recording was somebody else's.", "with its reason", {
          exchange: read,
          pointer: "/data/revocation/reason",
        });
        t.expect.refused(await step(t, award, "claim"), WRONG_STATE, "claiming what is revoked");
        await t.settled();
        t.expect.amount(await t.balance(user.id), balance, `the balance after revoking what was ${award.status}`, { exchange: read });
      }
    },
  },
  {
    id: "AWARD-07",
    level: "MUST",
    provenance: "O",
    mode: "w",
    needs: ["badges_flow"],
    requirement: "One has one open application at a time, with the evidence that is asked for; after a rejection one may apply again.",
    hint: "409 ALREADY_APPLIED, 409 ALREADY_AWARDED, 422 EVIDENCE_REQUIRED.",
    requests: 16,
    async run(t) {
      const badge = await newBadge(t, { evidence_requirements: [{ id: "recording", type: "url", label: "A recording", required: true }] });
      const user = await t.user();
      const good = { evidence: [{ requirement_id: "recording", type: "url", value: "https://example.com/recording" }] };
      const apply = (members: object) =>
        t.call("applyForBadge", { params: { badge_id: badge.id }, json: { recipient_id: user.id, ...members } });
      t.expect.refused(await apply({}), { status: [400, 422], codes: /EVIDENCE/ }, "applying without the evidence");
      await t.settled();
      t.expect.equal(itemsOf(await awardsIn(t, { user: user.id })).length, 0, "nothing is applied for without it");
      const first = await applied(t, badge, user, [], good);
      t.expect.refused(await apply(good), { status: [409], codes: /ALREADY/ }, "applying while an application is open");
      await step(t, first, "reject");
      const second = await apply(good);
      t.expect.ok(second, "applying after a rejection");
      const id = String(second.data.id);
      for (const action of ["approve", "claim"] as const) await step(t, { id }, action);
      t.expect.that(id !== first.id, "the second application is the first one", { exchange: second, pointer: "/data/id" });
      t.expect.refused(await apply(good), { status: [409], codes: /ALREADY/ }, "applying for what one has");
      await t.settled();
      t.expect.equal(itemsOf(await awardsIn(t, { user: user.id })).length, 2, "there are two awards, one of them rejected");
    },
  },
  {
    id: "AWARD-08",
    level: "MUST",
    provenance: "K",
    mode: "w",
    needs: ["badges_flow"],
    requirement: "Of several claims at the same time one succeeds, and the reward is paid once.",
    hint: "Check and pay under one lock or in one transaction.",
    requests: 11,
    async run(t) {
      const [badge, user] = [await newBadge(t, { reward: { amount: "13" } }), await t.user()];
      const award = await applied(t, badge, user, ["approve"]);
      const answers = await t.together(
        Array.from({ length: 4 }, () => t.request("claimAward", { params: { award_id: award.id }, json: {} })),
      );
      const good = answers.filter(({ status }) => status < 300);
      if (good.length === 0) throw new SetupFailed("none of four claims succeeded", answers[0]);
      t.expect.equal(good.length, 1, "of four claims at once exactly one succeeds", { exchange: good.at(-1) });
      await settledAward(t, good[0] as (typeof good)[0]);
      t.expect.amount(await t.balanceOnce(user.id, "13"), "13", "the balance after four claims at once", { exchange: good[0] });
    },
  },
  sponsorFunding,
  {
    id: "AWARD-10",
    level: "MUST",
    provenance: "O",
    mode: "w",
    needs: ["badges_flow"],
    requirement: "Each award has its own badge's reward, and lists of awards filter by recipient and status.",
    hint: "Copy the reward to the award when it is created.",
    requests: 14,
    async run(t) {
      const sponsor = await newSponsor(t);
      const [badge, other] = [
        await newBadge(t, { reward: { amount: "3" } }, sponsor),
        await newBadge(t, { reward: { amount: "5" } }, sponsor),
      ];
      const user = await t.user();
      for (const [each, amount] of [
        [badge, "3"],
        [other, "5"],
      ] as const) {
        const award = await claimed(t, each, user);
        const { amount: told } = (award.reward ?? {}) as { amount?: unknown };
        t.expect.amount(told, amount, "the award tells its badge's reward", { pointer: "/data/reward/amount" });
      }
      t.expect.amount(await t.balanceOnce(user.id, "8"), "8", "both rewards are paid");
      await shows(t, { recipient_id: user.id, status: "claimed" }, 2);
      await shows(t, { recipient_id: user.id, status: "applied" }, 0);
    },
  },
];

export const award: Group = { name: "AWARD", title: "Awards", checks };

async function shows(t: Probe, query: Readonly<Record<string, string>>, count: number): Promise<void> {
  const list = await t.eventually(
    () => awardsIn(t, query),
    (found) => itemsOf(found).length === count,
  );
  t.expect.equal(itemsOf(list).length, count, `${query.status} awards of the user`, { exchange: list, pointer: "/data/items" });
}
