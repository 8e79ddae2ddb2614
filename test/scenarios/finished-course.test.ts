import { expect } from "vitest";
import { refusal, template } from "../support/client.ts";
import { balanceOf, enrol, inBothWorlds, lastEvents } from "./worlds.ts";

inBothWorlds("A learner finishes a course", async ({ api, sandbox }) => {
  const school = await enrol(api, "Academy of Agents", { roles: ["sponsor"] });
  const ada = await enrol(api, "Ada Lovelace");

  // The course has a mission before it, a badge at its end, and a last day.
  const members = { sponsor_id: school.id, title: "The Tech Shaman", reward: { amount: "50" }, auto_claim: true };
  const badge = (await api.post("/badges", template(members)).expect(201)).body.data;
  await api.post(`/badges/${badge.id}/publish`).expect(200);
  const offer = async (achievement: object) => (await api.post("/achievements", achievement).expect(201)).body.data;
  const mission = await offer({
    code: "mission-1",
    name: "Mission 1: Local AI",
    description: "Ask a model that runs on your own machine.",
    kind: "mission",
    requirements: [
      { id: "questions", name: "Ask questions", target: 10, unit: "questions" },
      { id: "reflection", name: "Write a reflection", target: 1 },
    ],
  });
  const inDays = (days: number) => new Date(Date.parse(sandbox.clock.show().now) + days * 86_400_000).toISOString();
  const course = await offer({
    code: "course-1",
    name: "Agents and Assets",
    description: "Three missions.",
    kind: "course",
    requirements: [{ id: "missions", name: "Complete the missions", target: 3, unit: "missions" }],
    prerequisites: [mission.id],
    badge_id: badge.id,
    auto_issue: true,
    ends_at: inDays(30),
  });
  const record = (achievement: { id: string }, updates: object[], more = {}) =>
    api.post(`/users/${ada.id}/achievements/${achievement.id}/progress`, { updates, ...more });
  const another = { mode: "increment", value: 1 };

  // Ada wants to begin with the course, and is sent to the mission.
  const { error } = (await record(course, [another]).expect(refusal("PREREQUISITE_NOT_MET"))).body;
  expect(error.details[0].achievement_id).toBe(mission.id);

  // She asks four questions, and writes her reflection, which is half the mission.
  const four = await record(mission, [{ requirement_id: "questions", mode: "increment", value: 4 }]).expect(200);
  expect(four.body.message).toBe("Ada Lovelace is at 20 % of “Mission 1: Local AI”.");
  await record(mission, [{ requirement_id: "reflection", mode: "at_least", value: 1 }]).expect(200);

  // Her tablet was offline and sends all it counted, twice. The mission is completed once.
  const offline = [{ requirement_id: "questions", mode: "at_least", value: 12 }];
  expect((await record(mission, offline).expect(200)).body.data).toMatchObject({ percent: 100, newly_completed: true });
  expect((await record(mission, offline).expect(200)).body.data).toMatchObject({ percent: 100, newly_completed: false });
  expect(await lastEvents(api, 2)).toEqual(["achievement.progress.updated", "achievement.completed"]);

  // Two missions later she is nearly there; the mission alone paid nothing.
  await sandbox.clock.advance("10d");
  await record(course, [another], { evidence: [{ type: "url", value: "https://ada.example/agents" }] }).expect(200);
  await sandbox.clock.advance("19d");
  expect((await record(course, [another]).expect(200)).body.data.percent).toBe(66);
  expect(await balanceOf(api, ada)).toBe("0");

  // The last one brings the badge, and its 50 GETS, with what she showed on the way.
  const last = (await record(course, [another]).set("Idempotency-Key", "mission-3").expect(200)).body;
  expect(last.message).toBe("Ada Lovelace completed “Agents and Assets”.");
  const award = (await api.get(`/awards/${last.data.award_id}`).expect(200)).body.data;
  expect(award).toMatchObject({ status: "claimed", source: "achievement", evidence: [{ value: "https://ada.example/agents" }] });
  expect(await balanceOf(api, ada)).toBe("50");
  const again = await record(course, [another]).set("Idempotency-Key", "mission-3").expect(200);
  expect([again.body, await balanceOf(api, ada)]).toEqual([last, "50"]);

  // Her page shows both; a day later the course is over for everybody, and hers stays completed.
  const page = (await api.get(`/users/${ada.id}/achievements?status=completed`).expect(200)).body.data.items;
  expect(page.map(({ achievement_id }: { achievement_id: string }) => achievement_id)).toEqual([course.id, mission.id]);
  await sandbox.clock.advance("1d");
  const grace = await enrol(api, "Grace Hopper");
  await api.post(`/users/${grace.id}/achievements/${course.id}/progress`, { updates: [another] }).expect(refusal("ACHIEVEMENT_NOT_ACTIVE"));
  expect((await api.get(`/users/${ada.id}/achievements/${course.id}`).expect(200)).body.data.status).toBe("completed");
});
