import { createHash } from "node:crypto";
import { refuse } from "../model/errors.ts";
import type { EventRecord } from "../model/event.ts";
import { cappedInstantText } from "../model/instant.ts";
import type { Page, PageQuery } from "../model/page.ts";
import { type Delivery, type DeliveryRecord, RETRY_DELAYS_MS, wantsEvent } from "../model/webhook.ts";
import type { SendResult } from "../ports/sender.ts";
import type { Reader } from "../ports/store.ts";
import type { Unit } from "../ports/unit-of-work.ts";
import { page } from "./pages.ts";
import { cancelPending, type WebhookEndpoints } from "./webhook-endpoints.ts";

/** The latest attempts that are kept. */
const MOST_ATTEMPTS = 50;

/** One attempt, made. */
export interface MadeAttempt extends SendResult {
  readonly delivery_id: string;
  readonly duration_ms: number;
}

/** What is to be delivered: written with the event itself, so that nothing is lost and nothing is sent that did not happen. */
export class Deliveries {
  readonly #endpoints: WebhookEndpoints;

  constructor(endpoints: WebhookEndpoints) {
    this.#endpoints = endpoints;
  }

  /** An event was emitted in this unit: it is owed to every enabled endpoint that wants it. */
  enqueue(unit: Unit, event: EventRecord): void {
    for (const endpoint of unit.by("webhook_endpoints", "enabled", "enabled")) {
      if (wantsEvent(endpoint, event.type)) this.#owe(unit, endpoint.id, event);
    }
  }

