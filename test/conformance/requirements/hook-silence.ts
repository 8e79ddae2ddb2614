import type { Check } from "../kit/check.ts";
import type { Json } from "../kit/document.ts";
import { about, bodyOf, first, listening, SILENCE_MS } from "../kit/hooks.ts";
import { Inconclusive } from "../kit/outcomes.ts";
import type { Probe } from "../kit/probe.ts";
import { burst, QUIET_MS } from "../kit/rate.ts";
import type { Hook, Inbox } from "../kit/receiver.ts";

/** What must not be sent. */

const BURST = 30;

export const silence: Check = {
  id: "HOOK-06",
  level: "MUST",
  provenance: "K",
  mode: "wx",
  needs: ["webhooks"],
  requirement:
    "Nothing is sent of types that were not asked for, to deleted endpoints, or of operations that were refused or (where bursts are allowed) throttled.",
  hint: "Choose endpoints by the event's type; write events with their effect.",
  requests: 15,
  bursts: BURST,
  async run(t) {
    const from = await t.funded("5");
    const updates = await listening(t, ["user.updated"]);
    const payments = await listening(t, ["token.transaction.created", "token.transaction.failed"]);
    const gone = t.offers("deleteWebhookEndpoint") ? await deletedAt(t) : null;
    const user = await t.user();
    const transfer = (amount: string) => t.call("transferTokens", { json: { from_user_id: from.id, to_user_id: user.id, amount } });
    t.expect.status(await transfer("6"), [402, 409, 422], "a transfer of more than there is");
    t.expect.status(
      await t.call("updateUser", { params: { user_id: user.id }, json: { display_name: "" } }),
      [400, 422],
      "an update to no name",
    );
    const served = t.mayBurst ? await throttledTransfers(t, from.id, user.id) : [];
    // What should come is last, and comes in order: when it is here, what should not is not under way.
    const paid = await transfer("2");
    t.expect.ok(paid, "a transfer of what there is");
    t.expect.ok(await t.call("updateUser", { params: { user_id: user.id }, json: { display_name: t.random.name() } }), "an update");
    await first(updates.inbox, about(user.id), "a webhook of the update");
    const made = [...served, String(paid.data.id)];
    for (const id of made) await first(payments.inbox, about(id), "a webhook of each transfer that was made");
    await t.time.pause(SILENCE_MS);
    const ids = (hooks: readonly Hook[]) =>
      [...new Set(hooks.map((hook) => `${bodyOf(hook).type} ${(bodyOf(hook).data as Json)?.id}`))].sort();
    const ofRun = (hook: Hook) => hook.body.includes(user.id) || hook.body.includes(from.id);
    t.expect.equal(ids(updates.inbox.hooks.filter(ofRun)), [`user.updated ${user.id}`], "the endpoint for updates gets the one update");
    t.expect.equal(
      ids(payments.inbox.hooks.filter(ofRun)),
      made.map((id) => `token.transaction.created ${id}`).sort(),
      "the endpoint for payments gets those that were made",
    );
    t.expect.equal(gone?.hooks.length ?? 0, 0, "the deleted endpoint gets nothing");
  },
};

/** Where an endpoint for everything was, and is deleted. */
async function deletedAt(t: Probe): Promise<Inbox> {
  const { endpoint, inbox } = await listening(t, ["*"]);
  t.expect.ok(await t.call("deleteWebhookEndpoint", { params: { webhook_endpoint_id: endpoint.id } }), "deleting an endpoint");
  return inbox;
}

/** More transfers at once than the limit admits. Ids of those that were made: the others are answered 429 and must not be told of. */
async function throttledTransfers(t: Probe, from_user_id: string, to_user_id: string): Promise<readonly string[]> {
  const key = await t.rateKey();
  await t.time.sleep(QUIET_MS);
  const json = { from_user_id, to_user_id, amount: "0.01" };
  const { admitted, refused } = await burst(
    t,
    Array.from({ length: BURST }, () => t.request("transferTokens", { key, json })),
  );
  if (refused.length === 0) throw new Inconclusive("no transfer was throttled");
  for (const exchange of admitted) t.expect.ok(exchange, "a transfer of the burst that was served");
  await t.time.sleep(QUIET_MS);
  return admitted.map(({ data }) => String(data.id));
}
