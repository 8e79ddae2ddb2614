import type { Json } from "./document.ts";
import type { Exchange } from "./exchange.ts";
import { Inconclusive, SetupFailed, Untestable } from "./outcomes.ts";
import type { MadeUser } from "./people.ts";
import type { Probe } from "./probe.ts";
import { FIRST_POLL_MS, nextPoll } from "./time.ts";

/** Sponsors, badges and awards, as checks need them first. What goes wrong here is a setup failure, never that check's matter. */

export interface Made extends Json {
  readonly id: string;
}

/** An organisation that may make badges. */
export function newSponsor(t: Probe, members: Json = {}): Promise<MadeUser> {
  const organization = { name: `Engines ${t.random.word(5)}`, website: "https://engines.example", audience: "everybody" };
  return t.user({ type: "organization", roles: ["sponsor"], organization, ...members });
}

/** Members of a new badge, random and marked with the run. */
export function badgeOf(t: Probe, sponsor: MadeUser, members: Json = {}): Json {
  return {
    sponsor_id: sponsor.id,
    title: `Shaman ${t.random.word(10)}`,
    description: "Runs a language model at home.",
    criteria: { narrative: "Show a recording of it." },
    reward: { amount: String(t.random.int(2, 90)) },
    metadata: { conformance_run: t.runId },
    ...members,
  };
}

/** A badge that can be issued: made and published, or the known one of a target that makes none. */
export async function newBadge(t: Probe, members: Json = {}, sponsor?: MadeUser): Promise<Made> {
  if (!t.offers("createBadge")) return await knownBadge(t);
  const created = await t.call("createBadge", { json: badgeOf(t, sponsor ?? (await newSponsor(t)), members) });
  const badge = made(created, "a badge is needed first, and could not be created");
  archivedLater(t, badge.id);
  return badge.status === "published" || !t.offers("publishBadge") ? badge : await published(t, badge);
}

export async function published(t: Probe, { id }: Made): Promise<Made> {
  const exchange = await t.call("publishBadge", { params: { badge_id: id } });
  return made(exchange, "the badge could not be published");
}

/** Badges cannot be deleted. */
export function archivedLater(t: Probe, id: string): void {
  t.undo(`badge ${id}`, async () => {
    if (!t.offers("archiveBadge")) return "the target does not archive badges";
    const { status } = await t.call("archiveBadge", { params: { badge_id: id } });
    return [200, 404, 409].includes(status) ? null : `archive answered ${status}`;
  });
}

async function knownBadge(t: Probe): Promise<Made> {
  const id = t.facts.capabilities.known.badge_id;
  if (id === undefined) throw new Untestable("the target makes no badges: `known: {badge_id: …}` in --capabilities names one to issue");
  return made(await t.call("getBadge", { params: { badge_id: id } }), "the known badge cannot be read");
}

/** A claimed award of this badge. */
export async function claimed(t: Probe, badge: Made, recipient: MadeUser): Promise<Made> {
  const exchange = await t.call("issueBadge", { params: { badge_id: badge.id }, json: { recipient_id: recipient.id, auto_claim: true } });
  const award = made(await settledAward(t, exchange), "an award is needed first, and could not be issued");
  if (award.status === "claimed") return award;
  return made(await step(t, award, "claim"), "an award is needed first, and could not be claimed");
}

/** An application, taken so far. */
export async function applied(t: Probe, badge: Made, recipient: MadeUser, steps: readonly Step[] = [], members: Json = {}): Promise<Made> {
  const exchange = await t.call("applyForBadge", { params: { badge_id: badge.id }, json: { recipient_id: recipient.id, ...members } });
  let award = made(await settledAward(t, exchange), "an award is needed first, and could not be applied for");
  for (const each of steps) award = made(await step(t, award, each), `the award could not be ${each}ed`);
  return award;
}

export type Step = "approve" | "reject" | "claim" | "revoke";

const BODIES: Readonly<Record<Step, Json>> = {
  approve: {},
  reject: { reason: "The recording shows another model." },
  claim: {},
  revoke: { reason: "The recording was somebody else's." },
};

/** Takes a step, and waits for the chain. */
export async function step(t: Probe, { id }: { readonly id: string }, action: Step): Promise<Exchange> {
  return await settledAward(t, await t.call(`${action}Award`, { params: { award_id: id }, json: BODIES[action] }));
}

/** An award's exchange when nothing of it waits for the chain any more. */
export async function settledAward(t: Probe, exchange: Exchange): Promise<Exchange> {
  const until = t.time.real() + t.facts.capabilities.confirmation_ms;
  let last = exchange;
  for (let wait = FIRST_POLL_MS; last.status < 300 && last.data.pending; wait = nextPoll(wait)) {
    if (t.time.real() > until) throw new Inconclusive("an award was still pending after confirmation_ms");
    await t.time.pause(wait);
    last = await t.again(() => t.call("getAward", { params: { award_id: String(exchange.data.id) } }));
  }
  return last;
}

/** The award as a read on another connection shows it, once nothing of it waits for the chain and it has this status. */
export async function awardOnce(t: Probe, id: string, status: string): Promise<Exchange> {
  return await t.eventually(
    async () => await settledAward(t, await t.call("getAward", { params: { award_id: id }, fresh: true })),
    ({ data }) => data.status === status,
  );
}

/** Awards in a list, `listUserAwards` of a user or `listAwards` by a query. */
export async function awardsIn(t: Probe, place: { readonly user: string } | Readonly<Record<string, string>>): Promise<Exchange> {
  return "user" in place
    ? await t.call("listUserAwards", { params: { user_id: place.user ?? "" }, fresh: true })
    : await t.call("listAwards", { query: place, fresh: true });
}

export function itemsOf(exchange: Exchange): readonly Made[] {
  return Array.isArray(exchange.data.items) ? (exchange.data.items as Made[]) : [];
}

/** The `data` of a success that has an id. */
export function made(exchange: Exchange, otherwise: string): Made {
  if (exchange.status >= 300 || typeof exchange.data.id !== "string") throw new SetupFailed(otherwise, exchange);
  return exchange.data as Made;
}
