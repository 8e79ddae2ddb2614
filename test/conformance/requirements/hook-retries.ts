import type { Check } from "../kit/check.ts";
import { about, first, listening, PATIENCE_MS, recorded, SILENCE_MS } from "../kit/hooks.ts";
import { Inconclusive } from "../kit/outcomes.ts";
import type { Probe } from "../kit/probe.ts";
import type { Hook, Inbox } from "../kit/receiver.ts";

/** Receivers that fail, are slow, or are gone. */

const DAY_MS = 86_400_000;

/** The longest first delays that are waited for: by a moved clock, and without one. */
const WITHIN_MS = { moved: 2 * DAY_MS, real: 15_000 };

/** A controller does what is due before it says that it has moved the clock; an attempt may still be on its way, in real time. */
const ARRIVAL_MS = 100;

export const retries: Check = {
  id: "HOOK-05",
  level: "MUST",
  provenance: "K",
  mode: "wx",
  needs: ["webhooks"],
  requirement:
    "What is not answered with 2xx is sent again after growing delays, with the same webhook-id and a timestamp never earlier; after a 2xx never again.",
  hint: "A schedule by attempt, from the time of the last one; 3xx is no success.",
  requests: 3,
  async run(t) {
    const { inbox } = await listening(t, ["user.created"], 500);
    const user = await t.user();
    const fits = about(user.id);
    await first(inbox, fits, "a webhook");
    const firstDelay = await untilNext(t, inbox, fits);
    if (firstDelay === null && !t.clock)
      throw new Inconclusive("no retry within 15 s, and there is no controller to move the clock (--controller)");
    t.expect.that(firstDelay !== null, "a webhook that was answered 500 is not sent again within two days");
    if (!t.clock) throw new Inconclusive("it is sent again; that delays grow is seen with a controller alone (--controller)");
    await untilNext(t, inbox, fits, firstDelay ?? 0);
    inbox.manner = 204;
    const thirdDelay = await untilNext(t, inbox, fits, firstDelay ?? 0);
    t.expect.that(thirdDelay !== null, "after two retries there is no third one");
    t.expect.that((thirdDelay ?? 0) > (firstDelay ?? 0), "the delay does not grow", {
      expected: `more than ${firstDelay} ms`,
      actual: `${thirdDelay} ms`,
    });
    await t.time.pause(SILENCE_MS);
    const attempts = inbox.hooks.filter(fits);
    t.expect.equal(new Set(attempts.map(({ headers }) => headers["webhook-id"])).size, 1, "each attempt has the same webhook-id");
    const times = attempts.map(({ headers }) => Number(headers["webhook-timestamp"]));
    t.expect.equal(
      times,
      times.toSorted((a, b) => a - b),
      "webhook-timestamp is never earlier than before",
    );
    for (let day = 0; day < 3; day++) await t.clock.advance(DAY_MS);
    await t.time.pause(SILENCE_MS);
    t.expect.equal(inbox.hooks.filter(fits).length, attempts.length, "after a 2xx it is not sent again");
  },
};

/**
 * Lets time pass until another attempt has come: at once as long as the first delay was, which is no growth, then in steps that double, so
 * that delays that grow are told from those that do not. Returns the time that had passed, to the last step; null when none came.
 */
async function untilNext(t: Probe, inbox: Inbox, fits: (hook: Hook) => boolean, firstDelay = 0): Promise<number | null> {
  // A delivery may come twice, and its answer is recorded before another attempt is due.
  await t.time.pause(SILENCE_MS);
  const had = inbox.hooks.filter(fits).length;
  if (!t.clock) return (await inbox.count(had + 1, WITHIN_MS.real, fits)).length > had ? WITHIN_MS.real : null;
  let passed = 0;
  for (let step = Math.max(1000, firstDelay); passed < WITHIN_MS.moved; step = passed + 1000) {
    await t.clock.advance(step);
    passed += step;
    if ((await inbox.count(had + 1, ARRIVAL_MS, fits)).length > had) return passed;
  }
  return null;
}

export const unhurried: Check = {
  id: "HOOK-08",
  level: "SHOULD",
  provenance: "K",
  mode: "wx",
  needs: ["webhooks"],
  requirement:
    "A receiver that hangs or is dead delays neither the API nor later events; 410 disables the endpoint; redirections are not followed.",
  hint: "Send beside the request, each delivery on its own.",
  requests: 12,
  async run(t) {
    const hanging = await listening(t, ["user.created"], "hang");
    const [one, two] = [await t.user(), await t.user()];
    for (const user of [one, two])
      t.expect.equal((await hanging.inbox.count(1, PATIENCE_MS, about(user.id))).length, 1, "an event comes although the one before hangs");
    const update = await t.call("updateUser", { params: { user_id: two.id }, json: { display_name: t.random.name() } });
    t.expect.that(update.ms < 5000, "the API waits for a receiver that hangs", {
      exchange: update,
      expected: "less than 5 s",
      actual: `${update.ms} ms`,
    });
    hanging.inbox.manner = 204;

    const other = await listening(t, ["user.deleted"]);
    const moved = await listening(t, ["user.created"], { location: other.inbox.url });
    const gone = await listening(t, ["user.created"], 410);
    const third = await t.user();
    for (const { inbox } of [moved, gone]) await first(inbox, about(third.id), "a webhook");
    const params = { webhook_endpoint_id: gone.endpoint.id };
    const read = await recorded(
      t,
      () => t.call("getWebhookEndpoint", { params }),
      ({ data }) => data.status === "disabled",
    );
    t.expect.equal(read.data.status, "disabled", "an endpoint that answers 410 is disabled", { exchange: read, pointer: "/data/status" });
    const fourth = await t.user();
    await first(moved.inbox, about(fourth.id), "a webhook");
    await t.time.pause(SILENCE_MS);
    t.expect.equal(gone.inbox.hooks.filter(about(fourth.id)).length, 0, "nothing is sent to it any more");
    t.expect.equal(other.inbox.hooks.length, 0, "a redirection is not followed");
  },
};
