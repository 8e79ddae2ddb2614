import { type Made, made } from "./badges.ts";
import type { Json } from "./document.ts";
import type { Exchange } from "./exchange.ts";
import { nameOf } from "./made.ts";
import type { MadeUser } from "./people.ts";
import type { Probe } from "./probe.ts";

/** Members of a new achievement with one requirement; random. */
export function achievementOf(t: Probe, target: number, members: Json = {}): Json {
  return {
    code: nameOf(t.runId, t.random.word(6)),
    name: `Mission ${t.random.word(6)}`,
    description: "With a local model.",
    kind: "mission",
    requirements: [{ id: "questions", name: "Answer questions", target }],
    ...members,
  };
}

/** An achievement of the run's own, retired at the end: it cannot be deleted. */
export async function newAchievement(t: Probe, target: number, members: Json = {}): Promise<Made> {
  const exchange = await t.call("createAchievement", { json: achievementOf(t, target, members) });
  const achievement = made(exchange, "an achievement is needed first, and could not be created");
  t.undo(`achievement ${achievement.id}`, async () => {
    if (!t.offers("updateAchievement")) return "the target does not retire achievements";
    const { status } = await t.call("updateAchievement", { params: { achievement_id: achievement.id }, json: { status: "retired" } });
    return [200, 404].includes(status) ? null : `PATCH answered ${status}`;
  });
  return achievement;
}

const placeOf = (user: MadeUser, achievement: Made) => ({ user_id: user.id, achievement_id: achievement.id });

/** Sends updates; a number counts up by it. */
export function record(t: Probe, user: MadeUser, achievement: Made, updates: number | readonly Json[]): Promise<Exchange> {
  const sent = typeof updates === "number" ? [{ mode: "increment", value: updates }] : updates;
  return t.call("recordProgress", { params: placeOf(user, achievement), json: { updates: sent } });
}

/** Progress as a read on another connection shows it. */
export function progress(t: Probe, user: MadeUser, achievement: Made): Promise<Exchange> {
  return t.call("getUserAchievement", { params: placeOf(user, achievement), fresh: true });
}

/** `current` of each requirement, by its id. */
export function countsOf({ data }: Exchange): Readonly<Record<string, unknown>> {
  const requirements = Array.isArray(data.requirements) ? (data.requirements as Json[]) : [];
  return Object.fromEntries(requirements.map(({ id, current }) => [String(id), current]));
}
