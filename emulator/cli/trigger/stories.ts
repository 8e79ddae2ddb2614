import { REMINDER_MS } from "../../model/award.ts";
import type { EventType } from "../../model/event.ts";
import { ControlError } from "../control-error.ts";
import { UsageError } from "../usage-error.ts";
import type { Role } from "./roles.ts";
import { mission, person, type Stage, TEMPLATE, type Thing } from "./stage.ts";

/** How an event comes to be: the calls that make it happen. */
export interface Story {
  /** In one line, for `trigger --list`. */
  readonly does: string;
  /** Objects that may be named, or be made otherwise. */
  readonly roles: readonly Role[];
  /** Whether `--set` reaches the members of the deciding request. */
  readonly body: boolean;
  /** Ids that are members of it. */
  readonly ids: readonly string[];
  /** Only time brings it: the clock must be moved. */
  readonly time: boolean;
  /** Members by which the event that came of it is known: of its data, or its id. */
  tell(it: Stage): Promise<Readonly<Record<string, unknown>>>;
}

type Telling = Story["tell"];
function story(does: string, { roles = [], body = false, ids = [], time = false }: Partial<Story>, tell: Telling): Story {
  return { does, roles, body, ids, time, tell };
}

const AWARD: readonly Role[] = ["award", "recipient", "badge", "sponsor"];
const BADGE: readonly Role[] = ["badge", "sponsor"];
const changed = () => ({ description: `Changed by \`getsmart-sandbox trigger\` at ${new Date().toISOString()}.` });

/** Every event type of spec/openapi.yaml, and what makes it happen. */
export const STORIES: Readonly<Record<EventType, Story>> = {
  "user.created": story("creates a user", { body: true }, (it) => created(it, "user", "/users", person("user"))),
  "user.updated": story("changes a user (its metadata)", { roles: ["user"], body: true }, async (it) => {
    const { id } = await it.user();
    return step(it, "user", "changed", it.call("PATCH", `/users/${id}`, it.body({ metadata: { triggered_at: new Date().toISOString() } })));
  }),
  "user.deleted": story("deletes a user", { roles: ["user"] }, async (it) => {
    const { id } = await it.user();
    await it.call("DELETE", `/users/${id}`);
    it.say("user", id, "deleted");
    return { id };
  }),
  "token.transaction.created": story("mints GETS to a user", { roles: ["user"], body: true }, async (it) => ({ id: (await mint(it)).id })),
  "token.transaction.confirmed": story("mints GETS to a user, and waits for the block", { roles: ["user"], body: true }, async (it) => {
    const tx = await it.settled("/tokens/transactions", await mint(it));
    it.say("transaction", tx.id, `${tx.status}`);
    return { id: tx.id };
  }),
  "token.transaction.failed": story(
    "mints beyond the cap, in one block (not with automatic mining)",
    { roles: ["user"], time: true },
    mintBeyondTheCap,
  ),
  "badge.created": story("makes a badge, a draft", { roles: ["sponsor"], body: true }, async (it) => {
    const sponsor = it.named("sponsor") ?? (await it.make("sponsor", { ...person("sponsor"), roles: ["sponsor"] }));
    return created(it, "badge", "/badges", { ...TEMPLATE, sponsor_id: sponsor.id });
  }),
  "badge.updated": story("changes a badge (its description)", { roles: BADGE, body: true }, async (it) => {
    const { id } = await it.badge({}, false);
    return step(it, "badge", "changed", it.call("PATCH", `/badges/${id}`, it.body(changed())));
  }),
  "badge.published": story("publishes a badge", { roles: BADGE }, async (it) =>
    step(it, "badge", "published", it.call("POST", `/badges/${(await it.badge({}, false)).id}/publish`)),
  ),
  "badge.expired": story("publishes a badge and lets its time to apply end", { roles: BADGE, time: true }, async (it) => {
    const soon = new Date((await it.now()) + 3_600_000).toISOString();
    const { id, application_expires_at } = await it.badge({ application_expires_at: soon });
    await it.advanceTo(instantOf(id, "application_expires_at", application_expires_at));
    return { id };
  }),
  "badge.archived": story("archives a badge", { roles: BADGE }, async (it) =>
    step(it, "badge", "archived", it.call("POST", `/badges/${(await it.badge()).id}/archive`)),
  ),
  "award.applied": story("applies for a badge", { roles: ["recipient", "badge", "sponsor"], body: true }, async (it) => {
    const badge = await it.badge();
    const application = it.body({ recipient_id: (await it.user("recipient")).id });
    return step(it, "award", "applied for", it.call("POST", `/badges/${badge.id}/applications`, application));
  }),
  "award.approved": story("approves an application", { roles: AWARD, body: true }, (it) => decide(it, "applied", "approve", {})),
  "award.rejected": story("rejects an application", { roles: AWARD, body: true }, (it) =>
    decide(it, "applied", "reject", { reason: "Rejected by `getsmart-sandbox trigger`." }),
  ),
  "award.claimed": story("claims an approved award", { roles: AWARD }, (it) => decide(it, "approved", "claim", {})),
  "award.claim_expiring": story(
    "lets time pass until seven days before the end of an award's claim window",
    { roles: AWARD, time: true },
    (it) => waitForClaimEnd(it, REMINDER_MS),
  ),
  "award.expired": story("lets the claim window of an award end", { roles: AWARD, time: true }, (it) => waitForClaimEnd(it, 0)),
  "award.revoked": story("revokes an award", { roles: AWARD, body: true }, (it) =>
    decide(it, "approved", "revoke", { reason: "Revoked by `getsmart-sandbox trigger`." }),
  ),
  "achievement.created": story("makes an achievement", { body: true, ids: ["badge_id"] }, (it) =>
    created(it, "achievement", "/achievements", mission()),
  ),
  "achievement.updated": story(
    "changes an achievement (its description)",
    { roles: ["achievement"], body: true, ids: ["badge_id"] },
    async (it) => {
      const { id } = await it.achievement();
      return step(it, "achievement", "changed", it.call("PATCH", `/achievements/${id}`, it.body(changed())));
    },
  ),
  "achievement.progress.updated": story("makes a step in an achievement", { roles: ["user", "achievement"], body: true }, (it) =>
    progress(it, ([first]) => (first ? [{ requirement_id: first.id, mode: "increment", value: 1 }] : [])),
  ),
  "achievement.completed": story("completes an achievement", { roles: ["user", "achievement"], body: true }, (it) =>
    progress(it, (open) => open.map(({ id, target }) => ({ requirement_id: id, mode: "at_least", value: target }))),
  ),
  "webhook.test": story(
    "tests an endpoint (webhook_endpoint_id, or webhook_endpoint.url for a new one)",
    { roles: ["webhook_endpoint"] },
    async (it) => {
      const endpoint = it.named("webhook_endpoint") ?? (await it.make("webhook_endpoint", endpointOf(it)));
      const delivery = await it.call("POST", `/webhook-endpoints/${endpoint.id}/test`);
      it.say("delivery", delivery.id, `queued for ${endpoint.url}`);
      return { event_id: delivery.event_id };
    },
  ),
};

