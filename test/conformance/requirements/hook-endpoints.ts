import { type Made, made } from "../kit/badges.ts";
import type { Check } from "../kit/check.ts";
import { deletedLater, endpointAt } from "../kit/hooks.ts";
import { markOf } from "../kit/made.ts";
import { NotApplicable } from "../kit/outcomes.ts";
import type { Probe } from "../kit/probe.ts";

/** Endpoints themselves: nothing has to be received. */

export const lifeOfAnEndpoint: Check = {
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
    if (!t.offers("deleteWebhookEndpoint"))
      throw new NotApplicable("the target does not delete endpoints; that one is registered, read and listed holds");
    t.expect.ok(await t.call("deleteWebhookEndpoint", { params }), "deleting it");
    await t.settled();
    for (const operationId of ["getWebhookEndpoint", "deleteWebhookEndpoint"])
      t.expect.refused(await t.call(operationId, { params }), { status: [404], codes: /NOT_FOUND/ }, `${operationId} after it was deleted`);
    t.expect.equal((await listed(t)).filter(({ id }) => id === endpoint.id).length, 0, "it is listed no more");
  },
};

export const addresses: Check = {
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
      if (exchange.status < 300) deletedLater(t, made(exchange, "").id);
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
};

export const hiddenSecret: Check = {
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
};

/** An address that is allowed anywhere; it is registered for nothing, so nothing is sent there. */
function harmless(t: Probe): string {
  return `https://example.com/${t.runId}/${t.random.word()}`;
}

async function listed(t: Probe): Promise<readonly Made[]> {
  const exchange = await t.call("listWebhookEndpoints", { query: { limit: "100" } });
  t.expect.ok(exchange, "listing endpoints");
  return (exchange.data.items ?? []) as Made[];
}
