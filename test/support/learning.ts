/** Achievements and progress as tests make them. */
import type { components } from "../../spec/types.ts";
import type { Api } from "./client.ts";

export type AchievementData = components["schemas"]["Achievement"];
export type ProgressData = components["schemas"]["Progress"];
export type Update = components["schemas"]["ProgressUpdate"];

let made = 0;

/** An achievement's members: one requirement, ten questions. */
export function mission(members: Record<string, unknown> = {}) {
  made += 1;
  const requirements = [{ id: "questions", name: "Answer questions", target: 10 }];
  return {
    code: `mission-${made}`,
    name: `Mission ${made}`,
    description: "With a local model.",
    kind: "mission",
    requirements,
    ...members,
  };
}

/** Requirements by id and target: `{ questions: 10, reflection: 1 }`. */
export function targets(given: Readonly<Record<string, number>>) {
  return Object.entries(given).map(([id, target]) => ({ id, name: `Reach ${id}`, target }));
}

/** The `data` of an achievement made just now. */
export async function newMission(api: Api, members: Record<string, unknown> = {}): Promise<AchievementData> {
  return (await api.post("/achievements", mission(members)).expect(201)).body.data;
}

export const pathOf = (user: { id: string }, achievement: { id: string }) => `/users/${user.id}/achievements/${achievement.id}`;

/** Sends updates; a number counts up by it. */
export function record(
  api: Api,
  user: { id: string },
  achievement: { id: string },
  updates: number | readonly Update[],
  members: Record<string, unknown> = {},
) {
  const sent = typeof updates === "number" ? [{ mode: "increment", value: updates }] : updates;
  return api.post(`${pathOf(user, achievement)}/progress`, { updates: sent, ...members });
}

export async function progressOf(api: Api, user: { id: string }, achievement: { id: string }): Promise<ProgressData> {
  return (await api.get(pathOf(user, achievement)).expect(200)).body.data;
}

/** Events of a user's progress in an achievement, oldest first. */
export async function progressEvents(api: Api, user: { id: string }, achievement: { id: string }) {
  const { body } = await api.get("/events?limit=100").expect(200);
  const isIts = ({ data }: { data: ProgressData }) => data.user_id === user.id && data.achievement_id === achievement.id;
  return (body.data.items as { type: string; data: ProgressData }[]).filter(isIts).reverse();
}

export const typesOf = (events: readonly { type: string }[]) => events.map(({ type }) => type);
