import type { WebhookEndpoint } from "../../model/webhook.ts";
import type { Deliveries } from "../../services/deliveries.ts";
import type { WebhookEndpoints } from "../../services/webhook-endpoints.ts";
import { ok, type Reads, type Reply, type Writes } from "./handler.ts";

/** Operations tagged Webhooks. */
export function webhookOperations(endpoints: WebhookEndpoints, deliveries: Deliveries) {
  const reads: Reads<"listWebhookEndpoints" | "getWebhookEndpoint" | "listWebhookDeliveries"> = {
    listWebhookEndpoints({ query, world }) {
      const page = endpoints.list(world.records, query, query);
      return ok(page, `${page.items.length} webhook endpoints.`);
    },
    getWebhookEndpoint({ params, world }) {
      const endpoint = endpoints.get(world.records, params.webhook_endpoint_id);
      return ok(endpoint, `The endpoint at ${endpoint.url} is ${endpoint.status}.`);
    },
    listWebhookDeliveries({ params, query, world }) {
      const page = deliveries.list(world.records, params.webhook_endpoint_id, query, query);
      return ok(page, `${page.items.length} deliveries.`);
    },
  };
  const writes: Writes<
    | "createWebhookEndpoint"
    | "updateWebhookEndpoint"
    | "deleteWebhookEndpoint"
    | "rotateWebhookSecret"
    | "testWebhookEndpoint"
    | "redeliverWebhook"
  > = {
    createWebhookEndpoint({ body, unit }) {
      const { endpoint, secret } = endpoints.create(unit, body);
      const reply = withSecret(endpoint, secret, `Events are sent to ${endpoint.url}; its secret is shown only now.`);
      return { ...reply, status: 201, location: `/webhook-endpoints/${endpoint.id}` };
    },
    updateWebhookEndpoint({ params, body, unit, ifMatch }) {
      ifMatch(endpoints.get(unit, params.webhook_endpoint_id));
      const endpoint = endpoints.update(unit, params.webhook_endpoint_id, body ?? {});
      return ok(endpoint, `Updated the endpoint at ${endpoint.url}.`);
    },
    deleteWebhookEndpoint({ params, unit, ifMatch }) {
      ifMatch(endpoints.get(unit, params.webhook_endpoint_id));
      endpoints.remove(unit, params.webhook_endpoint_id);
      return { status: 204, data: null, message: "" };
    },
    rotateWebhookSecret({ params, unit }) {
      const { endpoint, secret } = endpoints.rotate(unit, params.webhook_endpoint_id);
      return withSecret(endpoint, secret, "Made a new secret; the old one signs too for 24 hours.");
    },
    testWebhookEndpoint({ params, unit }) {
      const delivery = deliveries.test(unit, params.webhook_endpoint_id);
      return { status: 202, data: delivery, message: "A test event is on its way." };
    },
    redeliverWebhook({ params, unit }) {
      const delivery = deliveries.redeliver(unit, params.webhook_endpoint_id, params.delivery_id);
      return { status: 202, data: delivery, message: `Event ${delivery.event_id} is on its way again.` };
    },
  };
  return { reads, writes };
}

function withSecret(endpoint: WebhookEndpoint, secret: string, message: string): Reply {
  return { status: 200, data: { ...endpoint, secret }, message, withoutSecrets: endpoint };
}
