/** Recording progress. What each rule refuses, and beside it what it does not. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BadgeWorld, badgeWorld, newUser, refusal } from "../support/client.ts";
import {
  type AchievementData,
  newMission,
  pathOf,
  progressEvents,
  progressOf,
  record,
  targets,
  typesOf,
  type Update,
} from "../support/learning.ts";

const MOST = 2 ** 31 - 1;

let here: BadgeWorld;
beforeAll(async () => {
  here = await badgeWorld();
  await here.sandbox.clock.freeze();
});
afterAll(async () => {
  await here.sandbox.doctor();
  await here.sandbox.close();
});

const several = (given: Record<string, number> = { questions: 10, reflection: 1 }) =>
  newMission(here.api, { requirements: targets(given) });
const at_least = (value: number, requirement_id?: string): Update => ({
  ...(requirement_id ? { requirement_id } : {}),
  mode: "at_least",
  value,
});
const increment = (value: number, requirement_id?: string): Update => ({
  ...(requirement_id ? { requirement_id } : {}),
  mode: "increment",
  value,
});
const read = (achievement: AchievementData, user = here.learner) => progressOf(here.api, user, achievement);
const send = (achievement: { id: string }, updates: number | readonly Update[], members = {}) =>
  record(here.api, here.learner, achievement, updates, members);
const patch = ({ id }: { id: string }, members: object) => here.api.patch(`/achievements/${id}`, members).expect(200);
const currents = ({ requirements }: { requirements: readonly { id: string; current: number }[] }) =>
  requirements.map(({ current }) => current);
const now = () => here.sandbox.clock.show().now;

describe("before anything", () => {
  it("progress is not started, which is no error", async () => {
    const achievement = await several();
    expect(await read(achievement)).toEqual({
      object: "achievement_progress",
      user_id: here.learner.id,
      achievement_id: achievement.id,
      status: "not_started",
      percent: 0,
      requirements: [
        { id: "questions", current: 0, target: 10, completed: false },
        { id: "reflection", current: 0, target: 1, completed: false },
      ],
      award_id: null,
      issue_error: null,
      started_at: null,
      completed_at: null,
      newly_completed: false,
    });
  });
});

describe("a step", () => {
  it("counts up, is told of once, and has an ETag that changes with it", async () => {
    const achievement = await several();
    const { etag } = (await here.api.get(pathOf(here.learner, achievement))).headers;
    const { body } = await send(achievement, [increment(4, "questions")]).expect(200);
    expect(body.data).toMatchObject({
      status: "in_progress",
      percent: 20,
      requirements: [{ id: "questions", current: 4, target: 10, completed: false }, { current: 0 }],
      started_at: now(),
      completed_at: null,
      newly_completed: false,
    });
    expect(await read(achievement)).toEqual(body.data);
    const again = await here.api
      .get(pathOf(here.learner, achievement))
      .set("If-None-Match", etag as string)
      .expect(200);
    await here.api
      .get(pathOf(here.learner, achievement))
      .set("If-None-Match", again.headers.etag as string)
      .expect(304);
    expect(await progressEvents(here.api, here.learner, achievement)).toMatchObject([
      { type: "achievement.progress.updated", data: body.data },
    ]);
  });

  it("needs no requirement_id where there is one requirement", async () => {
    const achievement = await newMission(here.api);
    await send(achievement, [{ mode: "increment", value: 1 }]).expect(200);
    await send(achievement, [{ requirement_id: null, mode: "increment", value: 1 }]).expect(200);
    expect(currents(await read(achievement))).toEqual([2]);
  });

  it("raises, and never lowers", async () => {
    const achievement = await newMission(here.api);
    for (const [value, current] of [
      [3, 3],
      [2, 3],
      [3, 3],
      [0, 3],
      [4, 4],
    ] as const) {
      expect(currents((await send(achievement, [at_least(value)]).expect(200)).body.data)).toEqual([current]);
    }
    expect(typesOf(await progressEvents(here.api, here.learner, achievement))).toEqual(Array(2).fill("achievement.progress.updated"));
  });

  it("of nothing does not start", async () => {
    const achievement = await newMission(here.api);
    const { body } = await send(achievement, [at_least(0)]).expect(200);
    expect(body.data).toMatchObject({ status: "not_started", started_at: null });
    expect(await progressEvents(here.api, here.learner, achievement)).toEqual([]);
  });

  it("keeps the instant of the first", async () => {
    const achievement = await newMission(here.api);
    const started_at = now();
    await send(achievement, 1).expect(200);
    await here.sandbox.clock.advance(1000);
    expect((await send(achievement, 1).expect(200)).body.data).toMatchObject({ started_at });
  });

  it("stops at the target, and a counter that is full takes no more", async () => {
    const achievement = await several();
    expect((await send(achievement, [increment(MOST, "questions")]).expect(200)).body.data).toMatchObject({
      status: "in_progress",
      percent: 50,
      requirements: [
        { current: 10, completed: true },
        { current: 0, completed: false },
      ],
    });
    await send(achievement, [increment(MOST, "questions"), at_least(MOST, "questions")]).expect(200);
    expect(await progressEvents(here.api, here.learner, achievement)).toHaveLength(1);
  });

  it("of several updates applies them in their order, with one event", async () => {
    const [up, down] = [await newMission(here.api), await newMission(here.api)];
    expect(currents((await send(up, [at_least(5), increment(2)]).expect(200)).body.data)).toEqual([7]);
    expect(currents((await send(down, [increment(2), at_least(5)]).expect(200)).body.data)).toEqual([5]);
    expect(await progressEvents(here.api, here.learner, up)).toHaveLength(1);
  });

  it("reaches the greatest target there is", async () => {
    const achievement = await several({ most: MOST });
    expect((await send(achievement, [increment(MOST - 1)]).expect(200)).body.data).toMatchObject({ percent: 99, status: "in_progress" });
    expect((await send(achievement, [increment(1)]).expect(200)).body.data).toMatchObject({ percent: 100, status: "completed" });
  });

  it("takes any id that a requirement may have", async () => {
    const ids = ["constructor", "__proto__", "toString", "0"];
    const requirements = ids.map((id) => ({ id, name: "Odd", target: 2 }));
    const achievement = await newMission(here.api, { requirements });
    expect(currents(await read(achievement))).toEqual([0, 0, 0, 0]);
    await send(achievement, [increment(1, "__proto__"), at_least(2, "constructor")]).expect(200);
    expect(currents(await read(achievement))).toEqual([2, 1, 0, 0]);
    await send(
      achievement,
      ids.map((id) => at_least(2, id)),
    ).expect(200);
    expect((await read(achievement)).status).toBe("completed");
  });

  it("is one user's own", async () => {
    const [achievement, other] = [await newMission(here.api), await newUser(here.api)];
    await send(achievement, 3).expect(200);
    await record(here.api, other, achievement, 4).expect(200);
    expect([currents(await read(achievement)), currents(await read(achievement, other as never))]).toEqual([[3], [4]]);
  });
});

describe("INVALID_PROGRESS", () => {
  it.each<[string, Update[], string]>([
    ["an increment of 0", [increment(0, "questions")], "updates.0.value"],
    ["an unknown requirement", [increment(1, "quizzes")], "updates.0.requirement_id"],
    ["a requirement by no name", [increment(1, "")].map((update) => ({ ...update, requirement_id: "" })), "updates.0.requirement_id"],
    ["no requirement where there are several", [increment(1)], "updates.0.requirement_id"],
    ["only the last of many", [increment(1, "questions"), at_least(0, "reflection"), increment(0, "questions")], "updates.2.value"],
  ])("%s: none of the updates is applied", async (_what, updates, param) => {
    const achievement = await several();
    await send(achievement, [at_least(2, "questions")]).expect(200);
    const before = await read(achievement);
    await send(achievement, [...updates]).expect(refusal("INVALID_PROGRESS", { param }));
    expect(await read(achievement)).toEqual(before);
    expect(await progressEvents(here.api, here.learner, achievement)).toHaveLength(1);
  });

  it.each<[string, unknown]>([
    ["below 0", [increment(-1)]],
    ["a fraction", [increment(1.5)]],
    ["beyond 2³¹ − 1", [increment(MOST + 1)]],
    ["a text", [{ mode: "increment", value: "1" }]],
    ["another mode", [{ mode: "set", value: 1 }]],
    ["no updates", []],
    ["51 updates", Array(51).fill(increment(1))],
  ])("is not what malformed values are: %s", async (_what, updates) => {
    await send(await newMission(here.api), updates as Update[]).expect(refusal("VALIDATION_FAILED"));
  });

  it("fifty updates are taken", async () => {
    const achievement = await several({ steps: 100 });
    expect(currents((await send(achievement, Array(50).fill(increment(1))).expect(200)).body.data)).toEqual([50]);
  });
});

describe("the achievement's time", () => {
  it("begins at starts_at and ends at ends_at, to the millisecond", async () => {
    const start = Date.parse(now()) + 60_000;
    const [starts_at, ends_at] = [new Date(start).toISOString(), new Date(start + 1000).toISOString()];
    const achievement = await newMission(here.api, { starts_at, ends_at });
    const at = (instant: number) => here.sandbox.clock.set(instant);

    await at(start - 1);
    await send(achievement, 1).expect(refusal("ACHIEVEMENT_NOT_ACTIVE", { param: null }));
    expect((await read(achievement)).status).toBe("not_started");
    await at(start);
    await send(achievement, 1).expect(200);
    await at(start + 999);
    await send(achievement, 1).expect(200);
    await at(start + 1000);
    await send(achievement, 1).expect(refusal("ACHIEVEMENT_NOT_ACTIVE"));
    await at(start + 1001);
    await send(achievement, 1).expect(refusal("ACHIEVEMENT_NOT_ACTIVE"));
    expect(await read(achievement)).toMatchObject({ status: "in_progress", requirements: [{ current: 2 }] });

    await patch(achievement, { ends_at: null });
    await send(achievement, 1).expect(200);
  });

  it("a retired one takes nothing, what was reached stays, and it can be active again", async () => {
    const achievement = await newMission(here.api);
    await send(achievement, 1).expect(200);
    await patch(achievement, { status: "retired" });
    await send(achievement, 1).expect(refusal("ACHIEVEMENT_NOT_ACTIVE"));
    expect(currents(await read(achievement))).toEqual([1]);
    await patch(achievement, { status: "active" });
    await send(achievement, 1).expect(200);
  });
});

describe("prerequisites", () => {
  it("are completed first; each that is not is named", async () => {
    const [first, second] = [await newMission(here.api), await newMission(here.api)];
    const achievement = await newMission(here.api, { prerequisites: [first.id, second.id] });
    const unmet = async () => (await send(achievement, 1).expect(refusal("PREREQUISITE_NOT_MET", { param: null }))).body.error.details;
    const named = ({ id }: { id: string }) => ({ path: "", code: "PREREQUISITE_NOT_MET", achievement_id: id });
    expect(await unmet()).toMatchObject([named(first), named(second)]);
    await send(first, 9).expect(200);
    await send(second, 10).expect(200);
    expect(await unmet()).toMatchObject([named(first)]);
    await record(here.api, await newUser(here.api), first, 10).expect(200);
    expect(await unmet()).toHaveLength(1);
    await send(first, 1).expect(200);
    await send(achievement, 1).expect(200);
  });

  it("added later hold back those on the way, and not those who are through", async () => {
    const [first, achievement, other] = [await newMission(here.api), await newMission(here.api), await newUser(here.api)];
    await send(achievement, 10).expect(200);
    await record(here.api, other, achievement, 3).expect(200);
    await patch(achievement, { prerequisites: [first.id] });
    await send(achievement, 1).expect(200);
    await record(here.api, other, achievement, 1).expect(refusal("PREREQUISITE_NOT_MET"));
    expect(currents(await progressOf(here.api, other, achievement))).toEqual([3]);
  });
});

describe("a completed one", () => {
  it("does not change: no event, no second completion", async () => {
    const achievement = await several();
    await send(achievement, [at_least(10, "questions")]).expect(200);
    await here.sandbox.clock.advance(1000);
    const { body } = await send(achievement, [increment(1, "reflection")]).expect(200);
    expect(body.data).toMatchObject({ status: "completed", percent: 100, completed_at: now(), newly_completed: true });
    const events = await progressEvents(here.api, here.learner, achievement);
    expect(typesOf(events)).toEqual(["achievement.progress.updated", "achievement.progress.updated", "achievement.completed"]);
    expect(events.slice(1).map(({ data }) => data)).toEqual([body.data, body.data]);

    await here.sandbox.clock.advance(1000);
    const after = { ...body.data, newly_completed: false };
    expect((await send(achievement, [increment(1, "reflection"), at_least(0, "questions")]).expect(200)).body.data).toEqual(after);
    expect(await read(achievement)).toEqual(after);
    expect(await progressEvents(here.api, here.learner, achievement)).toHaveLength(3);
  });

  it("is refused what others are: nonsense, a wrong time, a suspended user", async () => {
    const [achievement, user] = [await newMission(here.api), await newUser(here.api)];
    await record(here.api, user, achievement, 10).expect(200);
    await record(here.api, user, achievement, 0).expect(refusal("INVALID_PROGRESS"));
    await patch(achievement, { status: "retired" });
    await record(here.api, user, achievement, 1).expect(refusal("ACHIEVEMENT_NOT_ACTIVE"));
    await here.api.patch(`/users/${user.id}`, { status: "suspended" }).expect(200);
    await record(here.api, user, achievement, 1).expect(refusal("USER_SUSPENDED"));
    expect((await progressOf(here.api, user, achievement)).status).toBe("completed");
  });

  it("stays what it was when the achievement changes", async () => {
    const achievement = await newMission(here.api);
    await send(achievement, 10).expect(200);
    const before = await read(achievement);
    await patch(achievement, { requirements: targets({ questions: 20, more: 1 }) });
    expect(await read(achievement)).toEqual(before);
    expect((await send(achievement, [increment(1, "more")]).expect(200)).body.data).toEqual(before);
  });
});

describe("a change of requirements", () => {
  it("measures anew: higher targets, requirements more or less", async () => {
    const achievement = await several();
    await send(achievement, [at_least(5, "questions"), at_least(1, "reflection")]).expect(200);
    expect((await read(achievement)).percent).toBe(75);
    await patch(achievement, { requirements: targets({ questions: 50, other: 1 }) });
    expect(await read(achievement)).toMatchObject({
      percent: 5,
      status: "in_progress",
      requirements: [{ current: 5, target: 50 }, { current: 0 }],
    });
    await send(achievement, [increment(1, "reflection")]).expect(refusal("INVALID_PROGRESS"));
    await send(achievement, [increment(1, "questions")]).expect(200);
    await patch(achievement, { requirements: targets({ questions: 6, reflection: 1, other: 1 }) });
    expect(currents(await read(achievement))).toEqual([6, 1, 0]);
  });

  it("completes nobody by itself, but with the next request, even one that counts nothing", async () => {
    const achievement = await newMission(here.api);
    await send(achievement, 5).expect(200);
    await patch(achievement, { requirements: targets({ questions: 4 }) });
    expect(await read(achievement)).toMatchObject({ status: "in_progress", percent: 100, requirements: [{ current: 4, completed: true }] });
    expect(await progressEvents(here.api, here.learner, achievement)).toHaveLength(1);
    expect((await send(achievement, [at_least(0)]).expect(200)).body.data).toMatchObject({ status: "completed", newly_completed: true });
    expect(typesOf(await progressEvents(here.api, here.learner, achievement)).slice(1)).toEqual([
      "achievement.progress.updated",
      "achievement.completed",
    ]);
  });

  it("below what was counted loses nothing if it is taken back", async () => {
    const achievement = await newMission(here.api);
    await send(achievement, 5).expect(200);
    await patch(achievement, { requirements: targets({ questions: 3, other: 1 }) });
    expect(currents(await read(achievement))).toEqual([3, 0]);
    await patch(achievement, { requirements: targets({ questions: 10 }) });
    expect(currents(await read(achievement))).toEqual([5]);
  });
});

describe("who and what", () => {
  it("the user first, then the achievement, then whether the user may, then the rest", async () => {
    const achievement = await newMission(here.api, { status: "retired" });
    const user = await newUser(here.api);
    const nonsense = [increment(0, "nothing")];
    const nobody = { id: "usr_nobody" };
    const nothing = { id: "ach_nobody" };
    await record(here.api, nobody, nothing, nonsense).expect(refusal("USER_NOT_FOUND", { param: "user_id" }));
    await record(here.api, user, nothing, nonsense).expect(refusal("ACHIEVEMENT_NOT_FOUND", { param: "achievement_id" }));
    await here.api.patch(`/users/${user.id}`, { status: "suspended" }).expect(200);
    await record(here.api, user, nothing, nonsense).expect(refusal("ACHIEVEMENT_NOT_FOUND"));
    await record(here.api, user, achievement, nonsense).expect(refusal("USER_SUSPENDED", { param: "user_id" }));
    await here.api.patch(`/users/${user.id}`, { status: "active" }).expect(200);
    await record(here.api, user, achievement, nonsense).expect(refusal("ACHIEVEMENT_NOT_ACTIVE"));
    await patch(achievement, { status: "active", prerequisites: [(await newMission(here.api)).id] });
    await record(here.api, user, achievement, nonsense).expect(refusal("PREREQUISITE_NOT_MET"));
    await patch(achievement, { prerequisites: [] });
    await record(here.api, user, achievement, nonsense).expect(refusal("INVALID_PROGRESS"));
    await record(here.api, user, achievement, 1).expect(200);
  });

  it("progress is read of anybody, also deleted", async () => {
    const [achievement, user] = [await newMission(here.api), await newUser(here.api)];
    await record(here.api, user, achievement, 3).expect(200);
    await here.api.get(pathOf({ id: "usr_nobody" }, achievement)).expect(refusal("USER_NOT_FOUND"));
    await here.api.get(pathOf(user, { id: "ach_nobody" })).expect(refusal("ACHIEVEMENT_NOT_FOUND"));
    await here.api.delete(`/users/${user.id}`).expect(204);
    await record(here.api, user, achievement, 1).expect(refusal("USER_DELETED"));
    const { body } = await here.api.get(pathOf(user, achievement)).expect(200);
    expect([currents(body.data), body.message]).toEqual([[3], expect.not.stringContaining(user.display_name)]);
  });
});

describe("an Idempotency-Key", () => {
  it("counts once, and its answer says again what it said first", async () => {
    const achievement = await newMission(here.api);
    const once = () => send(achievement, 10).set("Idempotency-Key", `${achievement.id}-10`);
    const first = await once().expect(200);
    const again = await once().expect(200);
    expect(again.text).toBe(first.text);
    expect([first.body.data.newly_completed, again.headers["idempotent-replayed"]]).toEqual([true, "true"]);
    expect(await progressEvents(here.api, here.learner, achievement)).toHaveLength(2);
    expect((await send(achievement, 10).expect(200)).body.data.newly_completed).toBe(false);
  });

  it("many at once with the same key count once", async () => {
    const achievement = await newMission(here.api);
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(achievement, 1).set("Idempotency-Key", `${achievement.id}-1`)));
    for (const { status } of answers) expect([200, 409]).toContain(status);
    expect(currents(await read(achievement))).toEqual([1]);
  });

  it("keeps a refusal, also when it would pass by now", async () => {
    const achievement = await newMission(here.api, { status: "retired" });
    const once = () => send(achievement, 1).set("Idempotency-Key", `${achievement.id}-r`);
    await once().expect(refusal("ACHIEVEMENT_NOT_ACTIVE"));
    await patch(achievement, { status: "active" });
    await once().expect(refusal("ACHIEVEMENT_NOT_ACTIVE"));
    expect(currents(await read(achievement))).toEqual([0]);
  });

  it("is forgotten with the user whom its answer names", async () => {
    const [achievement, user] = [await newMission(here.api), await newUser(here.api)];
    const once = () => record(here.api, user, achievement, 1).set("Idempotency-Key", `${achievement.id}-d`);
    expect((await once().expect(200)).body.message).toContain(user.display_name);
    await here.api.delete(`/users/${user.id}`).expect(204);
    await once().expect(refusal("USER_DELETED"));
  });
});
