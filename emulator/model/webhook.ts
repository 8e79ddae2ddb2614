import type { components } from "../../spec/types.ts";
import type { EventType } from "./event.ts";

/** Where events are delivered. Its secret is shown at creation and rotation only, and has a record of its own (WebhookSecret). */
export type WebhookEndpoint = components["schemas"]["WebhookEndpoint"];
export type WebhookEndpointCreate = components["schemas"]["WebhookEndpointCreate"];
export type WebhookEndpointUpdate = components["schemas"]["WebhookEndpointUpdate"];
export type Delivery = components["schemas"]["WebhookDelivery"];
type DeliveryAttempt = Delivery["attempts"][number];
/** Why an attempt got no answer. */
export type DeliveryError = NonNullable<DeliveryAttempt["error"]>;

/** As kept. */
export interface WebhookEndpointRecord extends Omit<WebhookEndpoint, "secret"> {
  /** When a delivery last succeeded (ms since the epoch). */
  readonly succeeded_at: number | null;
}

/** The secrets of an endpoint, under its id, and nowhere else. */
export interface WebhookSecret {
  readonly id: string;
  readonly secret: string;
  /** Signs too until `previous_expires_at` (ms since the epoch). */
  readonly previous: string | null;
  readonly previous_expires_at: number | null;
}

/** As kept. */
export interface DeliveryRecord extends Delivery {
  /** Whether an attempt is to be made now; otherwise `next_attempt_at` says when, if ever. */
  readonly queued: boolean;
}

/** What of a webhook a receiver that verifies must refuse: a signature by another secret, a timestamp an hour old, a body changed since. */
export type Forgery = "signature" | "timestamp" | "body";

/** How deliveries go wrong, to test receivers. */
export interface DeliveryFaults {
  /** `shuffle`: first attempts in random order. */
  readonly order: "event" | "shuffle";
  /** How many times more each first attempt is sent, 0 to 5; a fraction is the likelihood of one more. */
  readonly duplicates: number;
  readonly forge: Forgery | null;
  /** How many attempts of each delivery fail before anything is sent, 0 to 5. */
  readonly drop_first: number;
}

export const NO_DELIVERY_FAULTS: DeliveryFaults = { order: "event", duplicates: 0, forge: null, drop_first: 0 };

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long after a failed attempt the next one comes, at least. After the last the delivery has failed. */
export const RETRY_DELAYS_MS: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** When the delivery is due for its next attempt (ms since the epoch). */
export function deliveryDueAt({ status, queued, next_attempt_at }: DeliveryRecord): number | null {
  return status === "pending" && !queued && next_attempt_at !== null ? Date.parse(next_attempt_at) : null;
}

export function wantsEvent({ enabled_events }: Pick<WebhookEndpoint, "enabled_events">, type: EventType): boolean {
  return enabled_events.includes("*") || enabled_events.includes(type);
}
