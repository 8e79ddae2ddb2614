import type { Check } from "../kit/check.ts";
import type { Json } from "../kit/document.ts";
import { about, bodyOf, first, listening, PATIENCE_MS, recorded, SILENCE_MS } from "../kit/hooks.ts";
import { isSignedWith } from "../kit/signature.ts";

/** What is delivered, and how it is signed. */

/** The clock of an attempt and ours; receivers allow five minutes. */
const CLOCK_MS = 5 * 60_000;

export const delivered: Check = {
  id: "HOOK-03",
  level: "MUST",
  provenance: "O",
  mode: "wx",
  needs: ["webhooks"],
  requirement:
    "A subscribed event is delivered at least once, always with the same webhook-id, as JSON POST that is valid by the document.",
  hint: "Write what is owed with the event itself; webhook-id is the event's id.",
  requests: 8,
  async run(t) {
    const types = ["user.created", "user.updated"];
    const { inbox } = await listening(t, types);
    const user = await t.user();
    t.expect.ok(await t.call("updateUser", { params: { user_id: user.id }, json: { display_name: t.random.name() } }), "updating the user");
    for (const type of types) {
      const [hook] = await inbox.count(1, PATIENCE_MS, about(user.id, type));
      t.expect.that(hook !== undefined, `${type} was not delivered within ${PATIENCE_MS / 1000} s`);
      if (!hook) return;
      t.expect.equal(hook.method, "POST", `${type} is a POST`);
      t.expect.that(/^application\/json\b/.test(hook.headers["content-type"] ?? ""), `${type} is no JSON`, {
        actual: hook.headers["content-type"],
      });
      const schema = `/webhooks/${type}/post/requestBody/content/application~1json/schema`;
      t.expect.equal(t.document.faults(schema, bodyOf(hook)), [], `${type} is valid by the document`);
      const ids = new Set((await inbox.count(1, SILENCE_MS, about(user.id, type))).map(({ headers }) => headers["webhook-id"]));
      t.expect.equal([...ids], [hook.headers["webhook-id"]], `${type} has one webhook-id, however often it comes`);
      if (!t.offers("getEvent")) continue;
      const event = await t.call("getEvent", { params: { event_id: String(hook.headers["webhook-id"]) } });
      t.expect.equal([event.data.type, (event.data.data as Json | undefined)?.id], [type, user.id], "webhook-id is the event's id", {
        exchange: event,
      });
    }
  },
};

export const signed: Check = {
  id: "HOOK-04",
  level: "MUST",
  provenance: "K",
  mode: "wx",
  needs: ["webhooks"],
  requirement: "The signature verifies over id.timestamp.body with the endpoint's own secret, and not when a byte is another.",
  hint: "Sign the bytes that are sent; the key is the base64 after whsec_; the timestamp is the attempt's, in seconds.",
  requests: 5,
  async run(t) {
    const [one, two] = [await listening(t, ["user.created"]), await listening(t, ["user.created"])];
    const user = await t.user({ display_name: t.random.name() });
    for (const { inbox, secret } of [one, two]) {
      const hook = await first(inbox, about(user.id), "a webhook");
      t.expect.that(isSignedWith(secret, hook), "the signature does not verify with the endpoint's secret", {
        pointer: "webhook-signature",
        actual: hook.headers["webhook-signature"],
      });
      const other = secret === one.secret ? two.secret : one.secret;
      t.expect.that(!isSignedWith(other, hook), "the signature verifies with another endpoint's secret");
      const body = Buffer.from(hook.body);
      body[body.length - 2] = (body[body.length - 2] ?? 0) ^ 1;
      t.expect.that(!isSignedWith(secret, { ...hook, body }), "the signature verifies for another body");
      const seconds = Number(hook.headers["webhook-timestamp"]);
      t.expect.that(Math.abs(seconds * 1000 - hook.at) < CLOCK_MS, "webhook-timestamp is not the time of the attempt", {
        pointer: "webhook-timestamp",
        expected: Math.floor(hook.at / 1000),
        actual: hook.headers["webhook-timestamp"],
      });
    }
  },
};

export const rotated: Check = {
  id: "HOOK-09",
  level: "MUST",
  provenance: "O",
  mode: "wx",
  needs: ["webhooks"],
  requirement: "After a rotation the new secret signs, and the old one beside it.",
  hint: "Two signatures in one header, so that a receiver can change without losing one.",
  requests: 4,
  async run(t) {
    const { endpoint, secret, inbox } = await listening(t, ["user.created"]);
    const rotated = await t.call("rotateWebhookSecret", { params: { webhook_endpoint_id: endpoint.id } });
    t.expect.ok(rotated, "rotating the secret");
    const fresh = String(rotated.data.secret);
    t.keepSecret(fresh);
    t.expect.that(fresh !== secret && fresh.startsWith("whsec_"), "the new secret is none, or the old one", { exchange: rotated });
    const user = await t.user();
    const hook = await first(inbox, about(user.id), "a webhook");
    t.expect.that(isSignedWith(fresh, hook), "the new secret does not sign", { pointer: "webhook-signature" });
    t.expect.that(isSignedWith(secret, hook), "the old secret does not sign any more", { pointer: "webhook-signature" });
  },
};

export const testEvent: Check = {
  id: "HOOK-10",
  level: "MUST",
  provenance: "O",
  mode: "wx",
  needs: ["webhooks"],
  requirement: "A test event comes whatever was asked for; deliveries tell what became of it; delivered again it has the same webhook-id.",
  hint: "Redeliver adds an attempt to the same delivery.",
  requests: 5,
  async run(t) {
    const { endpoint, inbox } = await listening(t, ["user.deleted"]);
    const params = { webhook_endpoint_id: endpoint.id };
    const asked = await t.call("testWebhookEndpoint", { params });
    t.expect.ok(asked, "asking for a test event");
    const isTest = (hook: Parameters<typeof bodyOf>[0]) => bodyOf(hook).type === "webhook.test";
    const [test] = await inbox.count(1, PATIENCE_MS, isTest);
    t.expect.that(test !== undefined, "the test event did not come");
    const list = await recorded(
      t,
      () => t.call("listWebhookDeliveries", { params }),
      ({ data }) => (data.items as Json[])?.[0]?.status === "succeeded",
    );
    const [delivery] = (list.data.items ?? []) as Json[];
    t.expect.equal(
      [delivery?.event_id, delivery?.status],
      [test?.headers["webhook-id"], "succeeded"],
      "the deliveries tell that it succeeded",
      { exchange: list, pointer: "/data/items/0" },
    );
    const again = await t.call("redeliverWebhook", { params: { ...params, delivery_id: String(delivery?.id) } });
    t.expect.ok(again, "delivering it again");
    const both = await inbox.count(2, PATIENCE_MS, isTest);
    t.expect.that(both.length >= 2, "it did not come again");
    t.expect.equal(new Set(both.map(({ headers }) => headers["webhook-id"])).size, 1, "it has the same webhook-id");
  },
};
