import type { Made } from "../kit/badges.ts";
import { made } from "../kit/badges.ts";
import type { Check, Group } from "../kit/check.ts";
import type { Json } from "../kit/document.ts";
import type { Exchange } from "../kit/exchange.ts";
import { about, bodyOf, endpointAt, first, listening, PATIENCE_MS, recorded, SILENCE_MS } from "../kit/hooks.ts";
import { markOf } from "../kit/made.ts";
import type { Probe } from "../kit/probe.ts";
import { isSignedWith } from "../kit/signature.ts";
import { retries, unhurried } from "./hook-retries.ts";

/** Webhooks (Standard Webhooks 1.0): what was asked for comes, signed, at least once; nothing else does. */

/** The clock of an attempt and ours; receivers allow five minutes. */
const CLOCK_MS = 5 * 60_000;

const checks: readonly Check[] = [
  {
    id: "HOOK-01",
    level: "MUST",
    provenance: "O",
    mode: "w",
    needs: ["webhooks"],
    requirement: "An endpoint is registered, listed, read and deleted; a deleted one is 404 and listed no more.",
    hint: "201 with Location; DELETE answers 204, once.",
    requests: 8,
    async run(t) {
      const { endpoint } = await endpointAt(t, harmless(t), ["webhook.test"]);
      const params = { webhook_endpoint_id: endpoint.id };
      const read = await t.call("getWebhookEndpoint", { params });
      t.expect.equal([read.data.url, read.data.status], [endpoint.url, "enabled"], "it is read as it was registered", {
        exchange: read,
        pointer: "/data",
      });
      t.expect.equal((await listed(t)).filter(({ id }) => id === endpoint.id).length, 1, "it is listed once");
      t.expect.ok(await t.call("deleteWebhookEndpoint", { params }), "deleting it");
      await t.settled();
      for (const operationId of ["getWebhookEndpoint", "deleteWebhookEndpoint"])
        t.expect.refused(
          await t.call(operationId, { params }),
          { status: [404], codes: /NOT_FOUND/ },
          `${operationId} after it was deleted`,
        );
      t.expect.equal((await listed(t)).filter(({ id }) => id === endpoint.id).length, 0, "it is listed no more");
    },
  },
  {
    // Standard Webhooks, "Server-side request forgery"; OWASP SSRF prevention.
    id: "HOOK-02",
    level: "SHOULD",
    provenance: "K",
    mode: "w",
    needs: ["webhooks"],
    requirement:
      "Link-local and metadata addresses are refused, however they are written; private ones, loopback and http too unless the target is on loopback.",
    hint: "Parse the URL, then judge the address; judge it again when the name is resolved.",
    requests: 17,
    async run(t) {
      const always = [
        "http://169.254.169.254/latest/meta-data/",
        "http://2852039166/",
        "http://0xA9FEA9FE/",
        "http://[::ffff:169.254.169.254]/",
        "http://[fe80::1]/",
        "http://169.254.1.1:8080/",
      ];
      const remote = [
        "http://example.com/hook",
        "https://127.0.0.1/hook",
        "https://localhost/hook",
        "https://10.0.0.1/hook",
        "https://[::1]/hook",
      ];
      for (const url of t.target.isLoopback ? always : [...always, ...remote]) {
        const exchange = await t.call("createWebhookEndpoint", {
          json: { url, enabled_events: ["webhook.test"], description: markOf(t.runId) },
        });
        if (exchange.status < 300) deletedLater(t, exchange);
        t.expect.refused(exchange, { status: [400, 422], codes: /URL|VALIDATION|INVALID/ }, `registering ${url}`);
      }
      const { endpoint } = await endpointAt(t, harmless(t), ["webhook.test"]);
      const params = { webhook_endpoint_id: endpoint.id };
      const moved = await t.call("updateWebhookEndpoint", { params, json: { url: always[0] } });
      t.expect.refused(moved, { status: [400, 422], codes: /URL|VALIDATION|INVALID/ }, "moving a good endpoint there");
      await t.settled();
      t.expect.equal((await t.call("getWebhookEndpoint", { params })).data.url, endpoint.url, "the good one stays where it is", {
        exchange: moved,
      });
      t.expect.equal((await listed(t)).filter(({ url }) => always.includes(String(url))).length, 0, "none of them is listed");
    },
  },
  {
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
      t.expect.ok(
        await t.call("updateUser", { params: { user_id: user.id }, json: { display_name: t.random.name() } }),
        "updating the user",
      );
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
  },
  {
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
  },
  retries,
  {
    id: "HOOK-06",
    level: "MUST",
    provenance: "K",
    mode: "wx",
    needs: ["webhooks"],
    requirement: "Nothing is sent of types that were not asked for, to deleted endpoints, or of operations that were refused.",
    hint: "Choose endpoints by the event's type; write events with their effect.",
    requests: 14,
    async run(t) {
      const from = await t.funded("5");
      const updates = await listening(t, ["user.updated"]);
      const payments = await listening(t, ["token.transaction.created", "token.transaction.failed"]);
      const gone = await listening(t, ["*"]);
      t.expect.ok(await t.call("deleteWebhookEndpoint", { params: { webhook_endpoint_id: gone.endpoint.id } }), "deleting an endpoint");
      const user = await t.user();
      const transfer = (amount: string) => t.call("transferTokens", { json: { from_user_id: from.id, to_user_id: user.id, amount } });
      t.expect.status(await transfer("6"), [402, 409, 422], "a transfer of more than there is");
      t.expect.status(
        await t.call("updateUser", { params: { user_id: user.id }, json: { display_name: "" } }),
        [400, 422],
        "an update to no name",
      );
      // What should come is last, and comes in order: when it is here, what should not is not under way.
      const paid = await transfer("2");
      t.expect.ok(paid, "a transfer of what there is");
      t.expect.ok(await t.call("updateUser", { params: { user_id: user.id }, json: { display_name: t.random.name() } }), "an update");
      await first(updates.inbox, about(user.id), "a webhook of the update");
      await first(payments.inbox, about(String(paid.data.id)), "a webhook of the transfer");
      await t.time.pause(SILENCE_MS);
      const ids = (hooks: readonly Parameters<typeof bodyOf>[0][]) => [
        ...new Set(hooks.map((hook) => `${bodyOf(hook).type} ${(bodyOf(hook).data as Json)?.id}`)),
      ];
      const ofRun = (hook: Parameters<typeof bodyOf>[0]) => hook.body.includes(user.id) || hook.body.includes(from.id);
      t.expect.equal(ids(updates.inbox.hooks.filter(ofRun)), [`user.updated ${user.id}`], "the endpoint for updates gets the one update");
      t.expect.equal(
        ids(payments.inbox.hooks.filter(ofRun)),
        [`token.transaction.created ${paid.data.id}`],
        "the endpoint for payments gets the one that was made",
      );
      t.expect.equal(gone.inbox.hooks.length, 0, "the deleted endpoint gets nothing");
    },
  },
  {
    id: "HOOK-07",
    level: "MUST",
    provenance: "K",
    mode: "w",
    needs: ["webhooks"],
    requirement: "The secret is shown when it is made, and never again: not by get, list or update.",
    hint: "Leave it out of the representation, not of one answer.",
    requests: 5,
    async run(t) {
      const { endpoint, secret } = await endpointAt(t, harmless(t), ["webhook.test"]);
      t.expect.that(/^whsec_[A-Za-z0-9+/=]{32,}$/.test(secret), "the secret is not whsec_ and base64 of at least 24 bytes");
      const params = { webhook_endpoint_id: endpoint.id };
      for (const exchange of [
        await t.call("getWebhookEndpoint", { params }),
        await t.call("listWebhookEndpoints", { query: { limit: "100" } }),
        await t.call("updateWebhookEndpoint", { params, json: { description: `${markOf(t.runId)} again` } }),
      ]) {
        t.expect.ok(exchange, "reading the endpoint again");
        t.expect.that(!exchange.text.includes(secret.slice(6)), `${exchange.operationId} shows the secret`, { exchange });
      }
    },
  },
  unhurried,
  {
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
  },
  {
    id: "HOOK-10",
    level: "MUST",
    provenance: "O",
    mode: "wx",
    needs: ["webhooks"],
    requirement:
      "A test event comes whatever was asked for; deliveries tell what became of it; delivered again it has the same webhook-id.",
    hint: "Redeliver adds an attempt to the same delivery.",
    requests: 12,
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
  },
];

export const hook: Group = { name: "HOOK", title: "Webhooks", checks };

/** An address that is allowed anywhere; it is registered for nothing, so nothing is sent there. */
function harmless(t: Probe): string {
  return `https://example.com/${t.runId}/${t.random.word()}`;
}

function deletedLater(t: Probe, exchange: Exchange): void {
  const { id } = made(exchange, "");
  t.undo(`webhook endpoint ${id}`, async () => {
    const { status } = await t.call("deleteWebhookEndpoint", { params: { webhook_endpoint_id: id } });
    return status < 300 || status === 404 ? null : `DELETE answered ${status}`;
  });
}

async function listed(t: Probe): Promise<readonly Made[]> {
  const exchange = await t.call("listWebhookEndpoints", { query: { limit: "100" } });
  t.expect.ok(exchange, "listing endpoints");
  return (exchange.data.items ?? []) as Made[];
}
