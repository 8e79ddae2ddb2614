import { newAchievement } from "../kit/achievements.ts";
import { amountOf, unitsOf } from "../kit/amounts.ts";
import { newBadge } from "../kit/badges.ts";
import type { Group } from "../kit/check.ts";
import type { Exchange } from "../kit/exchange.ts";
import { Failed, NotApplicable, Untestable } from "../kit/outcomes.ts";
import type { MadeUser } from "../kit/people.ts";
import type { Probe } from "../kit/probe.ts";
import { after, asCurl, balancesOf, EMPTY, generate, PEOPLE, REWARD, type State, type Step, TARGET } from "../kit/program.ts";
import { shrink } from "../kit/shrink.ts";

/** Programs tried while a failing one is made shorter: at full speed, and where requests are paced and counted. */
const SHRINKS = 40;
const PACED_SHRINKS = 6;

export const state: Group = {
  name: "STATE",
  title: "State over many steps",
  checks: [
    {
      id: "STATE-01",
      level: "MUST",
      provenance: "K",
      mode: "m",
      requirement:
        "Over any sequence of changes, after each of them, balances, names, awards and progress are what the changes add up to: nothing appears, nothing is lost; what is refused changes nothing.",
      hint: "Run the printed commands one after another; the last one is where the target and the sum part ways.",
      requests: 130,
      async run(t) {
        const offered = stepsOf(t);
        if (offered.length === 0) throw new NotApplicable("the target offers none of the changes");
        await judged(t, generate(t.random, offered), await prepared(t, offered));
      },
    },
  ],
};

interface Place {
  readonly badge: string | null;
  readonly achievement: string | null;
}

function stepsOf(t: Probe): readonly Step["do"][] {
  const needs: Readonly<Record<Step["do"], readonly string[]>> = {
    mint: ["mintTokens"],
    transfer: ["transferTokens"],
    burn: ["burnTokens"],
    rename: ["updateUser"],
    issue: ["createBadge", "publishBadge", "issueBadge", "listUserAwards"],
    progress: ["createAchievement", "recordProgress", "getUserAchievement"],
  };
  const kinds = Object.keys(needs) as Step["do"][];
  return kinds.filter((kind) => needs[kind].every(t.offers) && (kind !== "issue" || t.facts.capabilities.badges_flow));
}

/** A badge for all programs, and an achievement; people are new for each. */
async function prepared(t: Probe, offered: readonly Step["do"][]): Promise<Place> {
  const badge = offered.includes("issue") ? await newBadge(t, { reward: { amount: REWARD } }) : null;
  const achievement = offered.includes("progress") ? await newAchievement(t, TARGET) : null;
  return { badge: badge?.id ?? null, achievement: achievement?.id ?? null };
}

/** Runs a program; one that fails is told as the shortest that still does, as far as the budget allows. */
async function judged(t: Probe, program: readonly Step[], place: Place): Promise<void> {
  let last = await failureOf(t, program, place);
  if (last === null) return;
  const fails = async (steps: readonly Step[]) => {
    const found = await failureOf(t, steps, place).catch(unlessSpent);
    last = found ?? last;
    return found !== null;
  };
  const most = t.facts.limits?.enabled === false ? SHRINKS : PACED_SHRINKS;
  const short = await shrink(program.slice(0, last.at + 1), fails, most);
  const { failed } = last;
  const message = `${failed.message}, after ${short.length} of ${program.length} random steps ($A, $B and $C are new users):\n${asCurl(short)}`;
  throw new Failed(message, failed.evidence);
}

/** What was found before the budget was used up holds all the same. */
function unlessSpent(error: Error): null {
  if (error instanceof Untestable) return null;
  throw error;
}

interface Failure {
  readonly failed: Failed;
  /** The number of the step, from 0. */
  readonly at: number;
}

/** Runs a program for new people; the first difference from the model, or null. */
async function failureOf(t: Probe, steps: readonly Step[], place: Place): Promise<Failure | null> {
  const people: MadeUser[] = [];
  for (let who = 0; who < PEOPLE; who++) people.push(await t.user());
  let state = EMPTY;
  let seen: readonly bigint[] = EMPTY.balances;
  let at = -1;
  try {
    for (const step of steps) {
      at += 1;
      const exchange = await t.confirmed(await sent(t, step, people, place));
      const next = after(state, step);
      if (next === null) t.expect.status(exchange, [400, 409, 422], `what cannot be done (${step.do}) is refused`);
      else t.expect.that(exchange.status < 300, `${step.do} is answered ${exchange.status}`, { exchange, pointer: "status" });
      state = next ?? state;
      if (step.do === "rename")
        t.expect.equal(exchange.data.display_name, step.name, "the name is the one just given", {
          exchange,
          pointer: "/data/display_name",
        });
      if (step.do === "progress" && next !== null)
        t.expect.equal(countIn(exchange), state.progress[step.of], "progress is the sum of its increments", {
          exchange,
          pointer: "/data/requirements/0/current",
        });
      seen = await conserved(t, state, step, people, seen);
    }
    await compare(t, state, people, place);
    return null;
  } catch (error) {
    if (error instanceof Failed) return { failed: error, at };
    throw error;
  }
}

