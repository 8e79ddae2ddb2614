import type { EventType } from "./event.ts";

/** Where events are delivered. The secret has a record of its own (WebhookSecret). */
export interface WebhookEndpoint {
  readonly id: string;
  readonly object: "webhook_endpoint";
  readonly url: string;
  /** `["*"]`, or the types it wants. */
  readonly enabled_events: readonly string[];
  readonly status: "enabled" | "disabled";
  readonly disabled_reason: "manual" | "gone" | "failing" | null;
  readonly description: string | null;
  /** Shown at creation and rotation only. */
  readonly secret: null;
  readonly previous_secret_expires_at: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

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

export interface DeliveryAttempt {
  /** Sandbox time. */
  readonly at: string;
  readonly response_status: number | null;
  /** Real time. */
  readonly duration_ms: number;
  readonly error: DeliveryError | null;
}

/** Why an attempt got no answer. */
export type DeliveryError = "timeout" | "connection_refused" | "connection_reset" | "dns" | "tls" | "url_not_allowed" | "invalid_response";

export interface Delivery {
  readonly id: string;
  readonly object: "webhook_delivery";
  readonly event_id: string;
  readonly event_type: EventType;
  readonly endpoint_id: string;
  readonly status: "pending" | "succeeded" | "failed";
  readonly attempts: readonly DeliveryAttempt[];
  readonly next_attempt_at: string | null;
  readonly created_at: string;
}

/** As kept. */
export interface DeliveryRecord extends Delivery {
  /** Whether an attempt is to be made now; otherwise `next_attempt_at` says when, if ever. */
  readonly queued: boolean;
}

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
