/** Achievements: what they are made of, and how they change. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BadgeWorld, badgeWorld, refusal } from "../support/client.ts";
import { mission, newMission, targets } from "../support/learning.ts";

let here: BadgeWorld;
beforeAll(async () => void (here = await badgeWorld()));
afterAll(() => here.sandbox.close());

const look = async ({ id }: { id: string }) => (await here.api.get(`/achievements/${id}`).expect(200)).body.data;
const patch = ({ id }: { id: string }, members: unknown) => here.api.patch(`/achievements/${id}`, members);
const eventsOf = async ({ id }: { id: string }) => {
  const { body } = await here.api.get("/events?limit=100").expect(200);
  return body.data.items.filter(({ data }: { data: { id: string } }) => data.id === id);
};
const typesOf = async (object: { id: string }) => (await eventsOf(object)).map(({ type }: { type: string }) => type);
const count = async () => (await here.api.get("/achievements?limit=100")).body.data.items.length;

describe("POST /achievements", () => {
  it("makes an active one, with the documented defaults", async () => {
    const sent = mission();
    const { body, headers } = await here.api.post("/achievements", sent).expect(201);
    const { id, created_at, updated_at, ...rest } = body.data;
    expect(rest).toEqual({
      ...sent,
      object: "achievement",
      requirements: [{ id: "questions", name: "Answer questions", target: 10, unit: null }],
      prerequisites: [],
      badge_id: null,
      auto_issue: false,
      starts_at: null,
      ends_at: null,
      status: "active",
    });
    expect([id, updated_at]).toEqual([expect.stringMatching(/^ach_/), created_at]);
    expect(headers.location).toBe(`/v1/achievements/${id}`);
    expect(await look(body.data)).toEqual(body.data);
    expect(await eventsOf(body.data)).toMatchObject([{ type: "achievement.created", data: body.data }]);
  });

  it("takes everything there is to say", async () => {
    const [first, badge] = [await newMission(here.api), await here.badge()];
    const members = {
      kind: "course",
      requirements: [{ id: "missions", name: "Complete the missions", target: 2_147_483_647, unit: "missions" }],
      prerequisites: [first.id],
      badge_id: badge.id,
      auto_issue: true,
      starts_at: "2026-09-01T00:00:00Z",
      ends_at: "2026-09-01T00:00:00.001Z",
      status: "retired",
    };
    expect(await newMission(here.api, members)).toMatchObject({ ...members, starts_at: "2026-09-01T00:00:00.000Z" });
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    [
      "two requirements with one id",
      { requirements: [...targets({ a: 1, b: 1 }), ...targets({ a: 2 })] },
      "VALIDATION_FAILED",
      "requirements.2.id",
    ],
    ["a target of 0", { requirements: targets({ a: 0 }) }, "VALIDATION_FAILED", "requirements.0.target"],
    ["no requirement", { requirements: [] }, "VALIDATION_FAILED", "requirements"],
    ["auto_issue of no badge", { auto_issue: true }, "VALIDATION_FAILED", "badge_id"],
    ["an end at the start", { starts_at: "2026-01-01T00:00:00Z", ends_at: "2026-01-01T00:00:00Z" }, "VALIDATION_FAILED", "ends_at"],
    ["an end before the start", { starts_at: "2026-01-01T00:00:00Z", ends_at: "2025-12-31T23:59:59.999Z" }, "VALIDATION_FAILED", "ends_at"],
    ["an unknown prerequisite", { prerequisites: ["ach_nobody"] }, "ACHIEVEMENT_NOT_FOUND", "prerequisites.0"],
    ["an unknown badge", { badge_id: "bdg_nobody" }, "BADGE_NOT_FOUND", "badge_id"],
  ])("%s is refused, and nothing is made", async (_what, members, code, param) => {
    const before = await count();
    await here.api.post("/achievements", mission(members)).expect(refusal(code, { param }));
    expect(await count()).toBe(before);
  });

  it("a code is given once, also while its holder is retired", async () => {
    const { code } = await newMission(here.api, { status: "retired" });
    await here.api.post("/achievements", mission({ code })).expect(refusal("CODE_ALREADY_EXISTS", { param: "code" }));
  });

  it("a code is free again when its holder has another", async () => {
    const holder = await newMission(here.api);
    await patch(holder, { code: `${holder.code}-old` }).expect(200);
    await here.api.post("/achievements", mission({ code: holder.code })).expect(201);
  });
});

describe("PATCH /achievements/{achievement_id}", () => {
  const full = async () =>
    newMission(here.api, {
      requirements: [{ id: "a", name: "A", target: 3, unit: "steps" }],
      prerequisites: [(await newMission(here.api)).id],
      badge_id: (await here.badge()).id,
      auto_issue: true,
      starts_at: "2026-01-01T00:00:00Z",
      ends_at: "2027-01-01T00:00:00Z",
      status: "retired",
    });

  it("changes the members sent and no others", async () => {
    const before = await full();
    const members = { name: "New", description: "Newer.", kind: "counter", requirements: targets({ b: 1 }), status: "active" };
    const { body } = await patch(before, members).expect(200);
    const requirements = [{ id: "b", name: "Reach b", target: 1, unit: null }];
    expect(body.data).toEqual({ ...before, ...members, requirements, updated_at: body.data.updated_at });
    expect(await look(before)).toEqual(body.data);
    expect(await eventsOf(before)).toMatchObject([{ type: "achievement.updated", data: body.data }, { type: "achievement.created" }]);
  });

  it.each<[string, unknown]>([
    ["prerequisites", []],
    ["auto_issue", false],
    ["starts_at", null],
    ["ends_at", null],
    ["status", "active"],
  ])("null restores the default of %s: %j", async (member, initial) => {
    const before = await full();
    const { body } = await patch(before, { [member]: null }).expect(200);
    expect(body.data).toEqual({ ...before, [member]: initial, updated_at: body.data.updated_at });
  });

  it.each(["code", "name", "description", "kind", "requirements"])("null is refused for %s, which has no default", async (member) => {
    await patch(await newMission(here.api), { [member]: null }).expect(refusal("VALIDATION_FAILED", { param: member }));
  });

  it("that changes nothing sends nothing, however the same is written", async () => {
    const before = await full();
    const same = {
      code: before.code,
      starts_at: "2026-01-01T00:00:00.0Z",
      requirements: [{ id: "a", name: "A", target: 3, unit: "steps" }],
    };
    expect((await patch(before, same).expect(200)).body.data).toEqual(before);
    expect((await patch(before, undefined).expect(200)).body.data).toEqual(before);
    expect(await typesOf(before)).toEqual(["achievement.created"]);
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    [
      "two requirements with one id",
      { requirements: [...targets({ a: 1 }), ...targets({ a: 1 })] },
      "VALIDATION_FAILED",
      "requirements.1.id",
    ],
    ["taking the badge that is to be issued", { badge_id: null }, "VALIDATION_FAILED", "badge_id"],
    ["an end before the start that is there", { ends_at: "2025-01-01T00:00:00Z" }, "VALIDATION_FAILED", "ends_at"],
    ["a start after the end that is there", { starts_at: "2028-01-01T00:00:00Z" }, "VALIDATION_FAILED", "ends_at"],
    ["an unknown badge", { badge_id: "bdg_nobody" }, "BADGE_NOT_FOUND", "badge_id"],
    ["an unknown prerequisite", { prerequisites: ["ach_nobody"] }, "ACHIEVEMENT_NOT_FOUND", "prerequisites.0"],
  ])("%s is refused, and nothing changes", async (_what, members, code, param) => {
    const before = await full();
    await patch(before, { name: "Never", ...members }).expect(refusal(code, { param }));
    expect([await look(before), await typesOf(before)]).toEqual([before, ["achievement.created"]]);
  });

  it("both ends of the window can move together; a badge can go with its auto_issue", async () => {
    await patch(await full(), { starts_at: "2028-01-01T00:00:00Z", ends_at: "2029-01-01T00:00:00Z" }).expect(200);
    await patch(await full(), { badge_id: null, auto_issue: false }).expect(200);
  });

  it("a code of another is refused; its own is not", async () => {
    const [one, other] = [await newMission(here.api), await newMission(here.api)];
    await patch(one, { code: other.code }).expect(refusal("CODE_ALREADY_EXISTS", { param: "code" }));
    await patch(one, { code: one.code, name: "Same code" }).expect(200);
  });

  it("of one that is not there", async () => {
    await patch({ id: "ach_nobody" }, { name: "New" }).expect(refusal("ACHIEVEMENT_NOT_FOUND", { param: "achievement_id" }));
    await here.api.get("/achievements/ach_nobody").expect(refusal("ACHIEVEMENT_NOT_FOUND"));
  });

  it("by If-Match only as it was read", async () => {
    const before = await newMission(here.api);
    const { etag } = (await here.api.get(`/achievements/${before.id}`)).headers as { etag: string };
    await patch(before, { name: "Mine" }).set("If-Match", etag).expect(200);
    await patch(before, { name: "Theirs" }).set("If-Match", etag).expect(refusal("PRECONDITION_FAILED"));
    expect((await look(before)).name).toBe("Mine");
  });
});

describe("no achievement comes before itself", () => {
  const following = (...before: { id: string }[]) => newMission(here.api, { prerequisites: before.map(({ id }) => id) });

  it("not directly", async () => {
    const one = await newMission(here.api);
    await patch(one, { prerequisites: [one.id] }).expect(refusal("VALIDATION_FAILED", { param: "prerequisites.0" }));
  });

  it("not through others, and the prerequisite that leads back is named", async () => {
    const first = await newMission(here.api);
    const second = await following(first);
    const third = await following(second);
    const aside = await newMission(here.api);
    await patch(first, { prerequisites: [aside.id, third.id] }).expect(refusal("VALIDATION_FAILED", { param: "prerequisites.1" }));
    await patch(first, { prerequisites: [aside.id] }).expect(200);
    await patch(third, { prerequisites: [second.id, first.id] }).expect(200);
  });

  it("a chain turned round step by step is none", async () => {
    const first = await newMission(here.api);
    const second = await following(first);
    await patch(first, { prerequisites: [second.id] }).expect(refusal("VALIDATION_FAILED"));
    await patch(second, { prerequisites: null }).expect(200);
    await patch(first, { prerequisites: [second.id] }).expect(200);
  });

  it("two ways to the same one are not a circle, and many are walked quickly", async () => {
    let layer = [await newMission(here.api)];
    const bottom = layer[0] as { id: string };
    for (let depth = 0; depth < 30; depth++) layer = [await following(...layer), await following(...layer), await following(...layer)];
    const top = await following(...layer);
    await patch(bottom, { prerequisites: [top.id] }).expect(refusal("VALIDATION_FAILED", { param: "prerequisites.0" }));
    await patch(top, { name: "On top" }).expect(200);
  });
});

describe("GET /achievements", () => {
  it("filters combine, each by the whole value", async () => {
    const course = await newMission(here.api, { kind: "course", status: "retired" });
    const other = await newMission(here.api, { kind: "counter" });
    const found = async (query: string) => {
      const { body } = await here.api.get(`/achievements?limit=100&${query}`).expect(200);
      return body.data.items.map(({ id }: { id: string }) => id);
    };
    expect(await found(`code=${course.code}`)).toEqual([course.id]);
    expect(await found(`code=${course.code}&kind=course&status=retired`)).toEqual([course.id]);
    expect(await found(`code=${course.code}&kind=mission`)).toEqual([]);
    expect(await found(`code=${course.code.slice(0, -1)}xyz`)).toEqual([]);
    expect(await found("kind=course")).not.toContain(other.id);
    expect(await found("kind=counter&status=active")).toContain(other.id);
    expect((await found("status=retired"))[0]).toBe(course.id);
    await here.api.get("/achievements?kind=quest").expect(refusal("VALIDATION_FAILED", { param: "kind" }));
  });
});