function sent(t: Probe, step: Step, people: readonly MadeUser[], { badge, achievement }: Place): Promise<Exchange> {
  const id = (who: number) => people[who]?.id ?? "";
  switch (step.do) {
    case "mint":
      return t.call("mintTokens", { json: { user_id: id(step.to), amount: step.amount } });
    case "transfer":
      return t.call("transferTokens", { json: { from_user_id: id(step.from), to_user_id: id(step.to), amount: step.amount } });
    case "burn":
      return t.call("burnTokens", { json: { user_id: id(step.from), amount: step.amount } });
    case "rename":
      return t.call("updateUser", { params: { user_id: id(step.who) }, json: { display_name: step.name } });
    case "issue":
      return t.call("issueBadge", { params: { badge_id: badge ?? "" }, json: { recipient_id: id(step.to), auto_claim: true } });
    case "progress": {
      const params = { user_id: id(step.of), achievement_id: achievement ?? "" };
      return t.call("recordProgress", { params, json: { updates: [{ mode: "increment", value: step.by }] } });
    }
  }
}

/**
 * The law of each step: those whom it names have what they should, and with what the others were last seen to have that is all that was
 * made and not destroyed. Returns what everybody was last seen to have.
 */
async function conserved(
  t: Probe,
  { balances }: State,
  step: Step,
  people: readonly MadeUser[],
  seen: readonly bigint[],
): Promise<readonly bigint[]> {
  let now = seen;
  for (const who of namedIn(step)) now = now.with(who, unitsOf(await t.balanceOnce(people[who]?.id ?? "", amountOf(balances[who] ?? 0n))));
  t.expect.amount(sum(now), sum(balances), `after ${step.do} the sum of the balances is what was made less what was destroyed`);
  t.expect.equal(balancesOf(now), balancesOf(balances), `after ${step.do} the balances are what the changes add up to`);
  return now;
}

/** Whose balances a step is about, whether it is refused or not. */
function namedIn(step: Step): readonly number[] {
  if (step.do === "transfer") return [step.from, step.to];
  if (step.do === "burn") return [step.from];
  return step.do === "mint" || step.do === "issue" ? [step.to] : [];
}

const sum = (list: readonly bigint[]) => amountOf(list.reduce((total, each) => total + each, 0n));

function countIn({ data }: Exchange): unknown {
  return ((data.requirements ?? []) as { current?: number }[])[0]?.current;
}

async function compare(t: Probe, state: State, people: readonly MadeUser[], { badge, achievement }: Place): Promise<void> {
  const balances: bigint[] = [];
  for (const [who, { id }] of people.entries()) balances.push(unitsOf(await t.balanceOnce(id, amountOf(state.balances[who] ?? 0n))));
  t.expect.amount(sum(balances), sum(state.balances), "the sum of the balances is what was made less what was destroyed");
  t.expect.equal(balancesOf(balances), balancesOf(state.balances), "the balances are what the changes add up to");
  for (const [who, { id, display_name }] of people.entries()) {
    const wanted = state.names[who] ?? display_name;
    const name = (user: Awaited<ReturnType<Probe["read"]>>) => user?.display_name;
    const user = await t.eventually(
      () => t.read(id),
      (found) => name(found) === wanted,
    );
    t.expect.equal(name(user), wanted, "the name is the last one given");
    if (badge !== null) {
      const exchange = await t.call("listUserAwards", { params: { user_id: id } });
      const items = (exchange.data.items ?? []) as { badge_id?: string }[];
      const has = items.filter((award) => award.badge_id === badge).length;
      t.expect.equal(has, state.awarded[who] ? 1 : 0, "the badge was issued as often as that succeeded", {
        exchange,
        pointer: "/data/items",
      });
    }
    if (achievement === null) continue;
    const exchange = await t.call("getUserAchievement", { params: { user_id: id, achievement_id: achievement } });
    t.expect.equal(countIn(exchange), state.progress[who], "progress is the sum of its increments", {
      exchange,
      pointer: "/data/requirements/0/current",
    });
  }
}
