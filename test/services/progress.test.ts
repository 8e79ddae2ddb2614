/** Completion when the chain refuses or is away, and what a deletion takes from progress. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { User } from "../../emulator/model/user.ts";
import { ChainUnavailable } from "../../emulator/ports/chain.ts";
import type { Unit } from "../../emulator/ports/unit-of-work.ts";
import { Achievements } from "../../emulator/services/achievements.ts";
import { Awards } from "../../emulator/services/awards.ts";
import { Badges } from "../../emulator/services/badges.ts";
import { Mining } from "../../emulator/services/mining.ts";
import { UserProgress } from "../../emulator/services/progress.ts";
import { Rewards } from "../../emulator/services/rewards.ts";
import { Users } from "../../emulator/services/users.ts";
import { template, world } from "../support/client.ts";
import { openWorld, type World } from "../support/engine-world.ts";
import { filesWith, newFolder } from "../support/folder.ts";
import { mission, newMission, progressOf, record } from "../support/learning.ts";

describe("with auto_issue and auto_claim", () => {
  let here: World;
  let progress: UserProgress;
  let learner: User;
  let achievementId: string;

  const run = <T>(work: (unit: Unit) => Promise<T> | T) => here.writer.run({}, work);
  const pause = (method: "pause" | "unpause") => run((unit) => unit.transact([{ contract: "token", method, args: [] }]));
  const complete = () => run((unit) => progress.record(unit, learner.id, achievementId, { updates: [{ mode: "increment", value: 10 }] }));
  const state = () => [here.store.fold(), here.writer.committedBlock];

  beforeEach(async () => {
    here = await openWorld();
    const users = new Users(here.chain);
    const badges = new Badges({ isPng: async () => true });
    const achievements = new Achievements(badges);
    const rewards = new Rewards(here.chain, new Mining({ kind: "auto" }));
    progress = new UserProgress(users, achievements, badges, new Awards(badges, rewards, () => "https://school.example/v1"));
    const sponsor = await run((unit) => users.create(unit, { email: "a@example.com", display_name: "A", roles: ["sponsor"] }));
    learner = await run((unit) => users.create(unit, { email: "b@example.com", display_name: "B" }));
    const badge = await run((unit) => badges.create(unit, { ...template(), sponsor_id: sponsor.id, auto_claim: true }));
    await run((unit) => badges.publish(unit, badge.id));
    const input = { ...mission({ badge_id: badge.id, auto_issue: true }), kind: "mission" as const };
    achievementId = (await run((unit) => achievements.create(unit, input))).id;
  });
  afterEach(() => here.kill());

  it("a paused token is why the badge could not be issued; nothing of the award is left", async () => {
    await pause("pause");
    const block = here.writer.committedBlock;
    expect(await complete()).toMatchObject({ status: "completed", award_id: null, issue_error: { code: "TOKEN_PAUSED" } });
    expect([here.store.count("awards"), here.store.count("transactions"), here.writer.committedBlock]).toEqual([0, 0, block]);
    await pause("unpause");
    expect(await complete()).toMatchObject({ award_id: null, newly_completed: false });
  });

  it("evidence is kept until then, and no longer", async () => {
    const kept = () => here.store.by("progress", "user", learner.id).flatMap(({ evidence }) => evidence.map(({ value }) => value));
    const evidence = [{ type: "text" as const, value: "an essay" }];
    await run((unit) => progress.record(unit, learner.id, achievementId, { updates: [{ mode: "increment", value: 1 }], evidence }));
    expect(kept()).toEqual(["an essay"]);
    const { award_id } = await complete();
    expect([kept(), here.store.get("awards", award_id as string)?.evidence]).toMatchObject([[], evidence]);
  });

  it("a chain that is away fails the request; the next one completes", async () => {
    const before = state();
    here.chain.override({ sendAndMine: () => Promise.reject(new ChainUnavailable("gone")) });
    await expect(complete()).rejects.toThrow(ChainUnavailable);
    expect(state()).toEqual(before);
    here.chain.override({});
    expect(await complete()).toMatchObject({ status: "completed", issue_error: null, newly_completed: true });
    expect(await here.chain.badgesOf(learner.wallet.address, "latest")).toBe(1);
  });
});

it("what a learner showed on the way is on disk until they are deleted, and not after", async () => {
  const dataDir = newFolder();
  const first = await world({ dataDir });
  const learner = (await first.api.post("/users", { email: "q@example.com", display_name: "Zenobia" }).expect(201)).body.data;
  const [begun, completed] = [await newMission(first.api), await newMission(first.api)];
  const evidence = [{ type: "text", value: "I live at 12 Marchbanks Lane" }];
  for (const [achievement, steps] of [
    [begun, 3],
    [completed, 10],
  ] as const) {
    await record(first.api, learner, achievement, steps, { evidence }).set("Idempotency-Key", achievement.id).expect(200);
  }
  expect(filesWith(dataDir, "Marchbanks")).not.toEqual([]);
  await first.api.delete(`/users/${learner.id}`).expect(204);
  await first.sandbox.close();
  for (const trace of ["Marchbanks", "Zenobia"]) expect([trace, filesWith(dataDir, trace)]).toEqual([trace, []]);

  const second = await world({ dataDir });
  expect([await progressOf(second.api, learner, begun), await progressOf(second.api, learner, completed)]).toMatchObject([
    { status: "in_progress", percent: 30 },
    { status: "completed", percent: 100 },
  ]);
  await second.sandbox.doctor();
  await second.sandbox.close();
});
