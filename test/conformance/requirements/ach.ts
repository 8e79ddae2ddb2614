import { countsOf, newAchievement, progress, record } from "../kit/achievements.ts";
import { awardOnce, awardsIn, itemsOf, type Made, newBadge } from "../kit/badges.ts";
import type { Check, Group } from "../kit/check.ts";
import type { Exchange } from "../kit/exchange.ts";
import { unknownId } from "../kit/ids.ts";
import type { MadeUser } from "../kit/people.ts";
import type { Probe } from "../kit/probe.ts";

/** Achievements: progress is counted, completed once, and each user's own. */

/** What no value may be. */
const NO_VALUES: readonly unknown[] = [-1, 0.5, "1", null, 2 ** 31, 1e300, [], true];

const checks: readonly Check[] = [
  {
    id: "ACH-01",
    level: "MUST",
    provenance: "P",
    mode: "w",
    requirement: "A progress update is visible to the next read, of the achievement and of the user's list.",
    hint: "What was never touched is not_started; an increment adds, at_least raises.",
    requests: 12,
    async run(t) {
      const [user, achievement] = [await t.user(), await newAchievement(t, 100)];
      await shows(t, user, achievement, "not_started", 0, "before the first update");
      let count = 0;
      for (const update of [
        { mode: "increment", value: t.random.int(2, 9) },
        { mode: "increment", value: t.random.int(2, 9) },
        { mode: "at_least", value: t.random.int(30, 60) },
      ]) {
        count = update.mode === "increment" ? count + update.value : update.value;
        t.expect.ok(await record(t, user, achievement, [update]), `recording ${update.mode} ${update.value}`);
        await shows(t, user, achievement, "in_progress", count, `after ${update.mode} ${update.value}`);
      }
      const list = await t.call("listUserAchievements", { params: { user_id: user.id }, query: { limit: "100" } });
      const [listed] = ((list.data.items ?? []) as Exchange["data"][]).filter(({ achievement_id }) => achievement_id === achievement.id);
      t.expect.equal(listed?.percent, count, "the user's list has the same progress", { exchange: list, pointer: "/data/items" });
    },
  },
  {
    id: "ACH-02",
    level: "MUST",
    provenance: "O",
    mode: "w",
    requirement: "Negative, fractional, zero or too large increments and unknown requirements are refused, and nothing is counted.",
    hint: "Updates of one request apply all or none.",
    requests: 15,
    async run(t) {
      const [user, achievement] = [await t.user(), await newAchievement(t, 10)];
      t.expect.ok(await record(t, user, achievement, 3), "a good increment");
      const refusal = { status: [400, 422], codes: /VALIDATION|INVALID|PARAMETER/ };
      for (const value of [0, ...NO_VALUES]) {
        const exchange = await record(t, user, achievement, [{ mode: "increment", value }]);
        t.expect.refused(exchange, refusal, `an increment of ${JSON.stringify(value)}`);
      }
      const half = await record(t, user, achievement, [
        { requirement_id: "questions", mode: "increment", value: 2 },
        { requirement_id: `no-${t.random.word(5)}`, mode: "increment", value: 1 },
      ]);
      t.expect.refused(half, refusal, "a good update beside one of an unknown requirement");
      await t.settled();
      await shows(t, user, achievement, "in_progress", 3, "after all that was refused");
    },
  },
  {
    id: "ACH-03",
    level: "MUST",
    provenance: "O",
    mode: "w",
    requirement: "An achievement completes exactly at its target, not one step before, and when all its requirements have.",
    hint: "Compare with ≥, not with a rounded percentage; current is clamped at the target.",
    requests: 15,
    async run(t) {
      const target = t.random.int(150, 400);
      const [user, achievement] = [await t.user(), await newAchievement(t, target)];
      t.expect.ok(await record(t, user, achievement, target - 1), "all but one");
      await shows(t, user, achievement, "in_progress", target - 1, "one step before the target");
      const last = await record(t, user, achievement, 1);
      t.expect.equal(last.data.status, "completed", "the last step completes it", { exchange: last, pointer: "/data/status" });
      t.expect.equal(last.data.newly_completed, true, "and says that it did", { exchange: last, pointer: "/data/newly_completed" });
      await shows(t, user, achievement, "completed", target, "at the target");

      const both = await newAchievement(t, 1, {
        requirements: [
          { id: "questions", name: "Answer questions", target: 2 },
          { id: "reflection", name: "Reflect", target: 1 },
        ],
      });
      await record(t, user, both, [{ requirement_id: "questions", mode: "increment", value: 5 }]);
      await shows(t, user, both, "in_progress", 2, "with one of two requirements, beyond its target");
      const second = await record(t, user, both, [{ requirement_id: "reflection", mode: "at_least", value: 1 }]);
      t.expect.equal(second.data.status, "completed", "both requirements complete it", { exchange: second, pointer: "/data/status" });
    },
  },
  {
    id: "ACH-04",
    level: "MUST",
    provenance: "K",
    mode: "w",
    requirement: "Completing issues the badge once, with its reward; recording more, or twice at once, changes nothing.",
    hint: "Decide completion and issue in one transaction; a completed achievement ignores updates.",
    requests: 26,
    async run(t) {
      const badge = await newBadge(t, { auto_claim: true, reward: { amount: "7" } });
      const achievement = await newAchievement(t, 2, { badge_id: badge.id, auto_issue: true });
      const [one, two] = [await t.user(), await t.user()];
      const params = { user_id: two.id, achievement_id: achievement.id };
      for (const body of [1, 1, 5]) t.expect.ok(await record(t, one, achievement, body), "an update");
      await t.together(
        Array.from({ length: 4 }, () => t.request("recordProgress", { params, json: { updates: [{ mode: "at_least", value: 2 }] } })),
      );
      for (const user of [one, two]) {
        const done = await progress(t, user, achievement);
        t.expect.equal(done.data.status, "completed", "it is completed", { exchange: done, pointer: "/data/status" });
        const again = await record(t, user, achievement, 1);
        t.expect.equal(again.data.newly_completed, false, "a further update completes nothing", {
          exchange: again,
          pointer: "/data/newly_completed",
        });
        t.expect.equal(again.data.completed_at, done.data.completed_at, "completed_at stays", {
          exchange: again,
          pointer: "/data/completed_at",
        });
        await t.settled();
        const awards = await awardsIn(t, { user: user.id });
        const [award] = itemsOf(awards);
        t.expect.equal(itemsOf(awards).length, 1, "the badge is awarded once", { exchange: awards, pointer: "/data/items" });
        t.expect.equal(award?.id, done.data.award_id, "and is the one that the progress names", {
          exchange: done,
          pointer: "/data/award_id",
        });
        // Where blocks take their time, the claim does.
        const claim = await awardOnce(t, String(award?.id), "claimed");
        t.expect.equal(claim.data.status, "claimed", "auto_claim claims it", { exchange: claim, pointer: "/data/status" });
        t.expect.amount(await t.balanceOnce(user.id, "7"), "7", "the reward is paid once", { exchange: again });
      }
    },
  },
  {
    id: "ACH-05",
    level: "MUST",
    provenance: "O",
    mode: "w",
    requirement: "Progress is each user's own; an unknown user or achievement is answered 404.",
    hint: "Key progress by user and achievement.",
    requests: 12,
    async run(t) {
      const [one, two] = [await t.user(), await t.user()];
      const achievement = await newAchievement(t, 10);
      t.expect.ok(await record(t, one, achievement, 4), "progress of one user");
      await t.settled();
      await shows(t, two, achievement, "not_started", 0, "for the other user");
      await shows(t, one, achievement, "in_progress", 4, "for the user itself");
      const stranger = { id: unknownId(t.random, "user_id") };
      const nothing = { id: unknownId(t.random, "achievement_id") };
      for (const [what, user, of] of [
        ["an unknown user", stranger, achievement],
        ["an unknown achievement", one, nothing],
      ] as const) {
        t.expect.refused(await record(t, user, of, 1), { status: [404], codes: /NOT_FOUND/ }, `recording progress of ${what}`);
        t.expect.refused(await progress(t, user, of), { status: [404], codes: /NOT_FOUND/ }, `reading progress of ${what}`);
      }
    },
  },
  {
    id: "ACH-06",
    level: "MUST",
    provenance: "O",
    mode: "w",
    requirement: "Progress is refused while a prerequisite is not met, and when the achievement is retired; nothing is counted.",
    hint: "422 PREREQUISITE_NOT_MET and 409 ACHIEVEMENT_NOT_ACTIVE.",
    requests: 13,
    async run(t) {
      const user = await t.user();
      const first = await newAchievement(t, 1);
      const then = await newAchievement(t, 5, { prerequisites: [first.id] });
      const early = await record(t, user, then, 1);
      t.expect.refused(early, { status: [409, 422], codes: /PREREQUISITE/ }, "progress before its prerequisite");
      await t.settled();
      await shows(t, user, then, "not_started", 0, "after it was refused");
      await record(t, user, first, 1);
      t.expect.ok(await record(t, user, then, 2), "progress when the prerequisite is completed");
      const retired = await t.call("updateAchievement", { params: { achievement_id: then.id }, json: { status: "retired" } });
      t.expect.ok(retired, "retiring the achievement");
      t.expect.refused(await record(t, user, then, 1), { status: [409], codes: /NOT_ACTIVE/ }, "progress of a retired achievement");
      await t.settled();
      await shows(t, user, then, "in_progress", 2, "after it was retired");
    },
  },
];

export const ach: Group = { name: "ACH", title: "Achievements", checks };

/** What a read tells: status, and how far the first requirement has come. */
async function shows(t: Probe, user: MadeUser, achievement: Made, status: string, count: number, when: string): Promise<void> {
  const exchange = await t.eventually(
    () => progress(t, user, achievement),
    (found) => countsOf(found).questions === count && found.data.status === status,
  );
  t.expect.ok(exchange, `reading progress ${when}`);
  t.expect.equal(countsOf(exchange).questions, count, `current ${when}`, { exchange, pointer: "/data/requirements/0/current" });
  t.expect.equal(exchange.data.status, status, `the status ${when}`, { exchange, pointer: "/data/status" });
}
