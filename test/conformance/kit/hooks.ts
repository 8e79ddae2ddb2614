import { type Made, made } from "./badges.ts";
import type { Json } from "./document.ts";
import type { Exchange } from "./exchange.ts";
import { markOf } from "./made.ts";
import { SetupFailed, Untestable } from "./outcomes.ts";
import type { Probe } from "./probe.ts";
import type { Hook, Inbox, Manner } from "./receiver.ts";

/** How long a webhook may take to come, in real time. */
export const PATIENCE_MS = 10_000;

/** How long silence is listened to after something else has come. */
export const SILENCE_MS = 300;

/** A registered endpoint, and the inbox that it sends to. */
export interface Listening {
  readonly endpoint: Made;
  readonly secret: string;
  readonly inbox: Inbox;
}

/** Registers an inbox of the receiver for these events; deleted at the end. */
export async function listening(t: Probe, events: readonly string[], manner: Manner = 204): Promise<Listening> {
  if (!t.receiver) throw new Untestable("it needs a webhook receiver: --webhook-receiver");
  const inbox = t.receiver.inbox(manner);
  const { endpoint, secret } = await endpointAt(t, inbox.url, events);
  return { endpoint, secret, inbox };
}

export async function endpointAt(
  t: Probe,
  url: string,
  events: readonly string[],
): Promise<{ readonly endpoint: Made; readonly secret: string }> {
  const exchange = await t.call("createWebhookEndpoint", {
    json: { url, enabled_events: events, description: markOf(t.runId) },
  });
  const endpoint = made(exchange, "a webhook endpoint is needed first, and could not be created");
  deletedLater(t, endpoint.id);
  if (typeof endpoint.secret !== "string") throw new SetupFailed("the new endpoint has no secret", exchange);
  t.keepSecret(endpoint.secret);
  return { endpoint, secret: endpoint.secret };
}

/** A target that deletes no endpoints can at least stop sending. */
export function deletedLater(t: Probe, id: string): void {
  const params = { webhook_endpoint_id: id };
  t.undo(`webhook endpoint ${id}`, async () => {
    if (t.offers("deleteWebhookEndpoint")) {
      const { status } = await t.call("deleteWebhookEndpoint", { params });
      return [200, 202, 204, 404].includes(status) ? null : `DELETE answered ${status}`;
    }
    if (!t.offers("updateWebhookEndpoint")) return "the target does not delete endpoints";
    const { status } = await t.call("updateWebhookEndpoint", { params, json: { status: "disabled" } });
    return `the target does not delete endpoints; ${status < 300 ? "it is disabled" : `disabling it answered ${status}`}`;
  });
}

export function bodyOf({ body }: Pick<Hook, "body">): Json {
  try {
    return JSON.parse(body.toString("utf8")) as Json;
  } catch {
    return {};
  }
}

/** Webhooks about this object. */
export function about(id: string, type?: string): (hook: Hook) => boolean {
  return (hook) => {
    const body = bodyOf(hook);
    return (body.data as Json | undefined)?.id === id && (type === undefined || body.type === type);
  };
}

/** The first webhook that fits. */
export async function first(inbox: Inbox, fits: (hook: Hook) => boolean, what: string): Promise<Hook> {
  const [hook] = await inbox.count(1, PATIENCE_MS, fits);
  if (!hook) throw new SetupFailed(`${what} is needed first, and did not come within ${PATIENCE_MS / 1000} s`);
  return hook;
}

/** What is recorded after an attempt may be seen a little later. */
export async function recorded(t: Probe, read: () => Promise<Exchange>, isGood: (exchange: Exchange) => boolean): Promise<Exchange> {
  let exchange = await read();
  for (let attempt = 1; !isGood(exchange) && attempt < 6; attempt++) {
    await t.time.pause(100 * attempt);
    exchange = await t.again(read);
  }
  return exchange;
}