export const EVENT_TYPES = Object.keys(STORIES) as EventType[];

async function created(it: Stage, role: string, path: string, members: object) {
  return step(it, role, "made", it.call("POST", path, it.body(members)));
}

async function step(it: Stage, role: string, what: string, call: Promise<Thing>) {
  const { id } = await call;
  it.say(role, id, what);
  return { id };
}

async function mint(it: Stage): Promise<Thing> {
  const user_id = (await it.user()).id;
  const tx = await it.call("POST", "/tokens/mint", it.body({ user_id, amount: "10" }));
  it.say("transaction", tx.id, `minted ${tx.amount} GETS to ${user_id}`);
  return tx;
}

/** Two mints of more than half of what is left, each fine by itself; the block refuses the second. What the first brought is burnt. */
async function mintBeyondTheCap(it: Stage) {
  if ((await it.mining()) === "auto") {
    throw new ControlError(
      "with automatic mining a transaction is refused at once and never fails later; start with --mining manual",
      null,
    );
  }
  const { id: user_id } = await it.user();
  const { max_supply, total_supply } = await it.call("GET", "/tokens");
  const amount = String((BigInt(whole(max_supply)) - BigInt(whole(total_supply))) / 2n + 1n);
  await it.call("POST", "/tokens/mint", { user_id, amount });
  const second = await it.call("POST", "/tokens/mint", { user_id, amount });
  const tx = await it.settled("/tokens/transactions", second);
  it.say("transaction", tx.id, `${tx.status}`);
  await it.settled("/tokens/transactions", await it.call("POST", "/tokens/burn", { user_id, amount }));
  return { id: tx.id };
}

function whole(amount: unknown): string {
  return String(amount).split(".")[0] as string;
}

async function decide(it: Stage, from: "applied" | "approved", action: string, members: object) {
  const { id } = await it.award(from);
  const award = await it.settled("/awards", await it.call("POST", `/awards/${id}/${action}`, it.body(members)));
  it.say("award", id, `${award.status}`);
  return { id };
}

async function waitForClaimEnd(it: Stage, before: number) {
  const { id, claim_expires_at } = await it.award("approved");
  await it.advanceTo(instantOf(id, "claim_expires_at", claim_expires_at) - before);
  await it.settled("/awards", await it.call("GET", `/awards/${id}`));
  return { id };
}

function instantOf(id: string, member: string, value: unknown): number {
  if (typeof value === "string") return Date.parse(value);
  throw new ControlError(`${id} has no ${member}: time will not bring it`, null);
}

type Requirement = { readonly id: string; readonly target: number; readonly completed: boolean };

/** Steps in what the user has not completed yet. */
async function progress(it: Stage, steps: (open: readonly Requirement[]) => readonly object[]) {
  const [user, achievement] = [await it.user(), await it.achievement()];
  const path = `/users/${user.id}/achievements/${achievement.id}`;
  const { requirements } = await it.call<{ requirements: readonly Requirement[] }>("GET", path);
  const updates = steps(requirements.filter(({ completed }) => !completed));
  if (updates.length === 0) throw new ControlError(`${user.id} has completed ${achievement.id} already; nothing will happen`, null);
  const now = await it.call<{ status: string; percent: number }>("POST", `${path}/progress`, it.body({ updates }));
  it.say("progress", user.id, `${now.status} (${now.percent} %) in ${achievement.id}`);
  return { user_id: user.id, achievement_id: achievement.id };
}

function endpointOf(it: Stage): object {
  if (typeof it.with("webhook_endpoint", {}).url === "string") return {};
  throw new UsageError(
    "webhook.test needs an endpoint: --set webhook_endpoint_id=whe_…, or --set webhook_endpoint.url=http://… for a new one",
  );
}