  /** Sends a `webhook.test` event to this endpoint, whatever it listens to. Throws WEBHOOK_ENDPOINT_NOT_FOUND, WEBHOOK_ENDPOINT_DISABLED. */
  test(unit: Unit, endpointId: string): Delivery {
    this.#enabled(unit, endpointId);
    const event = {
      id: unit.newId("evt"),
      object: "event",
      type: "webhook.test",
      timestamp: unit.at,
      data: { object: "webhook_test", endpoint_id: endpointId, message: "It works." },
    } as EventRecord;
    unit.put("events", event);
    return shownDelivery(this.#owe(unit, endpointId, event));
  }

  /** Another attempt at once. Throws WEBHOOK_ENDPOINT_NOT_FOUND, WEBHOOK_DELIVERY_NOT_FOUND, WEBHOOK_ENDPOINT_DISABLED. */
  redeliver(unit: Unit, endpointId: string, deliveryId: string): Delivery {
    this.#enabled(unit, endpointId);
    const delivery = unit.get("webhook_deliveries", deliveryId);
    if (delivery?.endpoint_id !== endpointId) {
      throw refuse("WEBHOOK_DELIVERY_NOT_FOUND", `This endpoint has no delivery with the id ${deliveryId}.`, "/delivery_id");
    }
    const again: DeliveryRecord = { ...delivery, status: "pending", queued: true, next_attempt_at: unit.at };
    unit.put("webhook_deliveries", again);
    return shownDelivery(again);
  }

  /** Sends a past event again, to every enabled endpoint that wants it. Throws EVENT_NOT_FOUND. */
  resend(unit: Unit, eventId: string): Delivery[] {
    const event = unit.get("events", eventId);
    if (!event) throw refuse("EVENT_NOT_FOUND", `There is no event with the id ${eventId}.`, "/event_id");
    const known = unit.by("webhook_deliveries", "event", eventId);
    return unit
      .by("webhook_endpoints", "enabled", "enabled")
      .filter((endpoint) => wantsEvent(endpoint, event.type))
      .map((endpoint) => {
        const delivery = known.find(({ endpoint_id }) => endpoint_id === endpoint.id);
        return delivery ? this.redeliver(unit, endpoint.id, delivery.id) : shownDelivery(this.#owe(unit, endpoint.id, event));
      });
  }

  list(records: Reader, endpointId: string, { status }: { status?: Delivery["status"] | undefined }, query: PageQuery): Page<Delivery> {
    this.#endpoints.find(records, endpointId);
    const where = (each: DeliveryRecord) => status === undefined || each.status === status;
    const found = page(records, "webhook_deliveries", query, { index: { name: "endpoint", key: endpointId }, where });
    return { ...found, items: found.items.map(shownDelivery) };
  }

  /** Due work: the next attempt's time has come. */
  due(unit: Unit, id: string): void {
    const delivery = unit.get("webhook_deliveries", id);
    if (delivery) unit.put("webhook_deliveries", { ...delivery, queued: true });
  }

  /** Records an attempt and what follows: done, another one later, or the end. */
  record(unit: Unit, made: MadeAttempt): void {
    const before = unit.get("webhook_deliveries", made.delivery_id);
    const endpoint = before && unit.get("webhook_endpoints", before.endpoint_id);
    if (!before || !endpoint) return;
    const { response_status, duration_ms, error } = made;
    const attempts = [...before.attempts.slice(1 - MOST_ATTEMPTS), { at: unit.at, response_status, duration_ms, error }];
    const delivery: DeliveryRecord = { ...before, attempts, queued: false, next_attempt_at: null };
    if (response_status !== null && response_status >= 200 && response_status < 300) {
      unit.put("webhook_deliveries", { ...delivery, status: "succeeded" });
      unit.put("webhook_endpoints", { ...endpoint, succeeded_at: unit.now });
      return;
    }
    // A cancelled delivery, or one of an endpoint that was disabled meanwhile, is not tried again.
    const delay = before.status === "pending" && endpoint.status === "enabled" ? RETRY_DELAYS_MS[attempts.length - 1] : undefined;
    if (response_status === 410 || delay === undefined) {
      unit.put("webhook_deliveries", { ...delivery, status: "failed" });
      if (response_status === 410) this.#disable(unit, endpoint.id, "gone");
      else if ((endpoint.succeeded_at ?? 0) < Date.parse(before.created_at)) this.#disable(unit, endpoint.id, "failing");
      return;
    }
    const wait = Math.max(Math.round(delay * (1 + jitter(delivery))), made.retry_after_ms ?? 0);
    unit.put("webhook_deliveries", { ...delivery, status: "pending", next_attempt_at: cappedInstantText(unit.now + wait) });
  }

  #owe(unit: Unit, endpoint_id: string, event: EventRecord): DeliveryRecord {
    const delivery: DeliveryRecord = {
      id: unit.newId("dlv"),
      object: "webhook_delivery",
      event_id: event.id,
      event_type: event.type,
      endpoint_id,
      status: "pending",
      attempts: [],
      next_attempt_at: unit.at,
      created_at: unit.at,
      queued: true,
    };
    unit.put("webhook_deliveries", delivery);
    return delivery;
  }

  #enabled(unit: Unit, endpointId: string): void {
    const { status, disabled_reason } = this.#endpoints.find(unit, endpointId);
    if (status === "enabled") return;
    throw refuse("WEBHOOK_ENDPOINT_DISABLED", `Endpoint ${endpointId} is disabled; enable it first.`, "", { disabled_reason });
  }

  #disable(unit: Unit, id: string, disabled_reason: "gone" | "failing"): void {
    const endpoint = this.#endpoints.find(unit, id);
    if (endpoint.status === "disabled") return;
    unit.put("webhook_endpoints", { ...endpoint, status: "disabled", disabled_reason, updated_at: unit.at });
    cancelPending(unit, id);
  }
}

function shownDelivery({ queued: _kept, ...delivery }: DeliveryRecord): Delivery {
  return delivery;
}

/** 0 to 0.1, drawn from the delivery itself: spread over deliveries, the same in every replay. */
function jitter({ id, attempts }: Delivery): number {
  return createHash("sha256").update(`${id} ${attempts.length}`).digest().readUInt32BE() / 2 ** 32 / 10;
}
