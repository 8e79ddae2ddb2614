/** Random programs of updates, nonsense and changes of the achievement against a plain model of what must come of them. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { newUser, refusal, type World, world } from "../support/client.ts";
import { runs } from "../support/depth.ts";
import { newMission, progressEvents, progressOf, record, targets, typesOf, type Update } from "../support/learning.ts";
import { ProgressModel, type Targets } from "./progress-model.ts";

const MOST = 2 ** 31 - 1;

let here: World;
beforeAll(async () => void (here = await world()));
afterAll(() => here.sandbox.close());

const id = fc.constantFrom("a", "b", "c");
const value = fc.oneof({ weight: 6, arbitrary: fc.nat({ max: 4 }) }, { weight: 1, arbitrary: fc.constantFrom(MOST - 1, MOST) });
const target = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 7 }) },
  { weight: 1, arbitrary: fc.constantFrom(MOST - 1, MOST) },
);
const some: fc.Arbitrary<Targets> = fc.dictionary(id, target, { minKeys: 1, maxKeys: 3, noNullPrototype: true });
const update: fc.Arbitrary<Update> = fc
  .tuple(fc.option(id, { freq: 8 }), fc.constantFrom("increment" as const, "at_least" as const), value)
  .map(([requirement_id, mode, value]) => (requirement_id === null ? { mode, value } : { requirement_id, mode, value }));
const step = fc.oneof(
  { weight: 8, arbitrary: fc.array(update, { minLength: 1, maxLength: 4 }).map((updates) => ({ updates })) },
  { weight: 1, arbitrary: some.map((targets) => ({ targets })) },
);

it("is what the model says after every step", async () => {
  const reached = { completed: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(some, fc.array(step, { minLength: 1, maxLength: 12 }), async (first, steps) => {
      const model = new ProgressModel(first);
      const [user, achievement] = [await newUser(here.api), await newMission(here.api, { requirements: targets(first) })];
      for (const step of steps) {
        if ("targets" in step) {
          await here.api.patch(`/achievements/${achievement.id}`, { requirements: targets(step.targets) }).expect(200);
          model.targets = step.targets;
        } else {
          const outcome = model.record(step.updates);
          const answer = record(here.api, user, achievement, step.updates);
          if (outcome === "INVALID_PROGRESS") {
            reached.refused += 1;
            await answer.expect(refusal(outcome));
          } else {
            reached.completed += Number(outcome);
            expect((await answer.expect(200)).body.data).toMatchObject({ ...model.expected, newly_completed: outcome });
          }
        }
        expect(await progressOf(here.api, user, achievement)).toMatchObject({ ...model.expected, newly_completed: false });
      }
      expect(typesOf(await progressEvents(here.api, user, achievement))).toEqual(model.events);
    }),
    { numRuns: runs(150), seed: 12 },
  );
  // The programs are worth something: they complete, and are refused.
  expect(reached.completed).toBeGreaterThan(runs(20));
  expect(reached.refused).toBeGreaterThan(runs(20));
});
