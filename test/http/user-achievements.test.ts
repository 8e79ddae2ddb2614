/** A user's list has all achievements, newest first, untouched ones included; its pages partition it. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newUser, refusal, type World, world } from "../support/client.ts";
import { type AchievementData, newMission, type ProgressData, progressOf, record } from "../support/learning.ts";

let here: World;
let user: { id: string };
const all: AchievementData[] = [];
/** A new achievement; the user's way in it depends on its number: untouched, begun, completed. */
async function insert(): Promise<void> {
  const made = await newMission(here.api, all.length % 5 === 0 ? { kind: "course" } : {});
  const steps = [0, 3, 10][all.length % 3] as number;
  if (steps > 0) await record(here.api, user, made, steps).expect(200);
  all.push(made);
}
beforeAll(async () => {
  here = await world();
  user = await newUser(here.api);
  for (let i = 0; i < 30; i++) await insert();
});
afterAll(() => here.sandbox.close());

interface Page {
  readonly items: ProgressData[];
  readonly has_more: boolean;
  readonly next_cursor: string | null;
}
const page = async (query: string, of = user): Promise<Page> =>
  (await here.api.get(`/users/${of.id}/achievements?${query}`).expect(200)).body.data;
const ids = (list: readonly ProgressData[]) => list.map(({ achievement_id }) => achievement_id);
const newestFirst = () => all.map(({ id }) => id).reverse();
const STATES = ["not_started", "in_progress", "completed"] as const;

describe("GET /users/{user_id}/achievements", () => {
  it("has every achievement, each as it is read alone", async () => {
    const { items, has_more } = await page("limit=100");
    expect([ids(items), has_more]).toEqual([newestFirst(), false]);
    for (const progress of items.slice(0, 6)) expect(progress).toEqual(await progressOf(here.api, user, { id: progress.achievement_id }));
  });

  it.each(STATES.map((status, at) => [status, at] as const))("status=%s has those and no others", async (status, at) => {
    const { items } = await page(`limit=100&status=${status}`);
    expect(items.every((progress) => progress.status === status)).toBe(true);
    expect(ids(items)).toEqual(newestFirst().filter((id) => all.findIndex((each) => each.id === id) % 3 === at));
  });

  it("is everybody's own, retired achievements too", async () => {
    const other = await newUser(here.api);
    expect((await page("limit=100&status=not_started", other)).items).toHaveLength(all.length);
    const retired = all[1] as AchievementData;
    await here.api.patch(`/achievements/${retired.id}`, { status: "retired" }).expect(200);
    expect(ids((await page("limit=100&status=in_progress")).items)).toContain(retired.id);
    expect(ids((await page("limit=100&status=completed", other)).items)).toEqual([]);
  });

  it("of an unknown user, by an unknown state, or with a foreign cursor is refused", async () => {
    const { next_cursor } = (await here.api.get("/events?limit=1").expect(200)).body.data;
    await here.api.get("/users/usr_nobody/achievements").expect(refusal("USER_NOT_FOUND", { param: "user_id" }));
    await here.api.get(`/users/${user.id}/achievements?status=done`).expect(refusal("VALIDATION_FAILED", { param: "status" }));
    await here.api.get(`/users/${user.id}/achievements?cursor=${next_cursor}`).expect(refusal("INVALID_CURSOR"));
  });
});

it("pages partition it, whatever their size, whatever the state asked for, and while achievements are inserted", async () => {
  const status = fc.option(fc.constantFrom(...STATES), { nil: undefined });
  const steps = fc.array(fc.record({ limit: fc.integer({ min: 1, max: 20 }), inserts: fc.nat({ max: 2 }) }), {
    minLength: 1,
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(status, steps, async (status, steps) => {
      const filter = status === undefined ? "" : `&status=${status}`;
      const whole = newestFirst().filter((id) => status === undefined || STATES[all.findIndex((each) => each.id === id) % 3] === status);
      const seen: string[] = [];
      let cursor: string | null = null;
      for (let turn = 0; ; turn++) {
        const { limit, inserts } = steps[turn % steps.length] as (typeof steps)[number];
        const { items, has_more, next_cursor } = await page(`limit=${limit}${filter}${cursor === null ? "" : `&cursor=${cursor}`}`);
        expect([has_more, items.length === limit || !has_more]).toEqual([next_cursor !== null, true]);
        seen.push(...ids(items));
        if (next_cursor === null) break;
        cursor = next_cursor;
        if (turn < 3) for (let i = 0; i < inserts; i++) await insert();
      }
      expect(seen).toEqual(whole);
    }),
    { numRuns: 12, seed: 8 },
  );
});
